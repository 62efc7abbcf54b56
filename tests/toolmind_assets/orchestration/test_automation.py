"""What follows by itself, and where it stops: schedules, sensors and conditions, evaluated without a daemon."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from toolmind_assets.errors import ConfigError
from toolmind_assets.orchestration.code_location import build_defs
from toolmind_assets.orchestration.factory import PERIOD_TAG, build_assets, key_of
from toolmind_assets.orchestration.schedules import CONTINUED, build_schedules, catalog_runs
from toolmind_assets.orchestration.sensors import CATALOG_FILES, build_sensors, conditions_of
from toolmind_assets.settings.chat_models import chat_of
from toolmind_assets.settings.config import RootSection, Settings, ToolMindConfig
from toolmind_assets.stages.registry import TABLES
from toolmind_assets.tables.catalogs import RAW_FUNCTIONS
from toolmind_assets.tables.graph import EDGES
from toolmind_assets.tables.specs import (
    COMPLETIONS,
    COMPLETIONS_DROPPED,
    FUNCTIONS,
    NEAR_DUPLICATES,
    NORMALIZED,
)
from toolmind_assets.tables.trajectories import SAMPLES
from toolmind_resources.delta.io_manager import delta_io_manager
from toolmind_resources.delta.resource import StoreResource
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.delta.table import Table

ENDPOINT = {"name": "hosted", "base_url": "http://127.0.0.1:9/v1", "model": "m"}
PAID = {"models": [ENDPOINT], "roles": {"default": "hosted"}}
PAID_LINKS = {"models": [ENDPOINT], "roles": {"edge_validator": "hosted"}}
PAID_USER = {"models": [ENDPOINT], "roles": {"user_agent": "hosted"}}
PAID_COMPLETER = {"models": [ENDPOINT], "roles": {"spec_completer": "hosted"}}
COMPLETED = {"complete": ["returns"]}
FOLDED = {COMPLETIONS, COMPLETIONS_DROPPED, FUNCTIONS}
FOLLOWING = {*FOLDED, NEAR_DUPLICATES}
PAID_EMBEDDER = {"kind": "openai", "base_url": "http://127.0.0.1:9/v1", "model": "m"}
START, END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"


def _config(**sections: object) -> RootSection:
    return ToolMindConfig.model_validate(sections)


def _placeless(**sections: object) -> Settings:
    """Settings of a project that nobody looks into."""
    return Settings(_config(**sections), Path("nowhere"), Path("nowhere"))


def _settings(root: Path, **sections: object) -> Settings:
    (root / "catalogs").mkdir(exist_ok=True)
    return Settings(_config(**sections), root, root / "home")


@pytest.fixture(scope="module")
def defs() -> dg.Definitions:
    return build_defs(_placeless())


@dg.job
def _any_job() -> None:
    """A job to make runs of, whatever they would do."""


@pytest.mark.parametrize(
    ("sections", "followers"),
    [
        ({}, {*FOLLOWING, EDGES}),
        ({"chat": PAID_USER}, {*FOLLOWING, EDGES}),
        ({"chat": PAID_LINKS}, FOLLOWING),
        ({"chat": PAID}, FOLLOWING),
        ({"embedder": PAID_EMBEDDER}, FOLLOWING),
        ({"chat": PAID, "budget": {"calls": 10}}, {*FOLLOWING, EDGES}),
        ({"embedder": PAID_EMBEDDER, "budget": {"usd": 0}}, FOLLOWING),
        ({"specs": COMPLETED}, {*FOLLOWING, EDGES}),
        ({"specs": COMPLETED, "chat": PAID_LINKS}, FOLLOWING),
        ({"specs": COMPLETED, "chat": PAID_COMPLETER}, set()),
        ({"specs": COMPLETED, "chat": PAID_COMPLETER, "budget": {"calls": 10}}, {*FOLLOWING, EDGES}),
        ({"chat": PAID_COMPLETER}, {*FOLLOWING, EDGES}),
    ],
)
def test_only_functions_and_a_graph_that_cost_nothing_or_have_a_budget_follow(sections, followers):
    assert conditions_of(_placeless(**sections)).keys() == {key_of(table) for table in followers}


@dataclass
class Ticks:
    """Ticks of the automation sensor over an instance, one after the other."""

    instance: dg.DagsterInstance
    definitions: dg.Definitions
    cursor: Any = None

    def report_made(self, table: Table, partition: str | None, is_passed: bool = True) -> None:
        """Tells the instance that a table was made, and how its blocking checks ended."""
        key = key_of(table)
        self.instance.report_runless_asset_event(dg.AssetMaterialization(key, partition=partition))
        for check in self.definitions.resolve_asset_graph().get_check_keys_for_assets({key}):
            evaluation = dg.AssetCheckEvaluation(
                asset_key=key, check_name=check.name, passed=is_passed, metadata={}
            )
            self.instance.report_runless_asset_event(evaluation)

    def report_completed(self) -> None:
        for table in (COMPLETIONS_DROPPED, COMPLETIONS):
            self.report_made(table, None)

    def requested(self) -> set[str]:
        """The assets that the next tick asks for."""
        result = dg.evaluate_automation_conditions(self.definitions, self.instance, cursor=self.cursor)
        self.cursor = result.cursor
        keys = self.definitions.resolve_asset_graph().get_all_asset_keys()
        return {"/".join(key.path) for key in keys if result.get_num_requested(key)}


@pytest.fixture
def ticks() -> Iterator[Callable[..., Ticks]]:
    with dg.DagsterInstance.ephemeral() as instance:

        def of(**sections: object) -> Ticks:
            return Ticks(instance, build_defs(_placeless(**sections)))

        yield of


COMPLETED_NAMES = {COMPLETIONS.name, COMPLETIONS_DROPPED.name}


def test_a_catalog_that_was_made_is_followed_by_functions_and_graph_and_by_nothing_else(ticks):
    tick = ticks()
    tick.instance.add_dynamic_partitions("catalogs", ["made", "never-made"])
    assert tick.requested() == set()
    tick.report_made(NORMALIZED, "made")
    assert tick.requested() == COMPLETED_NAMES
    assert tick.requested() == set()
    tick.report_completed()
    assert tick.requested() == {FUNCTIONS.name}
    assert tick.requested() == set()
    tick.report_made(FUNCTIONS, None)
    assert tick.requested() == {NEAR_DUPLICATES.name, EDGES.name}
    for table in (NEAR_DUPLICATES, EDGES):
        tick.report_made(table, None)
    assert tick.requested() == set()


def test_functions_and_graph_that_were_made_before_follow_together(ticks):
    tick = ticks()
    tick.instance.add_dynamic_partitions("catalogs", ["made"])
    tick.report_made(NORMALIZED, "made")
    tick.report_completed()
    for table in (FUNCTIONS, NEAR_DUPLICATES, EDGES):
        tick.report_made(table, None)
    assert tick.requested() == set()
    tick.report_made(NORMALIZED, "made")
    assert tick.requested() == {*COMPLETED_NAMES, FUNCTIONS.name, NEAR_DUPLICATES.name, EDGES.name}


def test_a_catalog_that_was_never_made_sets_nothing_off(ticks):
    tick = ticks()
    tick.requested()
    tick.instance.add_dynamic_partitions("catalogs", ["never-made"])
    assert tick.requested() == set()


def test_without_a_budget_a_graph_with_a_paid_validator_does_not_follow(ticks):
    tick = ticks(chat=PAID_LINKS)
    tick.instance.add_dynamic_partitions("catalogs", ["made"])
    tick.requested()
    tick.report_made(NORMALIZED, "made")
    assert tick.requested() == COMPLETED_NAMES
    tick.report_completed()
    assert tick.requested() == {FUNCTIONS.name}
    tick.report_made(FUNCTIONS, None)
    assert tick.requested() == {NEAR_DUPLICATES.name}


def test_without_a_budget_nothing_follows_where_an_endpoint_completes_functions(ticks):
    tick = ticks(specs=COMPLETED, chat=PAID_COMPLETER)
    tick.instance.add_dynamic_partitions("catalogs", ["made"])
    tick.requested()
    tick.report_made(NORMALIZED, "made")
    assert tick.requested() == set()


def test_nothing_follows_rows_whose_checks_failed(ticks):
    tick = ticks()
    tick.instance.add_dynamic_partitions("catalogs", ["made"])
    tick.requested()
    tick.report_made(NORMALIZED, "made", is_passed=False)
    assert tick.requested() == set()


def test_the_definitions_carry_the_conditions_and_every_sensor_and_schedule_is_on(defs):
    graph = defs.resolve_asset_graph()
    automated = {key for key in graph.get_all_asset_keys() if graph.get(key).automation_condition is not None}
    assert automated == {key_of(table) for table in (*FOLLOWING, EDGES)}
    repository = defs.get_repository_def()
    sensors = {sensor.name: sensor.default_status.value for sensor in repository.sensor_defs}
    assert sensors == {"catalog_files": "RUNNING", "default_automation_condition_sensor": "RUNNING"}
    assert {schedule.name: schedule.default_status.value for schedule in repository.schedule_defs} == {
        "refresh_catalogs": "RUNNING"
    }


def test_a_run_names_the_ends_of_a_stretch_of_partitions():
    settings, partitions = _placeless(), ["b", "a", "d", "c"]
    ends = [(run.tags[START], run.tags[END]) for run in catalog_runs(settings, {"a", "b", "c"}, partitions)]
    assert ends == [("b", "a"), ("c", "c")]
    assert catalog_runs(settings, set(), partitions) == []
    assert len(catalog_runs(settings, set(partitions), partitions)) == 1


def test_a_schedule_exists_where_its_hour_is_given(tmp_path):
    automation = {"refresh_cron": "5 4 * * *", "continue_cron": "0 * * * *", "time_zone": "Europe/Berlin"}
    schedules = build_schedules(_settings(tmp_path, automation=automation))
    told = [(one.name, one.cron_schedule, one.execution_timezone) for one in schedules]
    assert told == [
        ("refresh_catalogs", "5 4 * * *", "Europe/Berlin"),
        ("continue_shards", "0 * * * *", "Europe/Berlin"),
    ]
    assert {one.default_status for one in schedules} == {dg.DefaultScheduleStatus.RUNNING}
    assert build_schedules(_settings(tmp_path, automation={"refresh_cron": ""})) == []


def test_what_is_no_cron_schedule_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"automation\..*99 3 \* \* \*"):
        build_schedules(_settings(tmp_path, automation={"refresh_cron": "99 3 * * *"}))


def test_continuing_with_paid_models_wants_a_budget(tmp_path):
    automation = {"continue_cron": "0 * * * *"}
    with pytest.raises(
        ConfigError, match=r"continue_cron asks endpoints .* for the roles user_agent: .*budget"
    ):
        build_schedules(_settings(tmp_path, automation=automation, chat=PAID_USER))
    limited = _settings(tmp_path, automation=automation, chat=PAID_USER, budget={"tokens": 1000})
    assert [schedule.name for schedule in build_schedules(limited)][1:] == ["continue_shards"]
    assert [sensor.name for sensor in build_sensors(limited)][2:] == ["export_shards"]


def test_the_refresh_asks_for_all_catalogs_that_are_there_in_one_run(tmp_path):
    settings = _settings(tmp_path)
    (refresh,) = build_schedules(settings)
    with (
        dg.DagsterInstance.local_temp(str(tmp_path)) as instance,
        dg.build_schedule_context(instance) as context,
    ):
        assert isinstance(refresh(context), dg.SkipReason)
        for name in ("a", "b", "new"):
            (tmp_path / "catalogs" / f"{name}.json").write_text("[]")
        instance.add_dynamic_partitions("catalogs", ["b", "a", "gone"])
        (run,) = refresh(context)
    assert (run.tags[START], run.tags[END]) == ("b", "a")
    assert key_of(RAW_FUNCTIONS) in run.asset_selection
    assert key_of(NORMALIZED) in run.asset_selection


def test_functions_and_graph_that_are_due_are_continued_before_any_shard(tmp_path):
    settings = _settings(tmp_path, automation={"continue_cron": "0 * * * *"})
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        schedule = build_schedules(settings)[1]
        store = {"store": StoreResource(root=str(settings.tables))}
        with dg.build_schedule_context(instance, datetime.now(UTC), resources=store) as context:
            (run,) = schedule(context)
    assert set(run.asset_selection) == {key_of(table) for table in (*FOLLOWING, EDGES)}
    assert run.tags[PERIOD_TAG].startswith("continue ")


@pytest.fixture
def files(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """An instance in files, as contexts of schedules want it."""
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        yield instance


def test_due_shards_are_continued_within_one_budget_and_exports_follow_when_all_have_ended(project, files):
    with (project.root / "toolmind.yaml").open("a") as file:
        file.write("automation: {continue_cron: '0 * * * *'}\n")
    schedule, sensor = build_schedules(project.settings)[1], build_sensors(project.settings)[2]
    store = StoreResource(root=str(project.home / "tables"))

    def tick() -> object:
        time = datetime(2025, 6, 2, 9, tzinfo=UTC)
        with dg.build_schedule_context(files, time, resources={"store": store}) as context:
            asked = schedule(context)
        if isinstance(asked, dg.SkipReason):
            return asked.skip_message
        return [
            (
                run.tags["dagster/partition"],
                run.tags[PERIOD_TAG],
                {key.path[0] for key in run.asset_selection},
            )
            for run in asked
        ]

    def follow() -> object:
        with dg.build_sensor_context(files, resources={"store": store}) as context:
            asked = sensor(context)
        if isinstance(asked, dg.SkipReason):
            return asked.skip_message
        return asked.run_key, asked.tags[PERIOD_TAG]

    assert tick() == "every shard is up to date"
    for shard in ("sim-0001", "open-glaive-00"):
        store.store().remove_partition(SAMPLES, shard)
    period = "continue 2025-06-02T09:00:00Z"
    assert tick() == [
        ("sim-0001", period, {"tasks", "dialogues", "trajectories"}),
        ("open-glaive-00", period, {"opensets", "trajectories"}),
    ]
    assert follow() == "continue_shards has not asked for a run yet"
    tags = {**CONTINUED, PERIOD_TAG: "p"}
    run = files.create_run_for_job(_any_job, tags=tags, status=dg.DagsterRunStatus.STARTED)
    assert tick() == "runs of the tick before that are still at work: 1"
    assert follow() == "shards are still being made"
    files.report_run_failed(run)
    assert follow() == ("p", "p")
    told = []
    for ended in (files.report_run_canceled, *[files.report_run_failed] * 3):
        of_the_sensor = {**tags, "dagster/sensor_name": sensor.name}
        ended(files.create_run_for_job(_any_job, tags=of_the_sensor, status=dg.DagsterRunStatus.STARTED))
        told.append(follow())
    assert told == [
        ("p", "p"),
        ("p again 1", "p"),
        ("p again 2", "p"),
        "mixture and exports failed 3 times; toolmind run makes them",
    ]
    files.report_run_failed(files.create_run_for_job(_any_job, tags={**CONTINUED, PERIOD_TAG: "q"}))
    assert follow() == ("q", "q")


MADE_OF_CATALOGS = {"read_catalogs", "normalize_specs", "complete_specs", "fold_functions"}


class Folder:
    """A folder of catalogs under the eyes of the sensor, with tables and instance of its own."""

    def __init__(self, settings: Settings, instance: dg.DagsterInstance) -> None:
        self.settings = settings
        self.catalogs = settings.root / "catalogs"
        self.instance = instance
        self.store = StoreResource(root=str(settings.tables))
        self.cursor: str | None = None
        self.sensor = next(one for one in build_sensors(settings) if one.name == CATALOG_FILES)
        self.assets = [one for one in build_assets(settings) if one.op.name in MADE_OF_CATALOGS]

    def write(self, name: str, *functions: str) -> None:
        definitions = [{"name": function, "parameters": {}} for function in functions]
        (self.catalogs / f"{name}.json").write_text(json.dumps(definitions))

    def tick(self) -> dg.SensorResult:
        """What the sensor asks for now; the partitions are added and removed as it says."""
        store = {"store": self.store}
        with dg.build_sensor_context(self.instance, cursor=self.cursor, resources=store) as context:
            result = self.sensor(context)
        assert isinstance(result, dg.SensorResult)
        self.cursor = result.cursor
        for request in result.dynamic_partitions_requests or ():
            if isinstance(request, dg.AddDynamicPartitionsRequest):
                self.instance.add_dynamic_partitions("catalogs", request.partition_keys)
            else:
                for key in request.partition_keys:
                    self.instance.delete_dynamic_partition("catalogs", key)
        return result

    def run(self, result: dg.SensorResult) -> None:
        """Launches what was asked for."""
        for request in result.run_requests or ():
            done = dg.materialize(
                self.assets,
                selection=dg.AssetSelection.assets(*(request.asset_selection or ())),
                instance=self.instance,
                tags=dict(request.tags),
                resources={
                    "store": self.store,
                    "io_manager": delta_io_manager(TABLES),
                    "chat": chat_of(self.settings),
                },
            )
            assert done.success

    def names(self, table=RAW_FUNCTIONS) -> tuple[str, ...]:
        return DeltaStore(self.store.root).partitions(table)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    settings = _settings(tmp_path, catalogs={"sources": [{"name": "away", "path": "away.json"}]})
    (tmp_path / "away.json").write_text("[]")
    with dg.DagsterInstance.ephemeral() as instance:
        yield Folder(settings, instance)


def _asked(result: dg.SensorResult) -> list[tuple[str, str]]:
    return [(run.tags.get(START, ""), run.tags.get(END, "")) for run in result.run_requests or ()]


def test_catalogs_that_are_found_become_partitions_and_one_run(folder):
    folder.write("one", "ping")
    folder.write("two", "pong")
    result = folder.tick()
    assert folder.instance.get_dynamic_partitions("catalogs") == ["away", "one", "two"]
    assert _asked(result) == [("away", "two")]
    folder.run(result)
    assert folder.names(NORMALIZED) == ("away", "one", "two")
    assert folder.tick().run_requests == []
    assert folder.cursor == "{}"


def test_a_changed_catalog_is_asked_for_alone_also_when_it_changes_back(folder):
    for name in ("one", "two"):
        folder.write(name, "ping")
    folder.run(folder.tick())
    for functions in (("ping", "pong"), ("ping",)):
        folder.write("one", *functions)
        result = folder.tick()
        assert _asked(result) == [("one", "one")]
        folder.run(result)
        assert folder.tick().run_requests == []


def test_the_same_is_asked_for_once_and_once_more_alone_where_its_run_made_nothing(folder):
    folder.write("one", "ping")
    assert _asked(folder.tick()) == [("away", "one")]
    again = [folder.tick().run_requests or () for _ in range(2)]
    keys = [[(run.partition_key, run.run_key) for run in runs] for runs in again]
    # Dagster launches a run key once.
    assert keys[0] == keys[1]
    assert [partition for partition, _ in keys[0]] == ["away", "one"]
    folder.write("one", "ping", "pong")
    assert _asked(folder.tick()) == [("one", "one")]


def test_nothing_is_asked_for_again_while_a_run_is_under_way(folder):
    folder.write("one", "ping")
    folder.tick()
    tags = {"dagster/sensor_name": "catalog_files"}
    folder.instance.create_run_for_job(_any_job, tags=tags, status=dg.DagsterRunStatus.STARTED)
    assert folder.tick().run_requests == []


def test_a_catalog_that_is_gone_is_removed_by_folding_once(folder):
    folder.write("one", "ping")
    folder.write("two", "pong")
    folder.run(folder.tick())
    (folder.catalogs / "one.json").unlink()
    result = folder.tick()
    (removal,) = result.run_requests or ()
    assert set(removal.asset_selection or ()) == {key_of(table) for table in FOLDED}
    assert folder.instance.get_dynamic_partitions("catalogs") == ["away", "two"]
    (again,) = folder.tick().run_requests or ()
    assert (again.run_key or "").startswith("gone "), (
        "Dagster launches it once, should the first one have failed"
    )
    folder.run(result)
    assert folder.names() == folder.names(NORMALIZED) == ("away", "two")
    assert folder.tick().run_requests == []
    folder.write("one", "ping")
    assert _asked(folder.tick()) == [("one", "one")]


def test_a_catalog_that_is_gone_is_removed_also_where_completing_would_cost(tmp_path):
    with dg.DagsterInstance.ephemeral() as instance:
        _remove_where_completing_costs(
            Folder(_settings(tmp_path, specs=COMPLETED, chat=PAID_COMPLETER), instance)
        )


def _remove_where_completing_costs(folder: Folder) -> None:
    folder.write("two", "pong")
    folder.write("one", "ping")
    folder.run(folder.tick())
    (folder.catalogs / "one.json").unlink()
    (removal,) = folder.tick().run_requests or ()
    assert removal.asset_selection == [key_of(FUNCTIONS)]


def test_a_catalog_whose_file_is_missing_costs_no_neighbour(folder):
    (folder.catalogs.parent / "away.json").unlink()
    folder.write("one", "ping")
    assert _asked(folder.tick()) == [("one", "one")]
