"""What a person would say to want a function's work, made from its name and description."""

import re

from toolmind_resources.plausible.field_labels import spoken, words_of

_VERBS = frozenset(
    [
        "abort",
        "accept",
        "access",
        "acquire",
        "activate",
        "add",
        "adjust",
        "allocate",
        "allow",
        "analyze",
        "append",
        "apply",
        "approve",
        "archive",
        "arrange",
        "ask",
        "assign",
        "attach",
        "authenticate",
        "authorize",
        "block",
        "book",
        "build",
        "buy",
        "calculate",
        "call",
        "cancel",
        "capture",
        "change",
        "charge",
        "check",
        "classify",
        "clear",
        "click",
        "clone",
        "close",
        "collect",
        "combine",
        "commit",
        "compare",
        "complete",
        "compose",
        "compute",
        "configure",
        "confirm",
        "connect",
        "consume",
        "contact",
        "convert",
        "copy",
        "count",
        "create",
        "cut",
        "deactivate",
        "decode",
        "decrease",
        "decrypt",
        "delete",
        "deliver",
        "deploy",
        "describe",
        "destruct",
        "detach",
        "detect",
        "determine",
        "diff",
        "disable",
        "disconnect",
        "discover",
        "dismiss",
        "display",
        "divide",
        "download",
        "drag",
        "draw",
        "drop",
        "duplicate",
        "edit",
        "enable",
        "encode",
        "encrypt",
        "end",
        "enroll",
        "ensure",
        "enumerate",
        "establish",
        "estimate",
        "evaluate",
        "examine",
        "execute",
        "exit",
        "expand",
        "explain",
        "export",
        "extract",
        "fetch",
        "fill",
        "filter",
        "finalize",
        "find",
        "finish",
        "fix",
        "flatten",
        "follow",
        "forecast",
        "fork",
        "format",
        "forward",
        "generate",
        "get",
        "give",
        "grant",
        "group",
        "guess",
        "handle",
        "hide",
        "hover",
        "identify",
        "import",
        "include",
        "increase",
        "index",
        "initialize",
        "initiate",
        "insert",
        "inspect",
        "install",
        "invite",
        "invoke",
        "issue",
        "join",
        "launch",
        "limit",
        "link",
        "list",
        "load",
        "locate",
        "lock",
        "log",
        "look",
        "make",
        "manage",
        "map",
        "mark",
        "match",
        "measure",
        "merge",
        "migrate",
        "modify",
        "monitor",
        "mount",
        "move",
        "multiply",
        "navigate",
        "notify",
        "obtain",
        "open",
        "order",
        "organize",
        "parse",
        "patch",
        "pause",
        "pay",
        "perform",
        "ping",
        "pin",
        "place",
        "plan",
        "play",
        "plot",
        "post",
        "predict",
        "prepare",
        "press",
        "prevent",
        "preview",
        "print",
        "process",
        "produce",
        "provide",
        "publish",
        "pull",
        "purchase",
        "push",
        "put",
        "query",
        "quit",
        "raise",
        "rank",
        "rate",
        "read",
        "rebuild",
        "receive",
        "recommend",
        "record",
        "recover",
        "redirect",
        "refresh",
        "refund",
        "register",
        "reject",
        "release",
        "reload",
        "remove",
        "rename",
        "render",
        "renew",
        "reopen",
        "repeat",
        "replace",
        "reply",
        "report",
        "request",
        "reserve",
        "reset",
        "resize",
        "resolve",
        "respond",
        "restart",
        "restore",
        "resume",
        "retrieve",
        "return",
        "reverse",
        "review",
        "revoke",
        "rotate",
        "round",
        "route",
        "run",
        "sample",
        "save",
        "scale",
        "scan",
        "schedule",
        "search",
        "see",
        "select",
        "send",
        "serve",
        "set",
        "setup",
        "share",
        "show",
        "shuffle",
        "shut",
        "sign",
        "simulate",
        "skip",
        "solve",
        "sort",
        "split",
        "start",
        "stop",
        "store",
        "stream",
        "submit",
        "subscribe",
        "subtract",
        "suggest",
        "sum",
        "summarize",
        "suspend",
        "swap",
        "switch",
        "sync",
        "synchronize",
        "tag",
        "take",
        "terminate",
        "test",
        "touch",
        "track",
        "train",
        "transfer",
        "transform",
        "translate",
        "trigger",
        "turn",
        "unassign",
        "unblock",
        "unfollow",
        "uninstall",
        "unlink",
        "unlock",
        "unmark",
        "unpin",
        "unsubscribe",
        "update",
        "upgrade",
        "upload",
        "use",
        "validate",
        "verify",
        "view",
        "visualize",
        "wait",
        "watch",
        "withdraw",
        "write",
    ]
)
_LINKS = frozenset(["by", "id", "for", "of", "all"])
"""Words of names that are no nouns of what a function is about."""
_LEAD = re.compile(
    r"^(?:this|the)\s+(?:tool|function|method|api|endpoint|operation|service|action|command)\s+"
    r"(?:is\s+used\s+to|can\s+be\s+used\s+to|is\s+designed\s+to|allows?\s+(?:you|users?|one)\s+to|helps?\s+(?:you\s+)?to|will|can)?\s*"
    r"|^(?:allows?|enables?)\s+(?:you|users?|one|the\s+\w+)\s+to\s+|^use\s+this\s+(?:\w+\s+)?to\s+|^used\s+to\s+",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[A-Za-z0-9\)])[.;](?:\s|$)|\n|\s+[-–]\s+|\s*[\(\[].*|:\s")
_CONDITION = re.compile(
    r"(?<!\bthe)(?<!\ba)(?<!\ban)(?<!\bany)(?<!\bof)"
    r",?\s+(?:given|based on|according to|such as|including|when|whenever|if|by specifying|by providing|depending on)\s"
)
_LONGEST = 140
"""Characters after which a description is no phrase that a person would say."""


def goal_of(name: str, description: str) -> str:
    """An infinitive phrase that says what a function does, such as "retrieve the invoices of a customer"."""
    text = _LEAD.sub("", description.strip())
    text = re.sub(r"[`*_#<>\"{}]|https?://\S+", "", _SENTENCE_END.split(text, maxsplit=1)[0]).strip(" .,:")
    core = _CONDITION.split(text, maxsplit=1)[0].strip(" ,")
    text = core if len(core.split()) >= 3 else text
    first, _, rest = text.partition(" ")
    acts = {words_of(name)[:1], words_of(name.rsplit(".", 1)[-1])[:1]}
    verb = infinitive(first) or (first.lower() if (first.lower(),) in acts else None)
    is_name_told = re.search(r"\w_\w|[a-z][A-Z]\w*\(", text) is not None
    if verb and rest and len(text) <= _LONGEST and not is_name_told:
        return f"{verb} {_lower_first(rest)}"
    return _phrase_of_name(name)


def subject_of(name: str) -> str:
    """The noun that a function's name is about: its last word that is no verb; empty if there is none.

    Where the last part of a dotted name holds verbs alone, it is the noun of the part before it.
    """
    for place, part in enumerate(reversed(name.split(".")[-2:])):
        words = [word for word in words_of(part) if word not in _LINKS]
        nouns = [word for word in words if infinitive(word) is None]
        # `list_orders`: what may be a verb is a noun after another one, and in the name of what holds the function.
        if found := nouns or words[1:] or (words if place else []):
            return found[-1]
    return ""


def infinitive(word: str) -> str | None:
    """The infinitive of a verb that we know, given it or its third person; None for any other word."""
    lower = word.lower().strip(",.")
    for candidate in (lower, lower.removesuffix("s"), lower.removesuffix("es"), re.sub("ies$", "y", lower)):
        if candidate in _VERBS:
            return candidate
    return None


def _lower_first(text: str) -> str:
    """The text as it follows a verb: a capital that only began a sentence is lowered."""
    return text if re.match(r"[A-Z][A-Z0-9]|[A-Z]\w*[A-Z]", text) else text[:1].lower() + text[1:]


def _phrase_of_name(name: str) -> str:
    words = words_of(name.rsplit(".", 1)[-1])
    if len(words) > 1 and infinitive(words[0]):
        rest = spoken(words[1:])
        article = "" if rest.split()[-1].endswith("s") or words[1] in ("all", "my", "by") else "the "
        return f"{infinitive(words[0])} {article}{rest}"
    return f"get help with {spoken(words) or 'this'}"
