"""Where a catalog's files come from: one front for paths, archives, URLs, packages and columns."""

import gzip
import hashlib
import io
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from toolmind_resources.errors import FileAccessError
from toolmind_resources.files.folder import read_files
from toolmind_resources.files.found import Breach, ReadLimits
from toolmind_resources.files.locate import locate

SECRET = "planted0secret"


def tar_of(**files: bytes) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, content in files.items():
            header = tarfile.TarInfo(f"p/{name}")
            header.size = len(content)
            archive.addfile(header, io.BytesIO(content))
    return stream.getvalue()


ARCHIVE = tar_of(**{"a.json": b"[1]", "b.yaml": b"b: 1", "rows.jsonl": b'{"tools": "[]"}\n{"tools": "[]"}\n'})


def contents(folder: Path, path: str, limits: ReadLimits | None = None) -> dict[str, bytes | Breach | None]:
    found = locate(folder, path, limits, folder / "fetched").files()
    return {file.name: file.content if file.breach is None else file.breach for file in found}


def test_plain_paths_are_read_as_they_were(tmp_path: Path):
    (tmp_path / "m").mkdir()
    (tmp_path / "m/a.json").write_text("{}")
    (tmp_path / "m/large.txt").write_text("x" * 100)
    for path in ("m", "m/a.json", "m/*", "."):
        located = locate(tmp_path, path, ReadLimits(max_file_bytes=99))
        found = list(read_files(tmp_path, path, 99))
        assert list(located.files()) == found
        total = hashlib.sha256()
        for file in found:
            content = file.content if file.content is not None else (file.problem or "").encode()
            total.update(f"{file.name}\0{len(content)}\0".encode() + content)
        assert located.digest() == total.hexdigest()


@pytest.mark.parametrize(
    "path", ["missing.json", "m/*.json", "x.tgz!/a.json", "x.parquet#tools", "package:absent_one"]
)
def test_what_is_not_there_is_a_clear_error_when_it_is_asked_for(tmp_path: Path, path: str):
    located = locate(tmp_path, path)
    with pytest.raises(FileAccessError):
        located.files()
    with pytest.raises(FileAccessError):
        located.digest()


def test_archives_and_compressed_files_in_a_folder_are_opened(tmp_path: Path):
    (tmp_path / "x.tgz").write_bytes(ARCHIVE)
    (tmp_path / "y.json.gz").write_bytes(gzip.compress(b"{}"))
    (tmp_path / "z.json").write_bytes(b"[]")
    assert list(contents(tmp_path, ".")) == [
        "x.tgz!/p/a.json",
        "x.tgz!/p/b.yaml",
        "x.tgz!/p/rows.jsonl",
        "y.json.gz",
        "z.json",
    ]
    assert contents(tmp_path, "y.json.gz") == {"y.json.gz": b"{}"}


def test_members_and_their_columns_are_named_in_the_path(tmp_path: Path):
    (tmp_path / "x.tgz").write_bytes(ARCHIVE)
    (tmp_path / "z.json").write_bytes(b"[]")
    assert contents(tmp_path, "x.tgz!/p/*.json") == {"x.tgz!/p/a.json": b"[1]"}
    assert contents(tmp_path, "x.tgz!/**/*.jsonl#tools") == {"x.tgz!/p/rows.jsonl#tools/1.json": b"[]"}
    assert contents(tmp_path, "z.json!/a") == {"z.json": Breach.UNREADABLE}


def test_a_column_of_each_data_set_of_a_glob(tmp_path: Path):
    (tmp_path / "a.jsonl").write_text('{"tools": "[]"}\n')
    (tmp_path / "b.jsonl").write_text('{"none": 1}\n')
    assert contents(tmp_path, "*.jsonl#tools") == {
        "a.jsonl#tools/1.json": b"[]",
        "b.jsonl#tools": Breach.MISSING_COLUMN,
    }


def test_a_file_that_is_there_by_this_very_name_is_meant_first(tmp_path: Path):
    (tmp_path / "a.jsonl#tools").write_text("{}")
    assert contents(tmp_path, "a.jsonl#tools") == {"a.jsonl#tools": b"{}"}


def test_an_archive_and_a_data_set_have_the_limit_of_what_is_streamed(tmp_path: Path):
    (tmp_path / "x.tgz").write_bytes(ARCHIVE)
    (tmp_path / "a.jsonl").write_text('{"tools": "[]"}\n' * 9)
    limits = ReadLimits(max_file_bytes=50, max_streamed_bytes=len(ARCHIVE))
    assert len(contents(tmp_path, "x.tgz", limits)) == 3
    assert contents(tmp_path, "a.jsonl#tools", limits) == {"a.jsonl#tools/1.json": b"[]"}
    assert contents(tmp_path, "a.jsonl", limits) == {"a.jsonl": Breach.FILE_TOO_LARGE}
    limits = replace(limits, max_streamed_bytes=100)
    assert contents(tmp_path, "x.tgz", limits) == {"x.tgz": Breach.FILE_TOO_LARGE}
    assert "raise max_streamed_bytes" in (next(locate(tmp_path, "x.tgz", limits).files()).problem or "")


def test_a_digest_changes_with_bytes_members_and_column(tmp_path: Path):
    (tmp_path / "x.tgz").write_bytes(ARCHIVE)
    (tmp_path / "a.jsonl").write_text('{"tools": "[]"}\n')
    paths = ("x.tgz", "x.tgz!/p/*", "a.jsonl", "a.jsonl#tools", "a.jsonl#other")
    digests = {path: locate(tmp_path, path).digest() for path in paths}
    assert len(set(digests.values())) == len(paths)
    (tmp_path / "x.tgz").write_bytes(tar_of(**{"a.json": b"[2]"}))
    assert locate(tmp_path, "x.tgz").digest() != digests["x.tgz"]
    assert locate(tmp_path, "a.jsonl#tools").digest() == digests["a.jsonl#tools"]


