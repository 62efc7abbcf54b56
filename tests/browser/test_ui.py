"""A bare `dagster dev` at the root of a project, operated in a real browser as a person would.

One test, since its steps follow from each other; what each asserts is what can be seen on the page.
"""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

GROUPS = (
    *("catalogs", "specs", "graph", "tasks", "dialogues", "opensets"),
    *("trajectories", "mixture", "exports", "spending"),
)
SHARDED = ("tasks", "dialogues", "trajectories")
ALL_SHARDS = ("Failed (0)", "Materialized (8)", "Missing (0)")
RUN_ROW = "[class*=RunsFeedRow_rowGrid]"
STATUSES = ("Queued", "Not started", "Starting", "Started", "Success", "Failure")
BACKFILL_ENDED = ("Succeeded", "Failed")


def test_a_bare_dagster_dev_is_operated_in_a_browser(ui):
    _is_on_loopback_alone(ui)
    _has_a_sensor_a_schedule_and_automation_at_work(ui)
    _links_functions_by_itself(ui)
    backfill = _backfills_all_shards(ui)
    _shows_two_runs_at_once_until_the_budget_stops_one(ui, backfill)
    _retries_what_failed_without_paying_twice(ui)
    _shows_checks_pictures_and_dialogues(ui)
    _materialises_by_hand(ui)
    _starts_a_run_with_an_override(ui)
    assert ui.hosts == {"127.0.0.1"}, "the page has asked somebody else"


def _is_on_loopback_alone(ui):
    ui.open_graph()
    ui.text("Global asset lineage", "Materialize all")
    assert ui.listening() == {"127.0.0.1"}


def _has_a_sensor_a_schedule_and_automation_at_work(ui):
    ui.open("/automation")
    for name in ("catalog_files", "default_automation_condition_sensor", "refresh_catalogs"):
        ui.text(name)
    switches = ui.page.locator("[class*=Checkbox_formatSwitch] input")
    expect(switches).to_have_count(3)
    for switch in switches.all():
        expect(switch).to_be_checked(timeout=30_000)


def _links_functions_by_itself(ui):
    """Catalogs were found, read and normalised, functions folded and linked, with nobody asking for it."""
    ui.open_made_asset("graph/edges", "by kind and verdict")
    ui.text("P-R accepted")
    ui.open_graph()
    ui.sees(*(ui.page.get_by_text(group, exact=True) for group in GROUPS))


def _backfills_all_shards(ui):
    """Launches it, and returns its id."""
    ui.open_graph(*SHARDED)
    ui.page.get_by_role("button", name="Materialize all").click()
    all_partitions = ui.dialog().get_by_role("button", name="All", exact=True)
    ui.confirm_until(all_partitions)
    all_partitions.click()
    ui.text("8 partitions selected")
    ui.dialog().get_by_role("button", name="Launch backfill").click()
    created = ui.page.get_by_text(re.compile(r"Created backfill \w+"))
    ui.sees(created)
    return created.first.inner_text().split()[2]


def _statuses(ui, backfill):
    """Of the backfill's runs, as its page shows them now.

    How many they are depends on the moments at which Dagster looks for shards whose tasks and dialogues are made.
    """
    ui.open(f"/runs/b/{backfill}?tab=runs")
    ui.sees(ui.page.locator(RUN_ROW).or_(ui.page.get_by_text("No runs")))
    rows = ui.page.locator(RUN_ROW).all_inner_texts()
    return [line for row in rows for line in row.split("\n") if line in STATUSES]


def _shows_two_runs_at_once_until_the_budget_stops_one(ui, backfill):
    looks = []

    def is_over():
        looks.append(_statuses(ui, backfill))
        return ui.tag(*BACKFILL_ENDED).count() > 0

    ui.wait("the backfill has ended", is_over, ui.reload_seconds)
    assert max(look.count("Started") for look in looks) == 2, looks
    assert "Failure" in looks[-1], f"{ui.counts()['n_replies']} calls were within the budget"
    assert ui.counts()["n_replies"] == ui.budget_calls
    ui.picture("backfill")


