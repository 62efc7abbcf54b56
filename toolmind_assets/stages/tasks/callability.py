"""Which functions no plan calls, and why."""

import re
from functools import lru_cache

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.stages.tasks.argument_fields import argument_fields, is_shapeless

_PLATFORM = re.compile(
    r"\bfor (?:the )?(?:workers?|server)\b|\b(?:called|used|invoked|sent) by (?:the )?(?:\w+ )?"
    r"(?:workers?|servers?|platform|runtime|service|scheduler|daemon|agents?)\b"
    r"|\binternal (?:use|api|endpoint|only)\b|\binternally\b|\bheartbeat\b|\bcallback (?:url|endpoint|handler)\b",
    re.IGNORECASE,
)
"""Words by which a function's own documentation says that a program calls it and no person asks for it."""
_EVENT_NAME = re.compile(
    r"^on[A-Z]\w+(?:ed|Event)$|(?:^|[._-])(?:webhook|callback)s?[._-](?:receive|handle)", re.ASCII
)


def never_planned_because(function: FunctionSpec, required_max: int = 8) -> str:
    """Why no plan calls a function, in words; empty where one may.

    Args:
        function: The function.
        required_max: Most required arguments of a planned call.
    """
    required = [field for field in argument_fields(function) if field.is_required]
    if len(required) > required_max:
        return f"it requires {len(required)} arguments, more than {required_max}"
    if shapeless := [field.path for field in required if is_shapeless(field)]:
        return f"no person could state {shapeless[0]}, an object of no settled shape"
    if is_made_by_platform(function):
        return "a platform or a worker calls it, and no person asks for it"
    return ""


@lru_cache(maxsize=50_000)
def is_made_by_platform(function: FunctionSpec) -> bool:
    """Whether, by its name or its documentation, a program calls a function rather than a person's assistant."""
    return bool(_EVENT_NAME.search(function.source_name) or _PLATFORM.search(function.description[:300]))
