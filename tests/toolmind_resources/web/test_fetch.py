"""Fetching by URL, from servers on loopback."""

import asyncio
import os
import ssl
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest
import trustme

from toolmind_resources.errors import FileAccessError
from toolmind_resources.files.found import Breach, ReadLimits
from toolmind_resources.web.addresses import FetchError
from toolmind_resources.web.fetch import Fetched, fetch_url

SECRET = "planted0secret"
LIMITS = ReadLimits(allowed_hosts=("127.0.0.1", "localhost"), recheck_seconds=0)
Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Server:
    """What it answers by path, and what it was asked."""

    url: str = ""
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    release: Event = field(default_factory=Event)

    def answer(self, path: str, headers: dict[str, str]) -> Answer:
        self.asked.append((path, headers))
        status, given, body = self.answers.get(path.partition("?")[0], (404, {}, b""))
        if "ETag" in given and headers.get("If-None-Match") == given["ETag"]:
            return 304, {"ETag": given["ETag"]}, b""
        if "Last-Modified" in given and headers.get("If-Modified-Since") == given["Last-Modified"]:
            return 304, {}, b""
        return status, given, body


@contextmanager
def serving(certificate: ssl.SSLContext | None = None) -> Iterator[Server]:
    served = Server()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, headers, body = served.answer(self.path, dict(self.headers))
            if status == 0:
                served.release.wait(10)
                return
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), "Connection": "close", **headers}.items():
                if value:
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        if certificate is not None:
            server.socket = certificate.wrap_socket(server.socket, server_side=True)
        scheme = "http" if certificate is None else "https"
        served.url = f"{scheme}://localhost:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield served
        finally:
            served.release.set()
            server.shutdown()
            thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as served:
        yield served


@pytest.fixture
def fetch(server: Server, tmp_path: Path) -> Callable[..., Fetched]:
    return lambda path="/api.json", limits=LIMITS, **options: fetch_url(
        server.url + path, tmp_path / "cache", limits, **options
    )


def refused(fetch: Callable[..., Fetched], *arguments: object) -> tuple[Breach | None, str]:
    with pytest.raises(FetchError) as caught:
        fetch(*arguments)
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value.breach, str(caught.value)


def test_an_unchanged_url_costs_one_conditional_request(server: Server, fetch: Callable[..., Fetched]):
    server.answers["/v1/api.json"] = 200, {"ETag": '"1"'}, b'{"a": 1}'
    first = fetch("/v1/api.json")
    assert (first.name, first.n_bytes, first.note) == ("api.json", 8, "")
    assert first.path.read_bytes() == b'{"a": 1}'
    assert first.sha256 == sha256(b'{"a": 1}').hexdigest()
    assert fetch("/v1/api.json") == first
    assert [headers.get("If-None-Match") for _, headers in server.asked] == [None, '"1"']
    server.answers["/v1/api.json"] = 200, {"ETag": '"2"'}, b"{}"
    assert fetch("/v1/api.json").path.read_bytes() == b"{}"
    assert len(list(first.path.parent.iterdir())) == 2


def test_a_fresh_copy_is_not_asked_for_again(server: Server, fetch: Callable[..., Fetched]):
    limits = replace(LIMITS, recheck_seconds=100)
    server.answers["/api.json"] = 200, {"ETag": '"1"'}, b"{}"
    first = fetch(limits=limits)
    assert fetch(limits=limits) == first
    assert len(server.asked) == 1
    (note,) = first.path.parent.glob("*.json")
    for _ in range(2):
        os.utime(note, (0, 0))
        assert fetch(limits=limits) == first
        assert fetch(limits=limits) == first
    assert len(server.asked) == 3


def test_a_server_without_etags_is_asked_by_time(server: Server, fetch: Callable[..., Fetched]):
    server.answers["/api.json"] = 200, {"Last-Modified": "Sun, 01 Nov 2026 10:00:00 GMT"}, b"{}"
    assert fetch() == fetch()
    assert server.asked[1][1]["If-Modified-Since"] == "Sun, 01 Nov 2026 10:00:00 GMT"


