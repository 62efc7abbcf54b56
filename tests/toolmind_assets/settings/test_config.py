"""toolmind.yaml: defaults, the folders that it applies to, and messages that name file, line and key."""

import pickle
from pathlib import Path

import pytest

from toolmind_assets.errors import ConfigError
from toolmind_assets.settings.config import Settings, ToolMindConfig, load_settings
from toolmind_assets.stages.registry import PIPELINE, STAGES
from toolmind_assets.steps.pipeline import Pipeline
from toolmind_resources.chat.model import Role

CHECKOUT = Path(__file__).parents[3]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TOOLMIND_CONFIG", str(tmp_path / "toolmind.yaml"))
    monkeypatch.delenv("TOOLMIND_HOME", raising=False)
    return tmp_path / "toolmind.yaml"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("sede: 1\n", "toolmind.yaml: line 1: sede: there is no such key"),
        ("seed: 1\ntasks:\n  walk_min: 5\n  walk_mim: 5\n", "toolmind.yaml: line 4: tasks.walk_mim: there is no"),
        ("\nshards: {simulated: many}\n", "toolmind.yaml: line 2: shards.simulated: "),
        ("catalogs:\n  sources:\n    - {name: a, path: b}\n    - {name: A, path: b}\n", "line 4: catalogs.sources[1].name"),
        ("tasks:\n  walk_min: 9\n  walk_max: 3\n", "line 1: tasks: walk_min 9 exceeds walk_max 3"),
        ("exports:\n  formats: [csv]\n", "line 2: exports.formats: no export format is called 'csv'"),
        ("opensets:\n  - {name: a, set: x, path: p, licence: MIT}\n", "line 1: opensets: no open set is called 'x'"),
        ("- seed\n", "toolmind.yaml: line 1: the file: "),
        ("seed: [1\n", "toolmind.yaml: "),
        ("chat: {roles: {judge: embedded}}\n", "line 1: chat: roles: there is no role 'judge'"),
        ("chat: {roles: {planner: main}}\n", "line 1: chat: roles.planner: there is no model 'main'"),
        ("chat:\n  models:\n    - {name: a, base_url: 'localhost:1', model: m}\n", "line 3: chat.models[0].base_url: "),
        ("chat:\n  models:\n    - {name: a, base_url: 'http://h/v1', model: m, extra_body: {stream: true}}\n", "stream cannot be set here"),
        ("automation: {refresh_cron: daily}\n", "line 1: automation.refresh_cron: this is no cron schedule"),
        ("automation: {time_zone: Mars}\n", "line 1: automation.time_zone: there is no such time zone"),
        ("budget: {usd: -1}\n", "line 1: budget.usd: "),
        ("seed: 1\nseed: 2\n", "toolmind.yaml: line 2: the key 'seed' stands twice"),
    ],
)  # fmt: skip
def test_a_wrong_key_is_named_with_file_and_line(file: Path, text: str, place: str):
    file.write_text(text)
    with pytest.raises(ConfigError) as refused:
        load_settings()
    assert place in str(refused.value)


def test_every_wrong_key_is_named_at_once(file: Path):
    file.write_text("sede: 1\nshards: {simulated: -1}\n")
    with pytest.raises(ConfigError, match=r"(?s)sede.*shards\.simulated|shards\.simulated.*sede"):
        load_settings()


def test_two_open_sets_of_one_name_are_refused(file: Path):
    file.write_text("opensets:\n" + "  - {name: a, set: glaive, path: p, licence: MIT}\n" * 2)
    with pytest.raises(ConfigError, match="two open sets are called 'a'"):
        load_settings()


def test_bytes_that_are_no_text_are_refused(file: Path):
    file.write_bytes(b"title: caf\xe9\n")
    with pytest.raises(ConfigError, match=r"toolmind\.yaml: cannot be read"):
        load_settings()


def test_an_empty_file_means_all_defaults(file: Path):
    file.write_text("")
    assert load_settings().config == ToolMindConfig()


def test_a_named_file_that_is_absent_is_refused(file: Path):
    with pytest.raises(ConfigError, match="TOOLMIND_CONFIG names"):
        load_settings()


