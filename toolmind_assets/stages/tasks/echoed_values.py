"""Results that only repeat what a call was given: no value is passed on by them that was not there before."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.paths import parse_path
from toolmind_assets.model.tasks import PlanArgument, PlanStep

_GENERAL = frozenset(
    {"id", "name", "key", "type", "status", "title", "value", "code", "url", "path", "date", "email"}
)
"""Names that mean another thing at each function, and in a list another one at each member."""


def echoed_argument(
    step: PlanStep, output_path: str, steps: Sequence[PlanStep], functions: Mapping[str, FunctionSpec]
) -> PlanArgument | None:
    """The argument that the value at a path of a step's result repeats, or None where the result is new.

    That is an argument of the step itself by the same name, or one of an earlier step of the same API where
    the name says enough: whoever knows the `serviceId` needs no result to tell it.
    """
    name = _last_name(output_path)
    is_general = name.lower() in _GENERAL
    if is_general and "[]" in output_path:
        return None
    namespace = functions[step.function_id].namespace
    known = [one for one in steps if functions[one.function_id].namespace == namespace and namespace]
    for earlier in [step] if is_general else [step, *known]:
        for argument in earlier.arguments:
            if _last_name(argument.path) == name:
                return argument
    return None


@lru_cache(maxsize=20_000)
def _last_name(path: str) -> str:
    return next((key for key in reversed(parse_path(path)) if isinstance(key, str)), "")
