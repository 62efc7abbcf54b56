"""Word lists of general English and of programming: the kinds of words that links are told by, never names of one catalog.

Words are written as `name_words` splits names: lower-case, singular, abbreviations written out.
"""

from toolmind_resources.language.word_sets import word_set

VERBS = word_set(
    """
    abandon accept acknowledge acquire activate add adjust advertise allow amend analyze announce apply
    approve archive assign associate assume attach authenticate authorize ban batch book broadcast buy
    bypass calculate call cancel change check clear clone close compare compute configure confirm connect
    continue convert copy create deactivate deauthorize decrease define delete deliver demote deny deploy
    deprecate deprovision deregister describe destroy detach determine disable disassociate disconnect
    dismiss dispatch dissociate distribute download downvote duplicate edit enable enroll enumerate escalate
    estimate evaluate evict execute expand expire explain export expunge extend failover fetch fill filter
    finalize find finish forget fork format freeze generate geocode get grant hide import increase infer
    initialize initiate insert install instantiate introspect invalidate invite join list load lock login
    logout lookup make merge modify move mutate mute notify obtain open override patch pause pay perform
    place play post predict prepare prioritize process promote provide provision publish pull purchase push
    put query reactivate read reassign reauthorize rebalance reboot recalculate receive reconcile
    reconfigure recover recreate redeem redeliver redirect redrive reenable refresh regenerate register
    reimage reindex reject release reload remediate remove rename renew reopen repair replace replicate
    reply reprocess reprovision request rerun reschedule reserve reset resize resolve respond restart
    restore resubmit resume resync retire retrieve retry revert revise revoke rotate run save schedule
    search select sell send set setup share show shrink snooze sort split start stop submit subscribe
    suspend swap switchover sync tag terminate track transcribe transfer translate trigger troubleshoot
    truncate unarchive unban undeploy undeprecate unenroll unfreeze unhide unlabel unlink unlock unmonitor
    unmute unpeer unpin unpublish unregister unset unshare unstar unsubmit unsubscribe unsuspend untag
    untrash update upload upsert upvote validate verify view watch wipe withdraw write
    """
)
PREPOSITIONS = word_set(
    "about after at before between by for from in into of on per since to until using via where with"
)
FILLERS = word_set("a all an and any api current every is my new or own the this v")
CONTAINERS = word_set(
    """
    array body content data detail element embedded entity entry hit item list member meta object
    output page payload property record request response result row value
    """
)
"""Words for a place where members are kept: they do not say what a member is."""
COLLECTIONS = word_set("array collection list set")
"""Words for many of a thing: a `stock list` holds stocks."""
TYPE_FILLERS = word_set(
    "base compact config configuration detail dto entity full info input item metadata model object option output param "
    "parameter reference request response result schema setting short simple spec summary type view"
)
"""Words with which types are told apart, and which do not say what they are about."""
RESOURCE_FILLERS = word_set(
    "compact detail dto entity full info object output record response result short simple summary view"
)
"""The same at the end of a resource: a `vpc summary` is a `vpc`, and a `server type` is no server."""
IDENTIFIERS = word_set("arn fqdn guid handle iban id isbn sku slug symbol ticker uri urn username uuid vin")
"""Words that make a value name one thing out of many."""
GENERIC = word_set(
    """
    amount code count date description id key kind label level mode name note number quantity reference
    resource result sid size slug state status summary title token total type unit uuid value
    """
)
"""Words that alone do not say what a field belongs to."""
SETTINGS = word_set(
    """
    alt ascending cache callback cascade compact count cursor decimal depth direction dry exclude expand field
    filter flag force format include indent index limit locale mask max min mode next offset option
    order orderby page pagination per precision pretty previous print quota recursive rounding size skip sort timeout
    timezone unit upload validate verbose version
    """
)
"""Words for how a call works, rather than what it is about."""
PROSE = word_set(
    """
    body comment content description detail error explanation html info instruction markdown message note
    prompt query reason remark search sentence statement success summary text
    """
)
"""Words for free text, which is written for one call and rarely fits another."""
VAGUE = word_set(
    """
    arg argument array attribute condition config configuration context criterion data element entry
    feature function input item list node object operation param parameter property record row value
    variable
    """
)
"""Words for a value of no stated kind."""
VAGUE_HEADS = word_set(
    "arg argument config configuration context criterion data object option param parameter"
)
"""The same, where they end a name: `connection configuration`."""
FILTERS = word_set("filter order orderby page pagination paging range sort")
"""Words for an object that says which results are wanted and how."""
STATES = word_set(
    "category civility gender kind metadata mode permission priority read role scope state status type visibility write"
)
"""Words for a class or state that many things share."""
WORLDLY = word_set(
    "airport city country currency language postcode state stock symbol ticker town zip zipcode"
)
"""Words for what has the same name for everybody."""
COMMON_GROUND = word_set(
    "address airport artist author bank book brand city company country currency customer destination drug "
    "employee film game hotel language location movie patient place player postcode product region school species "
    "sport state stock street symbol team ticker town zip zipcode"
)
"""Words for what a person's errands turn around: the places, days, people and things of the world."""
CONTENTS = word_set(
    "alias caption headline heading keyword label nickname remark snippet subject subtitle tag title"
)
"""Words for what a thing is called or says, of which each has one of its own."""
AUDIT = word_set("created createtime dateutc deleted etag modified revision timestamp updated updatetime")
"""Words for when and by whom something was changed."""
REPORTS = word_set("error exception failure problem violation warning")
"""Words for an object that reports what went wrong."""
AMISS = word_set("invalid missing nonexistent unknown unmatched unprocessed unresolved unsuccessful")
"""Words for members of a list that are not there, or are no good: `invalidIds` leads nowhere."""
RELATIONAL = word_set(
    "association attachment bundle category class command conversion execution job kind operation plan process query request "
    "revision role run status task template tier type version"
)
"""Words for what is always that of something: a `job id` names a job among those of its own sort."""
MAKING = word_set(
    "build compose create define draft generate import initialize insert instantiate make new open post provision put "
    "record register upload write"
)
"""Verbs that make the thing that they name; who sends, pays or shares one has it already."""
PEOPLE = word_set("employee member person user")
"""Words for somebody whom a service knows."""
PARTS = word_set(
    "administrator approver assignee attendee author collaborator creator follower invitee manager moderator organizer "
    "owner participant recipient reporter requester requestor reviewer sender submitter supervisor watcher"
)
"""Words for somebody by the part that they play; to a service that keeps no list of them they are its people."""
ADDRESSED = word_set("attendee bcc cc email invitee participant recipient to")
"""Words for whom a message goes to."""
RESERVING = word_set("allocate generate reserve")
"""Verbs of functions that give identifiers of what is yet to be made."""
ANYTHING = word_set("element entity object record resource thing")
"""Words for a resource of which nothing is said."""
SECRETS = word_set("credential otp passphrase password pin secret")
"""Words for what is never handed from a result to a parameter."""
ACCESS = word_set(
    "access api application auth authkey authorization bearer client private public secret security"
)
"""Words that make a key one that opens calls."""

SILENT = word_set(
    """
    a above all also an and any are as associated at available base based be been being below between both but by can case certain
    containing contain could current default did different do does done during e each either eg etc every ex example few following
    for from g get given had has have her here his how i id ie if in indicate information instance into is it its known made make many may might more most
    must my name need new no not number object of on one only optional or other our out over own per please possible provide provided
    represent representing required respective result return returned returning same set shall she should so some specific specified specify string such
    than that the their them then there these they this those through to type under unique until up upon us use used using value
    various via was we were what when where whether which while who whom whose will with within without would you your array boolean integer list
    """
)
"""Words of a description that do not say what a field is."""
