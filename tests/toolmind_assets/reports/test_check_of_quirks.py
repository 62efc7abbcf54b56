"""The check before a run, of endpoints that have one quirk in every reply: passed, or one message in a few calls."""

from pathlib import Path
from typing import Any

import pytest

from toolmind_assets.reports.endpoint_checks import EndpointChecks
from toolmind_assets.settings.config import Settings, ToolMindConfig
from toolmind_resources.chat.quirks.drawn import QUIRKS, Quirks
from toolmind_resources.chat.quirks.quirk import QuirkOutcome
from toolmind_resources.errors import ToolMindError

CALLS = 12
"""Most requests of a check."""
WORDS = {
    "ignores_tools": "it seems to ignore `tools`",
    "refuses_tools": "--enable-auto-tool-choice",
    "unknown_model": "the model or the path is unknown",
    "error_in_body": "Provider returned error",
}
"""What the check says of the quirks that leave nothing to run with, and that two short questions show."""


def _checked(url: str, home: Path) -> list[str]:
    """The lines of the check of an endpoint that plays all roles."""
    model = {"name": "main", "base_url": f"{url}/v1", "model": "embedded", "retries": 1}
    config = ToolMindConfig.model_validate({"chat": {"models": [model], "roles": {"default": "main"}}})
    said: list[str] = []
    EndpointChecks(Settings(config, home, home), "run", said.append)()
    return said


@pytest.mark.parametrize(
    "name", [name for name, quirk in QUIRKS.items() if quirk.outcome is not QuirkOutcome.STOPPED]
)
def test_an_endpoint_whose_quirk_is_dealt_with_passes_the_check(
    name: str, serve: Any, tmp_path: Path
) -> None:
    with serve(quirks=Quirks.parse(name)) as served:
        said = _checked(served.url, tmp_path)
        assert served.counts["n_requests"] <= CALLS
    assert "tools" in said[-1] and "answers in" in said[-1]


@pytest.mark.parametrize("name", WORDS)
def test_an_endpoint_that_leaves_nothing_to_run_with_is_told_by_the_check(
    name: str, serve: Any, tmp_path: Path
) -> None:
    with serve(quirks=Quirks.parse(name)) as served:
        with pytest.raises(ToolMindError) as caught:
            _checked(served.url, tmp_path)
        assert served.counts["n_requests"] <= CALLS
    assert WORDS[name] in str(caught.value)
