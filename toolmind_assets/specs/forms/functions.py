"""What function definitions declare: those of OpenAI, Anthropic, Gemini and BFCL, and lists that borrow from them."""

from typing import Any

from toolmind_assets.model.functions import Repair
from toolmind_assets.model.ids import JsonObject
from toolmind_assets.specs.declared import Declared, as_object_schema, stated_text
from toolmind_assets.specs.describe import clean, split_owner
from toolmind_assets.specs.json_schema import Lookup

_PARAMETERS = ("parameters", "inputSchema", "input_schema", "arguments", "query_parameters")
_RETURNS = ("response", "responses", "returns", "outputSchema", "output_schema", "output_parameters")


def declare_function(entry: JsonObject, _: Lookup) -> Declared:
    """What an OpenAI or BFCL function definition declares."""
    name = stated_text(entry.get("name")).strip()
    found = clean(entry.get("description"))
    owner, description = split_owner(found)
    repairs: list[Repair] = []
    if description != entry.get("description"):
        repairs.append(
            Repair("description_cleaned", "/description", f"from {entry.get('description')!r:.120}")
        )
    parameters = as_object_schema(_first(entry, _PARAMETERS), repairs, "/parameters")
    if isinstance(entry.get("required"), list) and "required" not in parameters:
        parameters = {**parameters, "required": entry["required"]}
        repairs.append(Repair("required_moved", "/required", "from the function to its parameters"))
    returns = _first(entry, _RETURNS)
    returns = (
        as_object_schema(returns, repairs, "/returns") if isinstance(returns, dict) and returns else None
    )
    return Declared(
        source_name=name,
        namespace=owner or (name.rsplit(".", 1)[0] if "." in name else ""),
        description=description,
        parameters=parameters,
        returns=returns,
        repairs=tuple(repairs),
    )


def _first(entry: JsonObject, keys: tuple[str, ...]) -> Any:
    return next((entry[key] for key in keys if entry.get(key) is not None), None)