def _retries_what_failed_without_paying_twice(ui):
    failed = ui.page.locator(RUN_ROW).filter(has_text="Failure")
    for path in [row.locator("a[href^='/runs/']").first.get_attribute("href") for row in failed.all()]:
        ui.open(path)
        ui.text(f"the budget of {ui.budget_calls} calls is used up")
        ui.sees(ui.page.get_by_role("button", name="Re-execute all"))
        ui.page.locator("[aria-haspopup]:has([aria-label=arrow_drop_down]) button").last.click()
        ui.page.get_by_text("From failure", exact=True).click()
        ui.confirm_until(ui.tag("Success"))
    counts = ui.counts()
    assert counts["n_replies"] > ui.budget_calls
    assert counts["n_repeated"] == 0
    for asset in ("tasks/tasks", "dialogues/dialogues", "trajectories/samples"):
        ui.open_asset(asset, "partitions")
        ui.text(*ALL_SHARDS)


def _shows_checks_pictures_and_dialogues(ui):
    ui.open_asset("dialogues/dialogues", "checks")
    ui.text("tasks_conserved", "Passed")
    expect(ui.page.get_by_text("Succeeded", exact=True)).to_have_count(4)

    ui.open_asset("dialogues/dialogues", "partitions")
    ui.page.get_by_text("sim-0005", exact=True).first.click()
    ui.text(f"{ui.root}/.toolmind/tables/dialogues/dialogues")

    ui.open_asset("trajectories/samples")
    drawn = ui.read_markdown("yield funnel (picture)").locator("img")
    assert drawn.get_attribute("src").startswith("data:image/png;base64,")
    ui.wait("the picture is drawn", lambda: drawn.evaluate("image => image.naturalWidth") > 0)
    ui.picture("asset")
    ui.close_dialog()
    dialogue = ui.read_markdown("a dialogue with its verdicts")
    for text in ("· user", "· assistant · ", "calls "):
        ui.sees(dialogue.get_by_text(text))
    dialogue.get_by_text("a dialogue with its verdicts").scroll_into_view_if_needed()
    ui.picture("dialogue")


def _materialises_by_hand(ui):
    ui.open_graph("mixture", "exports", "spending")
    ui.page.get_by_role("button", name="Materialize all").click()
    ui.confirm_until(ui.page.get_by_text("Launched run"))
    ui.page.get_by_text("View", exact=True).first.click()
    ui.run_succeeds()
    ui.open_graph()
    ui.sees(ui.page.locator("svg foreignObject"))
    ui.wait("the groups are expanded", lambda: _is_expanded(ui))
    ui.text("verdicts", "manifests", "usage")
    boxes = ui.page.locator("[class*=minimalAssetNodeBox]")
    green = boxes.and_(ui.page.locator("[style*=accent-green]"))
    ui.wait("every asset is green", lambda: green.count() == boxes.count() > len(GROUPS))
    ui.picture("graph")


def _is_expanded(ui):
    """After pressing the keys for it, which the graph takes no notice of while it is laid out."""
    ui.page.mouse.click(900, 850)
    ui.page.keyboard.press("Alt+e")
    ui.page.wait_for_timeout(3000)
    return ui.page.get_by_text("raw_functions", exact=True).first.is_visible()


def _starts_a_run_with_an_override(ui):
    """The launchpad holds what toolmind.yaml says, and one run may have something else."""
    ui.open_asset("graph/edges")
    ui.page.locator("[aria-haspopup]:has([aria-label=arrow_drop_down]) button").first.click()
    ui.page.get_by_text("Open launchpad").click()
    line = ui.dialog().locator(".CodeMirror-line").filter(has_text="max_partners: 7")
    line.click()
    for key in ("End", "Backspace", "6"):
        ui.page.keyboard.press(key)
    ui.dialog().get_by_role("button", name="Materialize").click()
    ui.run_succeeds()
    ui.page.get_by_role("button", name="View tags and config").click()
    ui.sees(ui.dialog().get_by_text("max_partners: 6"))
