"""A project of its own under a bare `dagster dev`, a model endpoint beside it, and a browser that looks at both.

The browser is one that is installed; TOOLMIND_BROWSER names another. Pictures of what it sees are written where
TOOLMIND_PICTURES names a folder for them.
"""

import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import quote, urlsplit

import psutil
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, Request, expect, sync_playwright

CHECKOUT = Path(__file__).parents[2]
CATALOGS = ("mcp/mcp-server-git.json", "openapi/groundhog-day.com.json")
MANIFEST = """\
catalogs:
  - {name: mcp-git, path: mcp-server-git.json, form: mcp, source: mcp-server-git, source_version: "1", licence: MIT}
  - {name: groundhogs, path: groundhog-day.com.json, form: openapi, source: groundhog-day.com, licence: MIT}
"""
CONFIG = """\
shards: {{simulated: 8}}
graph: {{max_partners: 7}}
tasks: {{tasks_per_shard: 3, walk_min: 2}}
chat:
  models:
    - {{name: served, base_url: "{endpoint}/v1", model: embedded, is_served_here: true}}
  roles: {{dialogue_judge: served, turn_judge: served}}
budget: {{calls: {calls}}}
"""
BUDGET_CALLS = 20
"""Of a backfill: less than the 24 dialogues of its 8 shards, each of which is judged with one paid call."""
LATENCY_SECONDS = 1
"""Of a paid call: two runs are at work long enough to be seen."""
SECONDS = 420
"""From the start of all programs to the end of the test; some 200 on two free cores."""
STEP_SECONDS = 120
"""For one thing to come to be seen."""
RELOAD_SECONDS = 2.5
"""Between two looks that load the page anew, which keeps a core busy for a second."""
END_SECONDS = 15
"""For a program to end by itself once it is asked to."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
LOOPBACK = "127.0.0.1"


class Ui:
    """The UI as somebody at the browser sees it, and the programs behind it."""

    def __init__(self, page: Page, root: Path, url: str, endpoint: str, programs: Sequence[int]) -> None:
        self.page, self.root, self.url, self.endpoint, self.programs = page, root, url, endpoint, programs
        self.budget_calls, self.reload_seconds = BUDGET_CALLS, RELOAD_SECONDS
        self.hosts: set[str] = set()
        self._end = time.monotonic() + SECONDS
        page.on("request", self._note_host)

    def _note_host(self, request: Request) -> None:
        if host := urlsplit(request.url).hostname:  # a picture in a data: URL has none
            self.hosts.add(host)

    @property
    def _left_milliseconds(self) -> float:
        return max(1.0, min(STEP_SECONDS, self._end - time.monotonic()) * 1000)

    def wait(self, what: str, is_so: Callable[[], bool], every_seconds: float = 0.5) -> None:
        """Looks again and again until something is so."""
        while not is_so():
            assert time.monotonic() < self._end, f"after {SECONDS} seconds still not: {what}"
            self.page.wait_for_timeout(every_seconds * 1000)

    def sees(self, *what: Locator) -> None:
        """All of this is on the page, or comes to be."""
        for locator in what:
            expect(locator.first).to_be_visible(timeout=self._left_milliseconds)

    def text(self, *texts: str) -> None:
        """All of these texts are on the page, or come to be."""
        self.sees(*(self.page.get_by_text(text) for text in texts))

    def open(self, path: str) -> None:
        """Goes to a page."""
        self.page.goto(self.url + path, wait_until="domcontentloaded", timeout=self._left_milliseconds)

    def open_asset(self, name: str, tab: str = "overview") -> None:
        """Goes to a tab of an asset's page."""
        self.open(f"/assets/{name}?view={tab}")

    def open_made_asset(self, name: str, key: str) -> None:
        """Goes to an asset's page as often as it takes to see a metadata entry of a materialization.

        A page that was opened before the first of them tells when it was made, and shows no metadata of it.
        """
        made = self.page.get_by_text(re.compile("(second|minute)s? ago"))

        def is_shown() -> bool:
            self.open_asset(name)
            self.sees(made)
            self.page.wait_for_timeout(1000)
            return self.page.get_by_role("row", name=key).count() > 0

        self.wait(f"{key!r} of {name}", is_shown, RELOAD_SECONDS)

    def open_graph(self, *groups: str) -> None:
        """Goes to the asset graph of some groups, or of all."""
        selection = " or ".join(f'group:"{group}"' for group in groups)
        self.open(f"/asset-groups~{quote(selection)}/" if groups else "/asset-groups")

    def dialog(self) -> Locator:
        """The dialog that is open."""
        return self.page.get_by_role("dialog")

    def confirm_until(self, wanted: Locator) -> None:
        """Confirms what Dagster wants to have confirmed, if anything, and waits."""
        confirm = self.page.get_by_role("button", name="Confirm")
        self.sees(wanted.or_(confirm))
        if confirm.is_visible():
            confirm.click()
            self.sees(wanted)

    def tag(self, *words: str) -> Locator:
        """A tag that says one of these words, as statuses are shown."""
        return self.page.locator("[class*=BaseTag]").filter(has_text=re.compile(f"^({'|'.join(words)})$"))

    def run_succeeds(self) -> None:
        """The run whose page is open ends, and well."""
        status = self.tag("Success", "Failure")
        self.sees(status)
        assert status.first.inner_text() == "Success"

    def read_markdown(self, key: str) -> Locator:
        """The dialog behind the [Show Markdown] of a metadata entry."""
        self.page.get_by_role("row", name=key).get_by_text("[Show Markdown]").first.click()
        self.sees(self.dialog())
        return self.dialog()

    def close_dialog(self) -> None:
        """Closes it, and waits until it is gone."""
        self.dialog().get_by_role("button", name="Close").click()
        expect(self.dialog()).to_be_hidden()

    def counts(self) -> dict[str, Any]:
        """What the endpoint has been asked and has answered."""
        with urllib.request.urlopen(f"{self.endpoint}/counts", timeout=10) as answer:
            return json.load(answer)

    def listening(self) -> set[str]:
        """Addresses that the programs and what they have started listen on."""
        family = [psutil.Process(one) for one in self.programs]
        family += [child for process in family for child in process.children(recursive=True)]
        sockets = [one for process in family for one in process.net_connections("inet")]
        return {one.laddr.ip for one in sockets if one.status == psutil.CONN_LISTEN}

    def picture(self, name: str) -> None:
        """A picture of what is seen now, if pictures are wanted."""
        if folder := os.environ.get("TOOLMIND_PICTURES"):
            seen = Image.open(io.BytesIO(self.page.screenshot(animations="disabled"))).convert("RGB")
            Path(folder).mkdir(parents=True, exist_ok=True)
            seen.quantize(dither=Image.Dither.NONE).save(Path(folder) / f"{name}.png", optimize=True)


