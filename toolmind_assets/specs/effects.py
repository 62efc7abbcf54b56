"""What a call does to the world: by hints of the publisher, the HTTP method, and the verb of the name."""

from toolmind_assets.model.functions import Effect
from toolmind_assets.specs.words import words_of

_VERBS = {
    Effect.READ: """analyze browse calculate calc check compare compute convert count decode describe detect
        diff display download echo estimate evaluate exists export fetch filter find forecast get grep has
        inspect is list locate log lookup ls measure monitor parse peek ping predict preview query rank read
        recommend resolve retrieve scan search select show solve sort stat status suggest summarize tail
        test track translate validate verify view watch wc du cat pwd""",
    Effect.CREATE: """accept add append apply authenticate book buy checkout clone comment compose copy create
        draft enroll generate import init insert invite issue join log make mkdir open order pay place post
        publish purchase push put record register request reserve retweet schedule send share submit
        subscribe touch upload write""",
    Effect.UPDATE: """activate adjust approve archive assign cd change close commit complete configure
        deactivate disable edit enable fill fix follow increase decrease lock mark merge modify move mv patch
        pause press rename reorder replace reset restart resume rotate save set sync switch toggle transfer
        transition unlock update upgrade upsert""",
    Effect.DELETE: """cancel clear delete deregister destroy discard drop erase kill leave prune purge remove
        revoke rm rmdir terminate uninstall unfollow unregister unsubscribe""",
    Effect.EXECUTE: "call click deploy drag execute hover install invoke navigate perform play run start stop trigger",
}
_EFFECT_OF = {verb: effect for effect, verbs in _VERBS.items() for verb in verbs.split()}
_EFFECT_OF_METHOD = {
    "get": Effect.READ,
    "head": Effect.READ,
    "options": Effect.READ,
    "trace": Effect.READ,
    "put": Effect.UPDATE,
    "patch": Effect.UPDATE,
    "delete": Effect.DELETE,
}


def derive_effect(
    source_name: str, http_method: str = "", is_read_only: bool | None = None, is_destructive: bool = True
) -> Effect:
    """The effect of a function; the first rule that speaks decides.

    1. An MCP server's `readOnlyHint: true`: read.
    2. An HTTP method other than POST, which says too little: GET reads, PUT and PATCH update, DELETE deletes.
    3. The first verb of the name's last part (`spotify.play`: `play`), then of the whole name; not where the
       name sounds like reading though the server says that it is not.
    4. POST creates, and so does what the server calls neither read-only nor destructive; what it calls not
       read-only executes; everything else reads, as `math.hypot`.
    """
    if is_read_only:
        return Effect.READ
    if http_method in _EFFECT_OF_METHOD:
        return _EFFECT_OF_METHOD[http_method]
    last_part = source_name.replace("/", ".").rsplit(".", 1)[-1]
    for word in (*words_of(last_part), *words_of(source_name)):
        effect = _EFFECT_OF.get(word)
        if effect and not (effect is Effect.READ and is_read_only is False):
            return effect
    if http_method == "post" or (is_read_only is False and not is_destructive):
        return Effect.CREATE
    return Effect.READ if is_read_only is None else Effect.EXECUTE


def effect_of_verb(word: str) -> Effect | None:
    """What a verb alone says of the effect; None of a word that is no known verb."""
    return _EFFECT_OF.get(word)
