"""Raw entries of one document -> normalised specs, or drops that say why not."""

import traceback
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from toolmind_assets.model.api_versions import document_of
from toolmind_assets.model.drops import Drop, DropReason
from toolmind_assets.model.functions import (
    OF_CALL,
    CatalogForm,
    MarkKind,
    NormalizedSpec,
    RawComponent,
    RawFunction,
    Repair,
)
from toolmind_assets.model.ids import JsonObject, digest, make_id, parse_stored_json
from toolmind_assets.model.pointers import escape
from toolmind_assets.stages.specs.declared import Declared, pointer_lookup
from toolmind_assets.stages.specs.domains import derive_domain
from toolmind_assets.stages.specs.effects import derive_effect, derive_idempotence
from toolmind_assets.stages.specs.field_marks import mark
from toolmind_assets.stages.specs.forms import FORMS
from toolmind_assets.stages.specs.marks import marks_of
from toolmind_assets.stages.specs.names import legal_name
from toolmind_assets.stages.specs.params import SpecParams
from toolmind_assets.stages.specs.rejection import RejectedError
from toolmind_assets.stages.specs.schema_definitions import PARAMETERS, RETURNS, Assembled, Definitions
from toolmind_assets.stages.specs.short import shorten
from toolmind_assets.stages.specs.superseded import older_version_drop, superseded_documents

_PARAMETER = "/parameters/properties/"
_NO_PARAMETERS: JsonObject = {"type": "object", "properties": {}}


def normalize_all(
    raws: Iterable[RawFunction], components: Iterable[RawComponent], params: SpecParams
) -> tuple[tuple[NormalizedSpec, ...], tuple[Drop, ...]]:
    """The specs and the drops that raw entries of some documents give, each in the order of the entries.

    Specs of versions of an API that a newer one stands for are dropped, unless all are wanted.
    """
    results = list(normalize_each(raws, components, params))
    specs = tuple(result for result in results if isinstance(result, NormalizedSpec))
    drops = tuple(result for result in results if isinstance(result, Drop))
    if params.versions == "all":
        return specs, drops
    newer = superseded_documents((spec.catalog, spec.location, spec.source_name) for spec in specs)
    older = tuple(
        older_version_drop(spec.catalog, spec.entry_id, spec.location, newer[place])
        for spec in specs
        if (place := (spec.catalog, document_of(spec.location))) in newer
    )
    kept = tuple(spec for spec in specs if (spec.catalog, document_of(spec.location)) not in newer)
    return kept, (*drops, *older)


def normalize_each(
    raws: Iterable[RawFunction], components: Iterable[RawComponent], params: SpecParams
) -> Iterator[NormalizedSpec | Drop]:
    """What each entry gives; entries of one document follow each other, and share what they refer to."""
    parts: dict[tuple[str, str], dict[str, str]] = {}
    for component in components:
        parts.setdefault((component.catalog, component.document), {})[component.reference] = (
            component.raw_json
        )
    for (catalog, document, form), members in groupby(
        raws, lambda raw: (raw.catalog, raw.document, raw.form)
    ):
        normalizer = Normalizer(form, parts.get((catalog, document), {}), params)
        yield from map(normalizer.normalize, members)


