"""What `toolmind run` and `toolmind preview` find out about endpoints before anything else is paid there."""

from typing import Any

from toolmind_assets.reports.endpoint_checks import EndpointChecks
from toolmind_assets.settings.chat_models import endpoint_memory

CHAT = """\
shards: {{simulated: 1}}
tasks: {{tasks_per_shard: 4, walk_min: 2}}
chat:
  models:
    - {{name: main, base_url: "{url}/v1", model: embedded, retries: 0, timeout_seconds: 10{more}}}
  roles: {{{role}: main}}
"""


def _configure(project: Any, url: str, role: str, more: str = "") -> None:
    (project.root / "toolmind.yaml").write_text(CHAT.format(url=url, role=role, more=more))


def _checked(project: Any) -> list[str]:
    said: list[str] = []
    checks = EndpointChecks(project.settings, "run 1", said.append)
    checks()
    checks()
    return said


def test_an_endpoint_is_told_in_one_line_and_asked_once_a_day(empty_project, serve):
    with serve() as served:
        _configure(empty_project, served.url, "turn_judge")
        (line,) = _checked(empty_project)
        assert line.startswith(f"main: embedded at {served.url}/v1: answers in ")
        assert line.endswith("JSON by json_schema, shows no thoughts")
        (again,) = _checked(empty_project)
        assert again.startswith(f"{line} (checked 20")
        assert served.counts["n_requests"] == 1


def test_an_endpoint_that_is_gone_since_its_check_stops_no_run_that_may_need_nothing_of_it(
    empty_project, serve
):
    with serve() as served:
        _configure(empty_project, served.url, "turn_judge")
        _checked(empty_project)
        endpoint = next(iter(empty_project.settings.config.chat.endpoints.values()))
        memory = endpoint_memory(empty_project.settings)
        known = memory.find(endpoint)
        memory.keep(endpoint, known.model_copy(update={"checked_at": 1.0}))
    (line,) = _checked(empty_project)
    assert "cannot reach" in line
    assert "It was checked 1970-01-01 00:00 UTC; kept replies are used" in line


def test_a_run_is_not_begun_with_an_assistant_that_calls_no_tools(empty_project, serve):
    with serve() as served:
        _configure(empty_project, served.url, "default")
        message = empty_project.refusal("run")
        assert "it seems to ignore `tools`" in message
        assert "is_checked: false" in message
        assert served.counts["n_requests"] == 3
        assert "ignore `tools`" in empty_project.refusal("preview", "-n", 1)


def test_what_only_says_what_it_would_ask_asks_nothing(empty_project, serve):
    with serve() as served:
        _configure(empty_project, served.url, "default")
        assert "intent_writer" in empty_project.toolmind("run", "--dry-run")
        assert served.counts["n_requests"] == 0


def test_an_endpoint_that_is_not_to_be_checked_or_is_served_here_is_asked_nothing(empty_project, serve):
    with serve() as served:
        for more in (", is_checked: false", ", is_served_here: true"):
            _configure(empty_project, served.url, "default", more)
            assert _checked(empty_project) == []
        assert served.counts["n_requests"] == 0
