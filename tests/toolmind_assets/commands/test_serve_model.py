"""The embedded model over HTTP answers as it does in-process, in every role."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openai
import psutil
import pytest
import yaml
from aiohttp import web
from click.testing import CliRunner
from rich.console import Console

from toolmind_assets.commands.serve_model import serve, serve_model
from toolmind_assets.errors import InputError, ToolMindError
from toolmind_assets.model.edges import Edge, EdgeKind
from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.settings.config import Settings, ToolMindConfig
from toolmind_assets.settings.context_types import context_codec, encoder_of
from toolmind_assets.stages.dialogues.params import DialogueParams
from toolmind_assets.stages.dialogues.simulate import simulate_dialogues
from toolmind_assets.stages.graph.field import FunctionFields
from toolmind_assets.stages.graph.field_reader import fields_of
from toolmind_assets.stages.graph.params import GraphParams
from toolmind_assets.stages.graph.validator import EdgeContext, load_validator_prompts, request_verdict
from toolmind_assets.stages.registry import PIPELINE
from toolmind_assets.stages.specs.completion import Completer
from toolmind_assets.stages.specs.gaps import SpecContent
from toolmind_assets.stages.specs.params import CompletionParams, SpecParams
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.sample import sample_tasks
from toolmind_assets.stages.tasks.sampling_context import SamplingContext
from toolmind_assets.stages.trajectories.params import TrajectoryParams
from toolmind_assets.stages.trajectories.trajectory import trajectory_of
from toolmind_assets.stages.trajectories.turn_filter import judge_trajectories
from toolmind_resources.chat.embedded import EmbeddedChat, EmbeddedErrors
from toolmind_resources.chat.endpoint import Endpoint
from toolmind_resources.chat.model import ChatReply, ChatRequest, ChatToolCall, Role
from toolmind_resources.chat.quirks.drawn import QUIRKS
from toolmind_resources.chat.request_form import request_body
from toolmind_resources.chat.server import ModelServer, ServerOptions
from toolmind_resources.chat.tokens import completion_tokens_of, prompt_tokens_of

WILD = EmbeddedErrors(**dict.fromkeys(EmbeddedErrors.model_fields, 0.15))
MOST_OF_A_ROLE = 25
SERVE = """
from rich.console import Console
from toolmind_assets.settings.config import load_settings
from toolmind_assets.commands.serve_model import serve
from toolmind_resources.chat.server import ServerOptions
serve(Console(highlight=False, soft_wrap=True), load_settings(), ServerOptions(), port=0)
"""

CODEC = context_codec(PIPELINE)
encode_context = encoder_of(CODEC)


class Kept:
    """The embedded model, which keeps what it was asked and what it answered.

    Each role has a model of its own by name, so that each is asked.
    """

    def __init__(self) -> None:
        self.chat = EmbeddedChat(PIPELINE.stand_in, WILD)
        self.made: dict[Role, list[tuple[ChatRequest, ChatReply]]] = defaultdict(list)

    def model_name(self, role: Role) -> str:
        return role

    async def complete(self, request: ChatRequest) -> ChatReply:
        reply = await self.chat.complete(request)
        self.made[request.role].append((request, reply))
        return reply

    def rate(self, request: ChatRequest, reply: ChatReply, fault: str) -> None:
        self.chat.rate(request, reply, fault)

    def give_up(self, requests: Sequence[ChatRequest]) -> None:
        self.chat.give_up(requests)


def question_about(edge: Edge, fields: dict[str, FunctionFields]) -> ChatRequest:
    source, target = fields[edge.source_function_id], fields[edge.target_function_id]
    given = source.outputs if edge.kind is EdgeKind.RESULT_TO_PARAMETER else source.inputs
    first = next(field for field in given if field.path == edge.output_path)
    second = next(field for field in target.inputs if field.path == edge.input_path)
    return request_verdict(EdgeContext(edge.kind, first, second, source, target), load_validator_prompts())


def content_of(function: FunctionSpec) -> SpecContent:
    names = ("function_digest", "source_name", "namespace", "effect", "parameters")
    stated = {name: getattr(function, name) for name in names}
    return SpecContent(**stated, entry_id="", description="", returns=None)


async def act(make: Any) -> Kept:
    """What all roles are asked from the graph to the judges, in-process."""
    functions, kept = make.functions().values(), Kept()
    completer = Completer(kept, CompletionParams(complete=["descriptions", "returns"]), SpecParams(), "")
    await completer.complete([content_of(function) for function in functions])
    fields = {function.function_id: fields_of(function, GraphParams()) for function in functions}
    for edge in make.edges():
        await kept.complete(question_about(edge, fields))
    context = SamplingContext.of(list(functions), make.edges())
    params = TaskParams(tasks_per_shard=12, walk_min=3, walk_max=6, offered_max=5, distractors_min=1)
    tasks = [*make.tasks().values(), *(await sample_tasks(context, "sim-0001", 1, kept, params)).tasks]
    made = await simulate_dialogues(tasks, context.functions, kept, DialogueParams())
    trajectories = [trajectory_of(dialogue, {}) for dialogue in made.dialogues]
    await judge_trajectories(trajectories, {task.task_id: task for task in tasks}, kept, TrajectoryParams())
    return kept


async def ask(client: openai.AsyncOpenAI, body: dict[str, Any], request: ChatRequest) -> ChatReply:
    completion = await client.chat.completions.create(**body, extra_body=encode_context(request))
    choice, usage = completion.choices[0], completion.usage
    assert usage is not None
    calls = tuple(
        ChatToolCall(call.function.name, call.function.arguments)
        for call in choice.message.tool_calls or ()
        if call.type == "function"
    )
    return ChatReply(
        choice.message.content,
        calls,
        completion.model,
        choice.finish_reason,
        usage.prompt_tokens,
        usage.completion_tokens,
    )


async def ask_all(kept: Kept) -> dict[str, Any]:
    """Asks a server for every reply, compares each with the one made in-process, and returns its counts."""
    server = ModelServer(EmbeddedChat(PIPELINE.stand_in, WILD), CODEC, ServerOptions())
    runner = web.AppRunner(server.application(), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    endpoint = Endpoint(name="served", base_url=url, model="embedded")
    client = openai.AsyncOpenAI(base_url=url, api_key="none", max_retries=0)
    try:
        for made in kept.made.values():
            for request, reply in made[:MOST_OF_A_ROLE]:
                body = request_body(request, endpoint)
                told = (
                    reply.content,
                    reply.tool_calls,
                    "embedded",
                    reply.finish_reason,
                    prompt_tokens_of(body),
                    completion_tokens_of(reply),
                )
                assert await ask(client, body, request) == ChatReply(*told)
    finally:
        await client.close()
        await runner.cleanup()
    return server.counts


def test_every_role_answers_over_http_what_it_answers_in_process_and_is_counted(make: Any) -> None:
    async def test() -> tuple[Kept, dict[str, Any]]:
        kept = await act(make)
        return kept, await ask_all(kept)

    kept, counts = asyncio.run(test())
    asked = {role: min(len(made), MOST_OF_A_ROLE) for role, made in kept.made.items()}
    assert set(asked) == set(PIPELINE.roles), "every role has been asked"
    assert {role: one["n_replies"] for role, one in counts["by_role"].items()} == asked
    assert counts["n_requests"] == counts["n_replies"] == sum(asked.values())


@contextmanager
def served(folder: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if not name.startswith("TOOLMIND")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def opening(process: subprocess.Popen[str]) -> tuple[str, str]:
    """The address that a server prints, and the configuration that it proposes."""
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(8)]
    return lines[0].split("served at ")[1].split("/v1")[0], "".join(lines[2:])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_served_model_listens_on_loopback_says_how_to_ask_it_and_ends_with_its_counts(
    number: signal.Signals, tmp_path: Path
) -> None:
    with served(tmp_path) as process:
        url, proposed = opening(process)
        (listening,) = [
            one for one in psutil.Process(process.pid).net_connections() if one.status == psutil.CONN_LISTEN
        ]
        assert url == f"http://127.0.0.1:{listening.laddr.port}"
        assert listening.laddr.ip == "127.0.0.1"
        endpoint = ToolMindConfig(**yaml.safe_load(proposed)).chat.endpoint_of(Role("planner"))
        assert endpoint is not None
        assert (endpoint.base_url, endpoint.is_served_here) == (f"{url}/v1", True)
        body = {"model": endpoint.model, "messages": [{"role": "user", "content": "hello"}]}
        for _ in range(2):
            request = urllib.request.Request(
                f"{endpoint.base_url}/chat/completions", json.dumps(body).encode()
            )
            with urllib.request.urlopen(request, timeout=30) as response:
                assert json.load(response)["choices"]
        process.send_signal(number)
        output, messages = process.communicate(timeout=30)
    assert (process.returncode, messages) == (0, "")
    assert "2 requests; 2 replies, 1 distinct, 1 repeated; " in output


def test_quirks_are_listed_with_who_has_them() -> None:
    listed = CliRunner().invoke(serve_model, ["--list-quirks"])
    assert listed.exit_code == 0
    assert [line.partition(":")[0] for line in listed.output.splitlines()] == list(QUIRKS)
    assert "refuses_system_role: messages of the role `system` are refused (Gemma 2" in listed.output


@pytest.mark.parametrize(
    "wrong", [("--quirk", "none"), ("--tail", "5"), ("--away", "soon"), ("--fault", "hang")]
)
def test_what_the_server_cannot_be_told_is_refused_before_it_listens(wrong: tuple[str, str]) -> None:
    refused = CliRunner().invoke(serve_model, ["--port", "0", *wrong])
    assert isinstance(refused.exception, ToolMindError)


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = Settings(ToolMindConfig(), tmp_path, tmp_path / "home")
        with pytest.raises(InputError, match=f"cannot listen on 127.0.0.1:{port}"):
            serve(Console(), settings, ServerOptions(), port=port)
