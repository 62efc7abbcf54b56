"""A URL's bytes, in a file: asked for each time, sent again only when they have changed.

Proxies, cookies and credentials of the environment are not used: what is asked is the host that the URL names, at
an address that was looked at, as nobody.
"""

import asyncio
import ssl
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

import aiohttp
from yarl import URL

from toolmind_resources.files.found import Breach, ReadLimits, clean_name, describe_excess
from toolmind_resources.files.members import is_archive
from toolmind_resources.web.addresses import CheckedResolver, FetchError, is_allowed, parse_url, refusal, show
from toolmind_resources.web.cache import Copy, FetchCache

_CHUNK_BYTES = 1 << 18
_REDIRECTS = (301, 302, 303, 307, 308)
_PASSING = (408, 425, 429)
"""Statuses below 500 that say nothing of what is asked for."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a URL names, as a file.

    Attributes:
        name: The last part of its path.
        path: Where its bytes lie.
        sha256: Of its bytes.
        n_bytes: How many.
        note: What whoever reads it should know: that it is the copy fetched last. Else empty.
    """

    name: str
    path: Path
    sha256: str
    n_bytes: int
    note: str = ""


class _UnreachableError(Exception):
    """The server cannot be asked now."""

    def __init__(self, problem: str, is_slow: bool = False) -> None:
        super().__init__(problem)
        self.is_slow = is_slow


def fetch_url(text: str, folder: Path, limits: ReadLimits, is_streamed: bool = False) -> Fetched:
    """What a URL names: the copy in `folder` where it is fresh, has not changed, or the server cannot be asked.

    Args:
        text: An `https://` URL; `http://` where its host is allowed.
        folder: Where copies are kept.
        limits: On bytes, seconds, redirects and hosts.
        is_streamed: It will not be held in memory, so that `max_streamed_bytes` counts; so it does for what is
            named like an archive.

    Raises:
        FetchError: the URL or an address behind it is refused, there is too much of it, the server says no, or it
            cannot be reached and there is no copy.
        FileAccessError: `folder` cannot be written.
    """
    url = parse_url(text, limits.allowed_hosts)
    cache = FetchCache(folder)
    key = str(url)
    former = cache.find(key)
    if former is not None and 0 <= cache.age_seconds(key) < limits.recheck_seconds:
        return _fetched(cache, key, former)
    limit = limits.max_file_bytes
    if is_streamed or is_archive(url.name):
        limit = limits.max_streamed_bytes
    try:
        with cache.open_file() as file:
            kept = _wait_for(_fetch(url, former, file, limits, limit))
            if kept is former:
                cache.touch(key)
            else:
                cache.put(key, file, kept)
        return _fetched(cache, key, kept)
    except _UnreachableError as error:
        if former is None:
            raise _unreachable(url, error) from None
        note = f"{show(url)}: {error}; the copy of {cache.fetched_at(key)} is used"
        return _fetched(cache, key, former, note)


def _fetched(cache: FetchCache, key: str, copy: Copy, note: str = "") -> Fetched:
    return Fetched(copy.name, cache.path(key, copy), copy.sha256, copy.n_bytes, note)


def _unreachable(url: URL, error: _UnreachableError) -> FetchError:
    message = f"{show(url)}: {error}, and no copy of it was fetched before; check the network and the URL"
    return refusal(message, Breach.FETCH_TOO_SLOW) if error.is_slow else FetchError(message)


def _wait_for(work: Coroutine[None, None, Copy]) -> Copy:
    """Runs to its end, also where a loop is running already: then in a thread of its own."""
    if not _is_loop_running():
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def _is_loop_running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


