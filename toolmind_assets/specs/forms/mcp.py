"""What a tool of an MCP server declares."""

from toolmind_assets.model.functions import Repair
from toolmind_assets.model.ids import JsonObject
from toolmind_assets.specs.declared import Declared, as_object_schema, stated_text
from toolmind_assets.specs.describe import clean
from toolmind_assets.specs.json_schema import Lookup


def declare_tool(entry: JsonObject, _: Lookup) -> Declared:
    """What a tool of an MCP server declares."""
    tool = entry["tool"] if isinstance(entry.get("tool"), dict) else {}
    stated = tool.get("annotations")
    hints = stated if isinstance(stated, dict) else {}
    description = clean(tool.get("description")) or clean(tool.get("title")) or clean(hints.get("title"))
    repairs: list[Repair] = []
    if description != tool.get("description"):
        repairs.append(
            Repair("description_cleaned", "/description", f"from {tool.get('description')!r:.120}")
        )
    parameters = as_object_schema(tool.get("inputSchema"), repairs, "/parameters")
    returns = tool.get("outputSchema")
    read_only, idempotent = hints.get("readOnlyHint"), hints.get("idempotentHint")
    return Declared(
        source_name=stated_text(tool.get("name")).strip(),
        namespace=clean(entry.get("server")),
        description=description,
        parameters=parameters,
        returns=returns if isinstance(returns, dict) and returns else None,
        repairs=tuple(repairs),
        is_read_only=read_only if isinstance(read_only, bool) else None,
        is_destructive=hints.get("destructiveHint") is not False,
        is_idempotent=idempotent if isinstance(idempotent, bool) else None,
    )
