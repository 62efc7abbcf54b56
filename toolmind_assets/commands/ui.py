"""`toolmind ui`: Dagster's own UI, started for the project."""

import os
import subprocess
import sys

import click

from toolmind_assets.commands.printing import console
from toolmind_assets.settings.config import load_settings
from toolmind_assets.settings.dagster_files import instance_folder, workspace_arguments


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=3000, show_default=True)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on; loopback unless you change it.",
)
def ui(port: int, host: str) -> None:
    """The Dagster UI, with everything that `toolmind run` made."""
    settings = load_settings()
    environment = {
        "DAGSTER_HOME": str(instance_folder(settings)),
        **os.environ,
        "TOOLMIND_HOME": str(settings.home),
    }
    if settings.file is not None:
        environment["TOOLMIND_CONFIG"] = str(settings.file)
    command = [sys.executable, "-m", "dagster", "dev", "--host", host, "--port", str(port)]
    console.print(f"the UI is at http://{host}:{port} in a few seconds; Ctrl-C ends it")
    command += workspace_arguments(settings)
    raise SystemExit(subprocess.call(command, cwd=settings.root, env=environment))