def _browser() -> str:
    """The installed browser; none is ever downloaded."""
    named = os.environ.get("TOOLMIND_BROWSER")
    found = next(filter(None, map(shutil.which, [named] if named else BROWSERS)), None)
    if found is None:
        looked_for = f"TOOLMIND_BROWSER names {named}" if named else f"none of {', '.join(BROWSERS)} is there"
        pytest.skip(
            f"no browser: {looked_for}. Install one (`apt-get install chromium`), or name one in TOOLMIND_BROWSER"
        )
    return found


def _make_project(root: Path) -> None:
    """What a checkout has at its root, and smaller."""
    (root / "catalogs").mkdir(parents=True)
    for name in CATALOGS:
        shutil.copy(CHECKOUT / "catalogs" / name, root / "catalogs")
    (root / "catalogs" / "manifest.yaml").write_text(MANIFEST)
    for name in ("workspace.yaml", "dagster.yaml"):
        shutil.copy(CHECKOUT / name, root)


@contextmanager
def _started(root: Path, *command: object) -> Iterator[subprocess.Popen[bytes]]:
    """A program at work in the project, its output in a file of its name; nothing of it is left afterwards."""
    program, *arguments = map(str, command)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DAGSTER", "TOOLMIND"))}
    log = root / f"{program}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [Path(sys.executable).with_name(program), *arguments],
            cwd=root,
            env=kept,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=END_SECONDS)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=END_SECONDS)
        print(f"the last that {program} said:\n{log.read_text(errors='replace')[-4000:]}")


def _poll(what: str, look: Callable[[], str | None]) -> str:
    """What a look finds once it finds anything."""
    end = time.monotonic() + SECONDS / 2
    while not (found := look()):
        assert time.monotonic() < end, f"after {SECONDS / 2} seconds still not: {what}"
        time.sleep(0.2)
    return found


def _free_port() -> int:
    with socket.socket() as free:
        free.bind((LOOPBACK, 0))
        return free.getsockname()[1]


def _answering(url: str) -> str | None:
    with suppress(URLError, ConnectionError, TimeoutError), urllib.request.urlopen(url, timeout=5):
        return url
    return None


def _served_at(log: Path) -> str | None:
    """The address that the endpoint has printed."""
    found = re.search(r"http://[\d.]+:\d+(?=/counts)", log.read_text())
    return found and found[0]


@pytest.fixture
def ui(tmp_path: Path) -> Iterator[Ui]:
    """The UI of a project in which nothing was made yet."""
    browser, root, port = _browser(), tmp_path / "project", _free_port()
    _make_project(root)
    serve_model = ("toolmind", "serve-model", "--port", 0, "--latency", LATENCY_SECONDS)
    with _started(root, *serve_model) as served:
        endpoint = _poll("an address is printed", lambda: _served_at(root / "toolmind.log"))
        (root / "toolmind.yaml").write_text(CONFIG.format(endpoint=endpoint, calls=BUDGET_CALLS))
        with _started(root, "dagster", "dev", "--port", port) as dev, sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=browser, args=FLAGS)
            page = chromium.new_page(viewport={"width": 1440, "height": 900})
            page.set_default_timeout(60_000)
            expect.set_options(timeout=60_000)
            url = _poll("the UI answers", lambda: _answering(f"http://{LOOPBACK}:{port}/server_info"))
            yield Ui(page, root, url.removesuffix("/server_info"), endpoint, (served.pid, dev.pid))
            chromium.close()