class Normalizer:
    """Normalises the entries of one document.

    Args:
        form: How the document is written.
        components: Reference -> JSON of what it leads to, of everything that its entries refer to.
        params: Limits.
    """

    def __init__(self, form: CatalogForm, components: Mapping[str, str], params: SpecParams) -> None:
        self._params = params
        self._form = FORMS[form]
        self._components = _Components(components)
        lookup = self._form.lookup(self._components)
        self._takes = Definitions(lookup, params, PARAMETERS)
        self._gives = Definitions(lookup, params, RETURNS)

    def normalize(self, raw: RawFunction) -> NormalizedSpec | Drop:
        """The entry in canonical form, with every change noted; a drop where that cannot be.

        A result schema that cannot be used is left out, with a repair: the function can still be called.
        """
        try:
            return self._spec(raw)
        except RejectedError as rejection:
            return self._drop(raw, rejection.reason, rejection.detail)
        except Exception as error:  # noqa: BLE001 - what nobody foresaw costs one entry, and not its neighbours
            where = traceback.extract_tb(error.__traceback__)[-1]
            detail = f"{type(error).__name__}: {error!s:.200} ({Path(where.filename).name}, {where.name})"
            return self._drop(raw, DropReason.UNFORESEEN, detail)

    def _spec(self, raw: RawFunction) -> NormalizedSpec:
        declared = self._form.declare(_parse(raw.raw_json), self._components)
        parameters = self._parameters(declared)
        returns, return_repairs = self._returns(declared)
        name = declared.source_name
        # A file of tool definitions describes one service; the rows of BFCL belong to none.
        namespace = declared.namespace or (raw.catalog if raw.form is CatalogForm.OPENAI else "")
        effect = derive_effect(name, declared.http_method, declared.is_read_only, declared.is_destructive)
        marks = _marks(declared, parameters, returns)
        has_key = any(mark["kind"] == MarkKind.IDEMPOTENCY for mark in marks)
        contents = (parameters.content_digest, returns.content_digest if returns else None)
        return NormalizedSpec(
            entry_id=raw.entry_id,
            catalog=raw.catalog,
            location=raw.location,
            function_key=make_id("key", raw.source, namespace, name),
            function_digest=digest(legal_name(name), declared.description, *contents),
            source_name=name,
            namespace=namespace,
            description=declared.description,
            parameters=parameters.schema,
            returns=returns.schema if returns else None,
            short_description=shorten(declared.description),
            effect=effect,
            domain=derive_domain(name, namespace, declared.description),
            is_idempotent=derive_idempotence(effect, declared.http_method, declared.is_idempotent, has_key),
            is_deprecated=declared.is_deprecated
            or MarkKind.DEPRECATED in marks_of("", {}, declared.description),
            marks=marks,
            repairs=(*declared.repairs, *_under("/parameters", parameters.repairs), *return_repairs),
            source=raw.source,
            source_version=raw.source_version,
            licence=raw.licence,
        )

    def _drop(self, raw: RawFunction, reason: DropReason, detail: str) -> Drop:
        return Drop(
            stage="specs",
            partition=raw.catalog,
            subject_id=raw.entry_id,
            parent_ids=(raw.entry_id,),
            reason=reason,
            detail=f"{raw.location}: {detail}",
            raw=raw.raw_json[: self._params.raw_chars],
        )

    def _parameters(self, declared: Declared) -> Assembled:
        """The parameters as a schema of type object."""
        if not declared.source_name:
            raise RejectedError(DropReason.MISSING_NAME, "the entry has no name, or none that is text")
        definitions = self._takes
        if declared.is_self_contained:
            definitions = Definitions(pointer_lookup(declared.parameters), self._params, PARAMETERS)
        found = definitions.assemble(
            _as_object_type(definitions.follow(declared.parameters)), declared.subject
        )
        types = found.schema.get("type", "object")
        if "object" not in ([types] if isinstance(types, str) else types):
            raise RejectedError(DropReason.INVALID_SCHEMA, f"parameters are an object, found {types!r:.80}")
        return found

    def _returns(self, declared: Declared) -> tuple[Assembled | None, tuple[Repair, ...]]:
        if declared.returns is None:
            return None, ()
        definitions = self._gives
        if declared.is_self_contained:
            definitions = Definitions(pointer_lookup(declared.returns), self._params, RETURNS)
        try:
            found = definitions.assemble(declared.returns, declared.subject_of_result)
        except RejectedError as rejection:
            return None, (Repair("returns_dropped", "/returns", f"{rejection.reason}: {rejection.detail}"),)
        return (found if found.schema else None), _under("/returns", found.repairs)


class _Components:
    """What the references of a document lead to, parsed when first asked for."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._values: dict[str, Any] = {}

    def __call__(self, reference: str) -> Any:
        """The target; None where the reference leads nowhere."""
        if reference not in self._values:
            text = self._texts.get(reference)
            self._values[reference] = None if text is None else parse_stored_json(text)
        return self._values[reference]


def _marks(declared: Declared, parameters: Assembled, returns: Assembled | None) -> tuple[JsonObject, ...]:
    """What the publisher says of parameters, and what the rules say of the others and of the result's fields.

    A credential of the call itself says so. In an operation of HTTP that is one that its place shows to be one; the
    others, such as a key in a path or a body, are what the operation is about.
    """
    stated = [
        mark(f"{_PARAMETER}{escape(name)}", MarkKind(kind), value=OF_CALL) for name, kind in declared.marks
    ]
    known = {(one["path"], one["kind"]) for one in stated}
    derived = [one for one in parameters.marks if (one["path"], one["kind"]) not in known]
    if not declared.http_method:
        derived = [
            {**one, "value": OF_CALL} if one["kind"] == MarkKind.AUTH and one["path"].count("/") == 3 else one
            for one in derived
        ]
    return (*stated, *derived, *(returns.marks if returns else ()))


def _as_object_type(schema: Any) -> Any:
    """Parameters with the type and the properties that every chat endpoint wants to see, where they state none."""
    if not isinstance(schema, dict) or "$ref" in schema:
        return schema
    return {**_NO_PARAMETERS, **schema}


def _parse(raw_json: str) -> JsonObject:
    try:
        entry = parse_stored_json(raw_json)
    except (ValueError, RecursionError) as error:
        raise RejectedError(DropReason.MALFORMED_JSON, str(error)) from error
    if not isinstance(entry, dict):
        raise RejectedError(DropReason.UNKNOWN_FORM, f"an entry is an object, found {type(entry).__name__}")
    return entry


def _under(path: str, repairs: Iterable[Repair]) -> tuple[Repair, ...]:
    """The repairs with paths from the function on; those of definitions keep their reference."""
    return tuple(
        repair if repair.path.startswith("#") else Repair(repair.code, path + repair.path, repair.detail)
        for repair in repairs
    )