def test_nobody_is_told_who_asks(
    server: Server, fetch: Callable[..., Fetched], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    server.answers["/api.json"] = 200, {"Set-Cookie": "a=b"}, b"{}"
    fetch()
    fetch()
    assert {"Cookie", "Authorization", "Referer"}.isdisjoint(server.asked[1][1])


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_server_that_cannot_answer_leaves_the_copy_fetched_last(
    server: Server, fetch: Callable[..., Fetched], status: int
):
    server.answers["/api.json"] = 200, {}, b"{}"
    fetch(f"/api.json?token={SECRET}")
    server.answers["/api.json"] = status, {}, b"gone"
    found = fetch(f"/api.json?token={SECRET}")
    assert found.path.read_bytes() == b"{}"
    assert f"status {status}; the copy of 20" in found.note
    assert SECRET not in found.note
    assert all(SECRET not in path.name for path in found.path.parent.iterdir())
    assert all(SECRET.encode() not in path.read_bytes() for path in found.path.parent.iterdir())


def test_without_a_network_the_copy_fetched_last_is_used_and_said(tmp_path: Path):
    with serving() as server:
        server.answers["/api.json"] = 200, {"ETag": '"1"'}, b"{}"
        first = fetch_url(server.url + "/api.json", tmp_path, LIMITS)
    found = fetch_url(server.url + "/api.json", tmp_path, LIMITS)
    assert "cannot be reached" in found.note
    assert replace(found, note="") == first
    breach, message = refused(lambda: fetch_url(server.url + f"/other.json?k={SECRET}", tmp_path, LIMITS))
    assert breach is None
    assert "no copy of it was fetched before" in message


def test_a_copy_that_is_not_whole_is_fetched_again(server: Server, fetch: Callable[..., Fetched]):
    server.answers["/api.json"] = 200, {"ETag": '"1"'}, b"{}"
    fetch().path.write_bytes(b"{")
    assert fetch().path.read_bytes() == b"{}"


def test_a_server_that_says_no_is_an_error_though_there_is_a_copy(
    server: Server, fetch: Callable[..., Fetched]
):
    server.answers["/api.json"] = 200, {}, b"{}"
    fetch(f"/api.json?token={SECRET}")
    del server.answers["/api.json"]
    breach, message = refused(fetch, f"/api.json?token={SECRET}")
    assert breach is None
    assert "/api.json: the server answers with status 404" in message


CHUNKED = {"Content-Length": "", "Transfer-Encoding": "chunked"}


@pytest.mark.parametrize(
    ("headers", "body"), [({}, b"1234567890"), (CHUNKED, b"5\r\n12345\r\n5\r\n67890\r\n0\r\n\r\n")]
)
def test_a_response_that_is_too_large_is_refused_whether_it_says_so_or_not(
    server: Server, fetch: Callable[..., Fetched], headers: dict[str, str], body: bytes
):
    server.answers["/api.json"] = 200, headers, body
    breach, message = refused(fetch, "/api.json", replace(LIMITS, max_file_bytes=9))
    assert breach is Breach.FILE_TOO_LARGE
    assert "10 bytes, the limit is 9" in message


def test_an_archive_has_the_limit_of_what_is_streamed(server: Server, fetch: Callable[..., Fetched]):
    limits = replace(LIMITS, max_file_bytes=1, max_streamed_bytes=3)
    server.answers |= {"/x.tgz": (200, {}, b"123"), "/y.tgz": (200, {}, b"1234"), "/z": (200, {}, b"123")}
    assert fetch("/x.tgz", limits).n_bytes == 3
    assert refused(fetch, "/y.tgz", limits)[0] is Breach.FILE_TOO_LARGE
    assert fetch("/z", limits, is_streamed=True).n_bytes == 3


def test_an_encoded_response_that_expands_too_far_is_refused(server: Server, fetch: Callable[..., Fetched]):
    server.answers["/api.json"] = 200, {"Content-Encoding": "deflate"}, zlib.compress(bytes(3_000_000))
    assert refused(fetch, "/api.json", replace(LIMITS, max_file_bytes=1_000_000))[0] is Breach.FILE_TOO_LARGE


def test_a_server_that_is_too_slow_is_not_waited_for(server: Server, fetch: Callable[..., Fetched]):
    server.answers["/api.json"] = 0, {}, b""
    breach, message = refused(fetch, "/api.json", replace(LIMITS, fetch_seconds=0.05))
    assert breach is Breach.FETCH_TOO_SLOW
    assert "no whole answer in 0.05 seconds" in message


def test_a_response_that_is_cut_off_is_no_copy(server: Server, fetch: Callable[..., Fetched], tmp_path: Path):
    server.answers["/api.json"] = 200, {"Content-Length": "100"}, b"{"
    assert refused(fetch)[0] is None
    assert list((tmp_path / "cache").iterdir()) == []


def test_redirects_are_followed_within_the_host(server: Server, fetch: Callable[..., Fetched]):
    server.answers["/api.json"] = 302, {"Location": "/v2/?token=" + SECRET}, b""
    server.answers["/v2/"] = 200, {}, b"{}"
    assert fetch().name == "api.json"
    assert [path for path, _ in server.asked] == ["/api.json", "/v2/?token=" + SECRET]


@pytest.mark.parametrize(
    ("location", "breach"),
    [
        (f"https://elsewhere.example/a.json?k={SECRET}", Breach.REFUSED_URL),
        (f"https://u:{SECRET}@localhost/a.json", Breach.REFUSED_URL),
        ("file:///etc/passwd", Breach.REFUSED_URL),
        ("http://169.254.169.254/latest", Breach.REFUSED_URL),
        ("https://169.254.169.254/latest", Breach.REFUSED_ADDRESS),
        ("https://[::ffff:10.0.0.1]/", Breach.REFUSED_ADDRESS),
    ],
)
def test_a_redirect_that_leads_elsewhere_is_refused(
    server: Server, fetch: Callable[..., Fetched], location: str, breach: Breach
):
    server.answers["/api.json"] = 302, {"Location": location}, b""
    assert refused(fetch)[0] is breach


def test_a_circle_of_redirects_ends(server: Server, fetch: Callable[..., Fetched]):
    server.answers["/api.json"] = 307, {"Location": "/api.json"}, b""
    assert refused(fetch)[0] is Breach.TOO_MANY_REDIRECTS
    assert len(server.asked) == LIMITS.max_redirects + 1


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return authority


def certificate(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


def test_https_is_fetched_where_the_certificate_is_trusted(authority: trustme.CA, tmp_path: Path):
    with serving(certificate(authority)) as server:
        server.answers["/api.json"] = 200, {}, b"{}"
        assert fetch_url(server.url + "/api.json", tmp_path / "c", LIMITS).n_bytes == 2
    with serving(certificate(trustme.CA())) as server:
        breach, message = refused(lambda: fetch_url(server.url + "/api.json", tmp_path / "c", LIMITS))
    assert breach is None
    assert "its certificate is not accepted (unable to get local issuer" in message


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "127.1", "2130706433", "0x7f.1", "[::ffff:7f00:1]"]
)
def test_a_host_on_loopback_is_not_connected_to_unless_it_is_allowed(
    authority: trustme.CA, tmp_path: Path, host: str
):
    with serving(certificate(authority)) as server:
        server.answers["/api.json"] = 200, {}, b"{}"
        url = server.url.replace("localhost", host) + f"/api.json?k={SECRET}"
        breach, _ = refused(lambda: fetch_url(url, tmp_path / "c", ReadLimits()))
        assert server.asked == []
    assert breach in (Breach.REFUSED_ADDRESS, Breach.REFUSED_URL)


def test_a_fetch_works_where_a_loop_is_running(server: Server, fetch: Callable[..., Fetched]):
    server.answers["/api.json"] = 200, {}, b"{}"

    async def run() -> Fetched:
        return fetch()

    assert asyncio.run(run()).n_bytes == 2


def test_a_cache_that_cannot_be_written_is_a_clear_error(server: Server, tmp_path: Path):
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(FileAccessError, match="cannot be written"):
        fetch_url(server.url + "/api.json", tmp_path / "cache", LIMITS)
