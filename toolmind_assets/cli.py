"""`toolmind …`: the list of commands, and what becomes of their errors.

Each command stands in the module of its name in `commands/`, which is loaded when the command is called: Dagster
costs seconds, and most commands work without.
"""

import signal
from importlib import import_module

import click

from toolmind_assets.errors import Interrupted, ToolMindError

COMMANDS = {
    "run": "Make everything that is due, from catalogs to exports.",
    "ui": "The Dagster UI, with everything that `toolmind run` made.",
    "preview": "A few dialogues with their verdicts, or tasks alone, to read before many are made.",
    "normalize": "Catalogs in any form -> functions.parquet + dropped.parquet.",
    "link": "Functions -> the function graph, with its figures.",
    "check": "The turn filter's rules on anybody's dialogues: DIALOGUES.jsonl -> VERDICTS.jsonl.",
    "import": "An open set -> the dialogue form, as DIALOGUES.jsonl.",
    "export": "The training set in a trainer's format, with its dataset card.",
    "coverage": "Which functions are offered, planned and called, by catalog, and the names of those that are not.",
    "trace": "From any id back to its sources with their licences, and forward to the samples.",
    "forget": "Remove a catalog that is no longer configured, after showing what rests on it.",
    "verify": "Every check of every table, on all that was ever made.",
    "spending": "What paid models have cost so far, by period, role and shard.",
    "prune": "Delete kept replies and table files that nothing needs any more.",
    "serve-model": "The embedded model as an OpenAI-compatible endpoint, with faults and quirks on request.",
}
"""Command -> what it does; said here too, so that the list loads none of them."""
_MODULES = {"import": "import_set"}
"""Command -> its module, where Python does not take the command's name for one."""


class _Commands(click.Group):
    """A group that loads a command when it is called, and prints our own errors as one message and nothing more."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        name = _MODULES.get(cmd_name, cmd_name.replace("-", "_"))
        return getattr(import_module(f"toolmind_assets.commands.{name}"), name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except ToolMindError as error:
            _say(f"toolmind: {error}")
            ctx.exit(1)
        except KeyboardInterrupt as error:
            _say("toolmind: interrupted; the same command goes on from here")
            ctx.exit(128 + (error.number if isinstance(error, Interrupted) else signal.SIGINT))


def _say(message: str) -> None:
    from toolmind_assets.commands.printing import errors

    errors.print(message, style="red", markup=False)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="toolmind-assets", prog_name="toolmind")
def main() -> None:
    """Tool-use training data from your own function catalogs."""


if __name__ == "__main__":
    main()