def test_a_link_in_a_confined_path_is_not_followed(tmp_path: Path):
    (tmp_path / "in").mkdir()
    (tmp_path / "x.tgz").write_bytes(ARCHIVE)
    (tmp_path / "in/x.tgz").symlink_to(tmp_path / "x.tgz")
    (found,) = locate(tmp_path / "in", "x.tgz!/p/*", is_confined=True).files()
    assert found.breach is Breach.OUTSIDE


def test_files_of_an_installed_package_and_the_members_that_are_compressed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    data = tmp_path / "site/planted_two/data/s3"
    data.mkdir(parents=True)
    (data / "service-2.json.gz").write_bytes(gzip.compress(b"{}"))
    (data / "other.json").write_bytes(b"[]")
    monkeypatch.syspath_prepend(tmp_path / "site")
    path = "package:planted_two/data/**/service-2.json*"
    assert contents(tmp_path, path) == {"s3/service-2.json.gz": b"{}"}
    digest = locate(tmp_path, path).digest()
    (data / "service-2.json.gz").write_bytes(gzip.compress(b'{"a": 1}'))
    assert locate(tmp_path, path).digest() != digest


class Site(ThreadingHTTPServer):
    """Answers with what its pages hold, each named by its length."""

    daemon_threads = True
    pages: dict[str, bytes]
    statuses: list[int]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, Site)
        body = server.pages.get(self.path.partition("?")[0])
        etag = f'"{len(body or b"")}"'
        status = 404 if body is None else 304 if self.headers.get("If-None-Match") == etag else 200
        server.statuses.append(status)
        self.send_response(status)
        self.send_header("ETag", etag)
        self.end_headers()
        self.wfile.write((body or b"") if status == 200 else b"")

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[Site]:
    with Site(("127.0.0.1", 0), Handler) as server:
        server.pages, server.statuses = {}, []
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def url_of(site: Site, path: str) -> str:
    return f"http://127.0.0.1:{site.server_address[1]}{path}"


ALLOWED = ReadLimits(allowed_hosts=("127.0.0.1",), recheck_seconds=0)


def test_a_url_that_is_not_changed_costs_one_conditional_request(site: Site, tmp_path: Path):
    site.pages["/api.json"] = b"{}"
    digests = []
    for _ in range(2):
        located = locate(tmp_path, url_of(site, f"/api.json?k={SECRET}"), ALLOWED, tmp_path / "fetched")
        digests.append(located.digest())
        assert [(file.name, file.content) for file in located.files()] == [("api.json", b"{}")]
        assert located.notes == ()
    assert site.statuses == [200, 304]
    assert len(set(digests)) == 1


def test_a_url_is_an_archive_a_compressed_file_or_a_data_set_by_its_name_or_its_content(
    site: Site, tmp_path: Path
):
    site.pages |= {
        "/x.tgz": ARCHIVE,
        "/main": ARCHIVE,
        "/z": gzip.compress(b"{}"),
        "/d.jsonl": b'{"tools": "[]"}\n',
    }
    for name in ("x", "main"):
        path = url_of(site, "/x.tgz!/p/*.json" if name == "x" else "/main!/p/*.json")
        assert contents(tmp_path, path, ALLOWED) == {f"{name}.tgz!/p/a.json": b"[1]"}
    assert contents(tmp_path, url_of(site, "/z"), ALLOWED) == {"z.json.gz": b"{}"}
    assert contents(tmp_path, url_of(site, "/d.jsonl#tools"), ALLOWED) == {"d.jsonl#tools/1.json": b"[]"}


def test_a_copy_that_is_used_without_a_network_is_noted(tmp_path: Path):
    with Site(("127.0.0.1", 0), Handler) as server:
        server.pages, server.statuses = {"/api.json": b"{}"}, []
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        url = url_of(server, "/api.json")
        digest = locate(tmp_path, url, ALLOWED, tmp_path / "fetched").digest()
        server.shutdown()
        thread.join()
    located = locate(tmp_path, url, ALLOWED, tmp_path / "fetched")
    assert located.digest() == digest
    (note,) = located.notes
    assert "is used" in note


def test_a_url_that_breaks_a_limit_is_one_row_and_one_that_cannot_be_had_an_error(site: Site, tmp_path: Path):
    site.pages["/api.json"] = b"[1, 2]"
    url = url_of(site, "/api.json")
    assert contents(tmp_path, url) == {"api.json": Breach.REFUSED_URL}
    assert contents(tmp_path, url, replace(ALLOWED, max_file_bytes=5)) == {"api.json": Breach.FILE_TOO_LARGE}
    for path in (f"https://user:{SECRET}@127.0.0.1", f"https://10.0.0.1/?k={SECRET}"):
        (found,) = locate(tmp_path, path, None, tmp_path / "fetched").files()
        assert found.name == "url"
        assert SECRET not in (found.problem or SECRET)
    with pytest.raises(FileAccessError, match="status 404"):
        contents(tmp_path, url_of(site, "/none"), ALLOWED)
    with pytest.raises(FileAccessError, match="none was named"):
        locate(tmp_path, url, ALLOWED).files()


def test_the_library_of_the_web_is_loaded_when_it_is_needed():
    code = "import sys, toolmind_resources.files.locate; sys.exit('aiohttp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