def test_the_home_lies_beside_the_file_unless_it_is_named(file: Path, monkeypatch: pytest.MonkeyPatch):
    file.write_text("seed: 3\n")
    assert (load_settings().root, load_settings().home) == (file.parent, file.parent / ".toolmind")
    monkeypatch.setenv("TOOLMIND_HOME", str(file.parent / "elsewhere"))
    assert load_settings().tables == file.parent / "elsewhere" / "tables"
    assert load_settings().exports == file.parent / "elsewhere" / "exports"


def test_shards_are_named_by_kind_and_number():
    source = {"name": "glaive", "set": "glaive", "path": "p", "licence": "MIT", "n_shards": 2}
    config = ToolMindConfig.model_validate({"shards": {"simulated": 2}, "opensets": [source]})
    assert config.simulated_shards == ("sim-0000", "sim-0001")
    assert config.open_shards == ("open-glaive-00", "open-glaive-01")


def test_the_configuration_of_the_project_is_valid(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TOOLMIND_CONFIG", str(CHECKOUT / "toolmind.yaml"))
    assert load_settings().root == CHECKOUT


ENDPOINT = "{name: main, base_url: 'http://127.0.0.1:1/v1', model: m}"


def test_a_role_plays_its_model_and_all_others_the_default(file: Path):
    file.write_text(f"chat: {{models: [{ENDPOINT}], roles: {{default: main, turn_judge: embedded}}}}\n")
    chat = load_settings().config.chat
    assert {role for role, endpoint in chat.endpoints.items() if endpoint.name == "main"} == set(
        PIPELINE.roles
    ) - {Role("turn_judge")}


def test_without_roles_everything_is_embedded(file: Path):
    file.write_text(f"chat: {{models: [{ENDPOINT}]}}\n")
    assert load_settings().config.chat.endpoints == {}


def test_two_models_of_one_name_are_refused(file: Path):
    file.write_text(f"chat: {{models: [{ENDPOINT}, {ENDPOINT}]}}\n")
    with pytest.raises(ConfigError, match="the name 'main' is taken"):
        load_settings()


def test_a_budget_in_usd_wants_prices(file: Path):
    file.write_text(f"chat: {{models: [{ENDPOINT}], roles: {{default: main}}}}\nbudget: {{usd: 5}}\n")
    with pytest.raises(ConfigError, match=r"budget\.usd wants to know both prices of the model 'main'"):
        load_settings()


@pytest.mark.parametrize(
    "endpoint",
    [
        "{name: main, base_url: 'https://user:PLANTED@example.com/v1', model: m}",
        "{name: main, base_url: 'https://example.com/v1?key=PLANTED', model: m}",
        "{name: main, base_url: 'https://example.com/v1', model: m, api_key_env: sk-PLANTED}",
    ],
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(file: Path, endpoint: str):
    file.write_text(f"chat: {{models: [{endpoint}]}}\n")
    with pytest.raises(ConfigError) as refused:
        load_settings()
    assert "PLANTED" not in str(refused.value)


def test_a_branch_of_the_hub_is_not_dealt_to_shards(file: Path):
    source = "{name: a, set: xlam, hub: someone/rows, hub_file: rows.jsonl, licence: MIT, n_shards: 2}"
    file.write_text(f"opensets: [{source}]\n")
    with pytest.raises(ConfigError, match="wants a commit as revision"):
        load_settings()


def test_another_process_is_handed_the_same_settings_to_the_letter(tmp_path: Path):
    config = ToolMindConfig.model_validate({"tasks": {"walk_min": 3}, "shards": {"simulated": 2}})
    settings = Settings(config, tmp_path, tmp_path / "home")
    again = pickle.loads(pickle.dumps(settings))
    assert again == settings
    # As digests see them: a default of 8 that was read again as 8.0 would make every shard due for ever.
    assert again.config.model_dump_json() == config.model_dump_json()
    assert repr(again.config.model_dump()) == repr(config.model_dump())


def test_settings_of_other_stages_stay_in_their_process(tmp_path: Path):
    settings = Settings(ToolMindConfig(), tmp_path, tmp_path, pipeline=Pipeline(STAGES))
    with pytest.raises(TypeError, match="stay in their process"):
        pickle.dumps(settings)
