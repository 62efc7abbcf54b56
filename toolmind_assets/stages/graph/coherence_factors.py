"""By how much each thing that speaks against two calls of one goal lowers their coherence: judgements, each with its sentence.

How they were set: docs/adr/0024-coherence-of-links.md.
"""

from toolmind_assets.model.functions import Effect

MACHINE = 0.3
"""A call that only a platform or a worker makes: no person asks for it."""
ACCOUNT = 0.7
"""What a report, a log or a count merely mentions: it is read and left."""
OVER = 0.4
"""What is past, archived or deleted, for a call that wants it alive."""
MENTIONED = 0.8
"""What a lookup only mentions, for a call that is about just that, or about the same thing as the lookup; its parts."""
PASSING = 0.45
"""The same for any other call, and for one that removes it: a name in passing is no reason for that."""
CARRIED = 0.4
"""What a call that changes something else carries along."""
KNOWN = 0.35
"""What the first call had to be told: its caller knew it before, and goes on without it."""
HELD, HELD_LOOSELY = 0.85, 0.55
"""What only holds the thing that the next call acts on, and that is named apart: looked for, or come by otherwise."""
RENAMED = 0.35
"""What a thing is called, for a call that gives it a name: the present one changes nothing."""
WHIM = 0.45
"""A value that identifies nothing, for a filter that may be left out: the next list is hardly wanted because of it."""
CHECKED = 0.4
"""What was looked up, for a call that only checks whether it is there."""
THERE = 0.35
"""What was looked up, for a call that makes it: it is there already."""
ASIDE = 0.6
"""What a change could also hold, and works without: nobody looks a thing up for that."""
FAR, NEAR = 0.65, 0.4
"""Factor of two functions without a word in common; likeness of their words from which they speak of the same."""
SHARED_FAR = 0.4
"""The same where both take a value that neither is about, so that nothing but the words says that they belong together."""
ONE_ABOUT, NONE_ABOUT = 0.85, 0.45
"""Two calls on the same thing, of which one is about something below it; of which both are, and it merely holds them."""
AKIN = 0.8
"""Two calls about things of one kind that the same thing holds, of which one looks them up."""
GROUND = 0.8
"""Two calls that share what errands turn around: a place, a person, a product."""
REPORTED = 0.7
"""Two accounts of the same: one look at how things go."""
BESIDE = 0.4
"""Two calls that share what only holds the things that they act on, or a value that no errand turns around."""
REMADE, WORKED_ON = 0.45, 0.8
"""What was just made, in a call that edits it; in one that does something with it, such as publishing it."""
UNDONE = 0.25
"""The same in a call that removes it."""
TOLD, UNTOLD, MUCH = 0.45, 0.85, 0.25
"""The same in a lookup of what making it told already, and of what it did not; share of the result that counts as all."""
MOST = 0.5
"""Share of the result that a lookup of one thing must have told for another lookup of it to tell nothing."""
EMPTY = 0.35
"""The same in a call on what is below it: there is nothing yet."""
GONE = 0.1
"""Whatever is done with what a deletion gives."""
LOOKED_AFTER = 0.85
"""Two calls that take the same thing, where the look comes last: it mostly comes first."""
BOTH = {
    (Effect.CREATE, Effect.CREATE): 0.7,
    (Effect.CREATE, Effect.UPDATE): REMADE,
    (Effect.CREATE, Effect.DELETE): 0.3,
    (Effect.UPDATE, Effect.CREATE): 0.7,
    (Effect.UPDATE, Effect.UPDATE): 0.7,
    (Effect.UPDATE, Effect.DELETE): 0.4,
    (Effect.DELETE, Effect.READ): 0.4,
    (Effect.DELETE, Effect.CREATE): 0.4,
    (Effect.DELETE, Effect.UPDATE): 0.3,
    (Effect.DELETE, Effect.DELETE): 0.4,
    (Effect.DELETE, Effect.EXECUTE): 0.3,
    (Effect.CREATE, Effect.READ): LOOKED_AFTER,
    (Effect.UPDATE, Effect.READ): LOOKED_AFTER,
    (Effect.EXECUTE, Effect.READ): LOOKED_AFTER,
}
"""Two calls that do something to the same thing: two changes are rarely of one goal, and one may undo the other."""
