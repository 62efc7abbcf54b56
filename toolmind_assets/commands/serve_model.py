"""`toolmind serve-model`: the embedded model behind an OpenAI-compatible endpoint."""

import asyncio
import json
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from aiohttp import web
from rich.console import Console

from toolmind_assets.commands.printing import console as terminal
from toolmind_assets.errors import InputError
from toolmind_assets.settings.chat_models import embedded_chat
from toolmind_assets.settings.config import Settings, load_settings
from toolmind_assets.settings.context_types import context_codec
from toolmind_resources.chat.conditions import Away, Conditions, Tail
from toolmind_resources.chat.faults import Faults
from toolmind_resources.chat.quirks.drawn import QUIRKS, Quirks
from toolmind_resources.chat.server import ModelServer, ServerOptions

LOOPBACK = "127.0.0.1"
BACKLOG = 1024
"""Connections that may wait to be taken: a load test opens hundreds at once."""
LAST_WAIT_SECONDS = 1.0
"""How long answers under way are waited for at the end."""


def _list_quirks(context: click.Context, _: click.Parameter, is_wanted: bool) -> None:
    """Prints what `--quirk` takes, and ends the command."""
    if not is_wanted or context.resilient_parsing:
        return
    for name, quirk in QUIRKS.items():
        click.echo(f"{name}: {quirk.does} ({quirk.seen})")
    context.exit()


@click.command("serve-model")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8400, show_default=True, help="0 takes a free one."
)
@click.option(
    "--host",
    default=LOOPBACK,
    show_default=True,
    help="Address to listen on; loopback unless you change it.",
)
@click.option("--model", default="embedded", show_default=True, help="The one model name that is known.")
@click.option(
    "--latency",
    type=click.FloatRange(0),
    default=0.0,
    show_default=True,
    help="Seconds that every answer takes.",
)
@click.option("--jitter", type=click.FloatRange(0, 1), default=0.0, help="Share by which the latency varies.")
@click.option("--tail", metavar="SHARE:FACTOR", help="Answers that take a multiple of it, such as 0.05:5.")
@click.option("--capacity", type=click.IntRange(1), help="Requests at once; more are answered by 429.")
@click.option("--away", metavar="AFTER:SECONDS", help="When every connection is lost, such as 10:30.")
@click.option(
    "--poison", type=click.FloatRange(0, 1), default=0.0, help="Share of prompts that always meet 400."
)
@click.option(
    "--fault", "faults", multiple=True, metavar="KIND=RATE", help="A fault, such as rate_limit=0.05."
)
@click.option(
    "--quirk", "quirks", multiple=True, metavar="NAME[=RATE]", help="A habit of real endpoints to take on."
)
@click.option(
    "--list-quirks",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list_quirks,
    help="Print them.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed makes other faults.")
@click.option("--key-env", help="Environment variable with the key that every request must show.")
@click.option("--log", type=click.Path(path_type=Path), help="File to which a line is added for each answer.")
def serve_model(
    port: int,
    host: str,
    model: str,
    latency: float,
    jitter: float,
    tail: str | None,
    capacity: int | None,
    away: str | None,
    poison: float,
    faults: Sequence[str],
    quirks: Sequence[str],
    seed: int,
    key_env: str | None,
    log: Path | None,
) -> None:
    """The embedded model as an OpenAI-compatible endpoint, with faults and quirks on request.

    It counts its calls, so that what a run asked can be compared with what it says that it asked.
    """
    options = ServerOptions(
        model=model,
        conditions=Conditions(
            latency_seconds=latency,
            latency_jitter=jitter,
            tail=None if tail is None else Tail.parse(tail),
            capacity=capacity,
            away=None if away is None else Away.parse(away),
            poison=poison,
            seed=seed,
        ),
        faults=Faults.parse(*faults, seed=seed),
        quirks=Quirks.parse(*quirks, seed=seed),
        key_env=key_env,
        log=log,
    )
    serve(terminal, load_settings(), options, host, port)


def serve(
    console: Console, settings: Settings, options: ServerOptions, host: str = LOOPBACK, port: int = 8400
) -> None:
    """Serves until SIGINT or SIGTERM; prints address and configuration once it listens, and counts at the end.

    Raises:
        InputError: the address cannot be listened on.
        ToolMindError: the key's variable is not set, or the log cannot be written.
    """
    server = ModelServer(embedded_chat(settings), context_codec(settings.pipeline), options)
    asyncio.run(_run(console, server, options, host, port))
    console.print(_closing_line(server.counts), markup=False)


async def _run(console: Console, server: ModelServer, options: ServerOptions, host: str, port: int) -> None:
    runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=LAST_WAIT_SECONDS)
    await runner.setup()
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    try:
        await _listen(runner, host, port)
        console.print(_opening_lines(_url(host, runner.addresses[0][1]), options), markup=False)
        await ended.wait()
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port, backlog=BACKLOG).start()
    except OSError as error:
        raise InputError(
            f"cannot listen on {host}:{port} ({error.strerror}); name another --host or --port"
        ) from error


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _opening_lines(url: str, options: ServerOptions) -> str:
    key = f", api_key_env: {options.key_env}" if options.key_env else ""
    return f"""\
the embedded model is served at {url}/v1, its counts at {url}/counts; Ctrl-C ends it
to ask it, in toolmind.yaml:

chat:
  models:
    - {{name: served, base_url: "{url}/v1", model: {json.dumps(options.model)}, is_served_here: true{key}}}
  roles: {{default: served}}
"""


def _closing_line(counts: dict[str, Any]) -> str:
    faults, quirks = (
        ", ".join(f"{n:,} {kind}" for kind, n in counts[what].items()) or "none"
        for what in ("faults", "quirks")
    )
    return (
        f"{counts['n_requests']:,} requests; {counts['n_replies']:,} replies, {counts['n_distinct']:,} distinct, "
        f"{counts['n_repeated']:,} repeated; {counts['prompt_tokens']:,} prompt tokens, "
        f"{counts['completion_tokens']:,} completion tokens; faults: {faults}; quirks: {quirks}"
    )
