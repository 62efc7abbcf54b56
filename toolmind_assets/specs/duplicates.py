"""Normalised specs -> distinct functions: exact duplicates folded, every source kept, names unique."""

from collections.abc import Iterable

from toolmind_assets.model.functions import FunctionSource, FunctionSpec, NormalizedSpec
from toolmind_assets.model.ids import make_id
from toolmind_assets.specs.names import legal_name, unique_names


def fold(specs: Iterable[NormalizedSpec]) -> tuple[FunctionSpec, ...]:
    """The distinct functions, sorted by id, whatever the order of the specs.

    Specs of the same digest, which covers name, description, parameters and result, are one function. It
    takes what is said of its origin from the first source by catalog and location, and lists all of them.
    """
    groups: dict[str, list[NormalizedSpec]] = {}
    for spec in sorted(specs, key=lambda spec: (spec.catalog, spec.location, spec.entry_id)):
        groups.setdefault(spec.function_digest, []).append(spec)
    firsts = {
        make_id("fn", group[0].function_key, group[0].function_digest): group for group in groups.values()
    }
    names = unique_names(
        {function_id: legal_name(group[0].source_name) for function_id, group in firsts.items()}
    )
    return tuple(
        _function(function_id, names[function_id], group) for function_id, group in sorted(firsts.items())
    )


def _function(function_id: str, name: str, group: list[NormalizedSpec]) -> FunctionSpec:
    first = group[0]
    return FunctionSpec(
        function_id=function_id,
        function_key=first.function_key,
        function_digest=first.function_digest,
        name=name,
        source_name=first.source_name,
        namespace=first.namespace,
        description=first.description,
        parameters=first.parameters,
        returns=first.returns,
        effect=first.effect,
        domain=first.domain,
        source=first.source,
        source_version=first.source_version,
        licence=first.licence,
        sources=tuple(
            FunctionSource(
                entry_id=spec.entry_id,
                catalog=spec.catalog,
                location=spec.location,
                source=spec.source,
                source_version=spec.source_version,
                licence=spec.licence,
            )
            for spec in group
        ),
    )