async def _fetch(url: URL, former: Copy | None, file: BinaryIO, limits: ReadLimits, limit: int) -> Copy:
    """Writes what the URL names into `file`, or gives `former` where that is what it names.

    Raises:
        FetchError: it is refused, or there is too much of it.
        _UnreachableError: it cannot be had now.
    """
    try:
        async with asyncio.timeout(limits.fetch_seconds):
            return await _follow(url, former, file, limits, limit)
    except TimeoutError:
        problem = f"no whole answer in {limits.fetch_seconds:g} seconds"
        raise _UnreachableError(problem, is_slow=True) from None
    except aiohttp.ClientConnectorCertificateError as error:
        words = getattr(error.certificate_error, "verify_message", "") or "not trusted"
        raise FetchError(
            f"{show(url)}: its certificate is not accepted ({words}); SSL_CERT_FILE names more"
        ) from None
    except aiohttp.InvalidURL:
        raise refusal(
            f"{show(url)}: its host is written in a way that is not followed", Breach.REFUSED_URL
        ) from None
    except (aiohttp.ClientError, ConnectionError) as error:
        # The words of these errors may hold the URL.
        raise _UnreachableError(f"it cannot be reached ({error.__class__.__name__})") from None


async def _follow(url: URL, former: Copy | None, file: BinaryIO, limits: ReadLimits, limit: int) -> Copy:
    asked = url
    for _ in range(limits.max_redirects + 1):
        async with (
            _session(asked, limits) as session,
            session.get(asked, headers=_conditions(former), allow_redirects=False) as answer,
        ):
            if answer.status not in _REDIRECTS:
                return await _take(answer, url, former, file, limit)
            asked = _redirected(asked, answer.headers.get("Location", ""), url, limits)
    message = f"{show(url)}: more than {limits.max_redirects} redirects; name the URL that they lead to"
    raise refusal(message, Breach.TOO_MANY_REDIRECTS)


def _session(url: URL, limits: ReadLimits) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(
        resolver=CheckedResolver(is_allowed(url, limits.allowed_hosts)),
        use_dns_cache=False,
        ssl=ssl.create_default_context(),
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None),
        trust_env=False,
    )


def _conditions(former: Copy | None) -> dict[str, str]:
    # Unencoded, so that what is kept is what was published, and no answer expands.
    headers = {"Accept-Encoding": "identity", "User-Agent": "toolmind-assets"}
    if former is not None and former.etag:
        headers["If-None-Match"] = former.etag
    elif former is not None and former.last_modified:
        headers["If-Modified-Since"] = former.last_modified
    return headers


def _redirected(asked: URL, location: str, first: URL, limits: ReadLimits) -> URL:
    """Where a redirect leads, if it may be followed: within the first URL's host, or to an allowed one."""
    try:
        joined = asked.join(URL(location))
    except ValueError:
        raise refusal(f"{show(asked)} redirects to what is no URL", Breach.REFUSED_URL) from None
    url = parse_url(str(joined), limits.allowed_hosts)
    if url.origin() != first.origin() and not is_allowed(url, limits.allowed_hosts):
        message = f"{show(first)} redirects to {show(url)}; add {url.host} to allowed_hosts if that is meant"
        raise refusal(message, Breach.REFUSED_URL)
    return url


async def _take(
    answer: aiohttp.ClientResponse, url: URL, former: Copy | None, file: BinaryIO, limit: int
) -> Copy:
    if answer.status == 304 and former is not None:
        return former
    if answer.status >= 500 or answer.status in _PASSING:
        raise _UnreachableError(f"the server answers with status {answer.status}")
    if answer.status != 200:
        raise FetchError(f"{show(url)}: the server answers with status {answer.status}; correct the URL")
    digest, n_bytes = sha256(), answer.content_length or 0
    if n_bytes <= limit:
        n_bytes = 0
        async for chunk in answer.content.iter_chunked(_CHUNK_BYTES):
            n_bytes += len(chunk)
            if n_bytes > limit:
                break
            digest.update(chunk)
            file.write(chunk)
    if n_bytes > limit:
        raise refusal(f"{show(url)}: {describe_excess(n_bytes, limit)}", Breach.FILE_TOO_LARGE)
    name = clean_name(url.name.replace("/", "_")) or url.host or "index"
    copy = Copy(name, digest.hexdigest(), n_bytes)
    return replace(
        copy, etag=answer.headers.get("ETag", ""), last_modified=answer.headers.get("Last-Modified", "")
    )
