"""How often do the rules reject calls that are right? Asked of the replayed gold of BFCL multi-turn.

Every gold turn becomes a user message and, a call at a time, an assistant message with the recorded result.
Prints outcomes a rule and code, and ends with one line of JSON.
"""

import argparse
import ast
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from toolmind_assets.stages.trajectories.dialogue_files import check_lines

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "redistributable" / "bfcl"
DOCS = {
    "GorillaFileSystem": "gorilla_file_system",
    "MathAPI": "math_api",
    "MessageAPI": "message_api",
    "TwitterAPI": "posting_api",
    "TicketAPI": "ticket_api",
    "TradingBot": "trading_bot",
    "TravelAPI": "travel_booking",
    "VehicleControlAPI": "vehicle_control",
}
TYPES = {"dict": "object", "float": "number", "tuple": "array", "list": "array", "bool": "boolean"}
QUICK_ROWS = 50


def json_schema(node: Any) -> Any:
    """The BFCL dialect's schema with JSON Schema's type names; `any` is no type."""
    if isinstance(node, list):
        return [json_schema(member) for member in node]
    if not isinstance(node, dict):
        return node
    schema = {key: json_schema(value) for key, value in node.items()}
    if isinstance(node.get("type"), str):
        schema["type"] = TYPES.get(node["type"], node["type"])
        if schema["type"] == "any":
            del schema["type"]
    return schema


def load_tools(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """OpenAI tool definitions by the name of their API class."""
    tools: dict[str, list[dict[str, Any]]] = {}
    for name, stem in DOCS.items():
        lines = (folder / "multi_turn_func_doc" / f"{stem}.json").read_text().splitlines()
        docs = [json.loads(line) for line in lines if line.strip()]
        tools[name] = [
            {
                "type": "function",
                "function": {
                    "name": doc["name"],
                    "description": doc["description"],
                    "parameters": json_schema(doc["parameters"]),
                    "response": json_schema(doc.get("response", {})),
                },
            }
            for doc in docs
        ]
    return tools


def parse_call(text: str, tools: list[dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    """Name and arguments of a call written in Python; positional arguments go by the schema's order."""
    node = ast.parse(text, mode="eval").body
    if not isinstance(node, ast.Call):
        raise ValueError(f"not a call: {text!r}")
    name = ast.unparse(node.func).rsplit(".", 1)[-1]
    function = next((tool["function"] for tool in tools if tool["function"]["name"] == name), None)
    names = list(function["parameters"]["properties"]) if function else []
    arguments = {key: ast.literal_eval(value) for key, value in zip(names, node.args, strict=False)}
    arguments |= {keyword.arg or "": ast.literal_eval(keyword.value) for keyword in node.keywords}
    return name, arguments


def dialogue_of(row: dict[str, Any], tools: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """One replayed gold row as a line of DIALOGUES.jsonl."""
    offered = [tool for name in row["classes"] for tool in tools[name]]
    messages: list[dict[str, Any]] = []
    for question, turn in zip(row["question"], row["gold_turns"], strict=True):
        messages += question
        for text, result in turn:
            name, arguments = parse_call(text, offered)
            call_id = f"call_{len(messages)}"
            function = {"name": name, "arguments": json.dumps(arguments)}
            call = {"id": call_id, "type": "function", "function": function}
            messages.append({"role": "assistant", "content": None, "tool_calls": [call]})
            messages.append({"role": "tool", "tool_call_id": call_id, "content": result})
    return {"id": row["id"], "tools": offered, "messages": messages}


def read_dialogues(folder: Path) -> Iterator[dict[str, Any]]:
    """Every replayed gold row as a dialogue."""
    tools = load_tools(folder)
    with (folder / "replayed_gold_multi_turn_base.jsonl").open() as lines:
        for line in lines:
            yield dialogue_of(json.loads(line), tools)


def count(verdicts: list[dict[str, Any]]) -> tuple[Counter[str], Counter[tuple[str, str, str]]]:
    """Outcomes of the calls, and `(subject, severity, code)` of every reason."""
    outcomes: Counter[str] = Counter()
    codes: Counter[tuple[str, str, str]] = Counter()
    for verdict in verdicts:
        subject = "call" if verdict["call_index"] is not None else "message"
        subject = "dialogue" if verdict["message_index"] is None else subject
        if subject == "call":
            outcomes[verdict["outcome"]] += 1
        codes.update((subject, reason["severity"], reason["code"]) for reason in verdict["reasons"])
    return outcomes, codes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=DATA, help="folder of the BFCL data")
    parser.add_argument("--quick", action="store_true", help=f"the first {QUICK_ROWS} dialogues only")
    parser.add_argument("--out", type=Path, help="write the dialogues here")
    given = parser.parse_args()
    if not given.folder.is_dir():
        sys.exit(f"{given.folder} is not there: give the folder that holds the BFCL data")
    dialogues = list(read_dialogues(given.folder))[: QUICK_ROWS if given.quick else None]
    lines = [json.dumps(dialogue) for dialogue in dialogues]
    if given.out:
        given.out.write_text("".join(line + "\n" for line in lines))
    began = time.perf_counter()
    verdicts = list(check_lines(lines))
    seconds = time.perf_counter() - began
    outcomes, codes = count(verdicts)
    total = outcomes.total()
    print(f"{len(lines)} dialogues, {total} calls, {seconds:.1f} s")
    for outcome, number in sorted(outcomes.items()):
        print(f"  calls {outcome:13} {number:6} {number / total:7.2%}")
    for (subject, severity, code), number in sorted(codes.items()):
        print(f"  {subject:9}{severity:9}{code:24}{number:6}")
    summary = {
        "benchmark": "bfcl_gold",
        "dialogues": len(lines),
        "calls": total,
        "fail_ratio": round(outcomes["fail"] / total, 4),
        "unverifiable_ratio": round(outcomes["unverifiable"] / total, 4),
        "turns_per_second": round(total / seconds),
    }
    print(json.dumps(summary))


if __name__ == "__main__":
    main()
