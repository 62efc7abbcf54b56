"""One raw entry -> one normalised spec, or a drop that says why not."""

from collections.abc import Iterable
from typing import Any

import jsonschema_rs

from toolmind_assets.model.drops import Drop, DropReason
from toolmind_assets.model.functions import CatalogForm, NormalizedSpec, RawFunction, Repair
from toolmind_assets.model.ids import JsonObject, digest, make_id
from toolmind_assets.model.strict_json import JSON_DECODER
from toolmind_assets.specs.declared import FUNCTION_FORMS, Declared
from toolmind_assets.specs.definitions import convert_with_definitions
from toolmind_assets.specs.domains import derive_domain
from toolmind_assets.specs.effects import derive_effect
from toolmind_assets.specs.names import legal_name
from toolmind_assets.specs.operations import declare_operation
from toolmind_assets.specs.params import SpecParams
from toolmind_assets.specs.rejection import RejectedError

_DECLARE = {**FUNCTION_FORMS, CatalogForm.OPENAPI: declare_operation}


def normalize_all(
    raws: Iterable[RawFunction], params: SpecParams
) -> tuple[tuple[NormalizedSpec, ...], tuple[Drop, ...]]:
    """The specs and the drops that raw entries give, each in the order of the entries."""
    results = [normalize(raw, params) for raw in raws]
    specs = tuple(result for result in results if isinstance(result, NormalizedSpec))
    return specs, tuple(result for result in results if isinstance(result, Drop))


def normalize(raw: RawFunction, params: SpecParams) -> NormalizedSpec | Drop:
    """The entry in canonical form, with every change noted; a drop where that cannot be.

    A result schema that cannot be used is left out, with a repair: the function can still be called.
    """
    try:
        declared = _DECLARE[raw.form](_parse(raw.raw_json))
        parameters, parameter_repairs = _parameters(declared, params)
        returns, return_repairs = _returns(declared, params)
    except RejectedError as rejection:
        return Drop(
            stage="specs",
            partition=raw.catalog,
            subject_id=raw.entry_id,
            parent_ids=(raw.entry_id,),
            reason=rejection.reason,
            detail=f"{raw.location}: {rejection.detail}",
            raw=raw.raw_json[: params.raw_chars],
        )
    name = declared.source_name
    # A file of tool definitions describes one service; the rows of BFCL belong to none.
    namespace = declared.namespace or (raw.catalog if raw.form is CatalogForm.OPENAI else "")
    return NormalizedSpec(
        entry_id=raw.entry_id,
        catalog=raw.catalog,
        location=raw.location,
        function_key=make_id("key", raw.source, namespace, name),
        function_digest=digest(legal_name(name), declared.description, parameters, returns),
        source_name=name,
        namespace=namespace,
        description=declared.description,
        parameters=parameters,
        returns=returns,
        effect=derive_effect(name, declared.http_method, declared.is_read_only, declared.is_destructive),
        domain=derive_domain(name, namespace, declared.description),
        repairs=(*declared.repairs, *parameter_repairs, *return_repairs),
        source=raw.source,
        source_version=raw.source_version,
        licence=raw.licence,
    )


def _parse(raw_json: str) -> JsonObject:
    try:
        entry = JSON_DECODER.decode(raw_json)
    except (ValueError, RecursionError) as error:
        raise RejectedError(DropReason.MALFORMED_JSON, str(error)) from error
    if not isinstance(entry, dict):
        raise RejectedError(DropReason.UNKNOWN_FORM, f"an entry is an object, found {type(entry).__name__}")
    return entry


def _parameters(declared: Declared, params: SpecParams) -> tuple[JsonObject, tuple[Repair, ...]]:
    """The parameters as a schema of type object."""
    if not declared.source_name:
        raise RejectedError(DropReason.MISSING_NAME, "the entry has no name, or none that is text")
    schema, repairs = convert_with_definitions(
        declared.parameters, declared.parameters_lookup, params, hidden="readOnly"
    )
    types = schema.get("type", "object")
    if "object" not in ([types] if isinstance(types, str) else types):
        raise RejectedError(DropReason.INVALID_SCHEMA, f"parameters are an object, found {types!r:.80}")
    properties = schema.get("properties", {})
    rest = {key: value for key, value in schema.items() if key not in ("type", "properties")}
    schema = {"type": "object", "properties": properties, **rest}
    _check(schema)
    return schema, _under("/parameters", repairs)


def _returns(declared: Declared, params: SpecParams) -> tuple[JsonObject | None, tuple[Repair, ...]]:
    if declared.returns is None:
        return None, ()
    try:
        schema, repairs = convert_with_definitions(
            declared.returns, declared.returns_lookup, params, hidden="writeOnly"
        )
        _check(schema)
    except RejectedError as rejection:
        return None, (Repair("returns_dropped", "/returns", f"{rejection.reason}: {rejection.detail}"),)
    return schema or None, _under("/returns", repairs)


def _under(path: str, repairs: Iterable[Repair]) -> tuple[Repair, ...]:
    """The repairs with paths from the function on; those of definitions keep their reference."""
    return tuple(
        repair if repair.path.startswith("#") else Repair(repair.code, path + repair.path, repair.detail)
        for repair in repairs
    )


def _check(schema: Any) -> None:
    """Holds that a schema is valid under the 2020-12 metaschema, and that a validator can be built of it."""
    try:
        jsonschema_rs.meta.validate(schema)
        jsonschema_rs.Draft202012Validator(schema)
    except ValueError as error:
        message = str(error).strip().splitlines()[0]
        raise RejectedError(
            DropReason.INVALID_SCHEMA, f"no valid JSON Schema 2020-12: {message:.200}"
        ) from error
