"""One endpoint over HTTP: what comes of sending it a request once.

A try has one time limit for the whole of it, for gateways send blanks to keep a connection alive. An error of the
library may hold the request, whose headers hold the key: none leaves this module.
"""

import ssl
from collections.abc import Iterator
from urllib.request import getproxies, proxy_bypass

import aiohttp
from yarl import URL

from toolmind_resources.chat.endpoint import Endpoint
from toolmind_resources.chat.endpoint_faults import Fault, FaultKind, Response

PATH = "/chat/completions"
CONNECT_SECONDS = 5.0
"""Longest wait for a connection."""


class Connection:
    """Connections to one endpoint, kept open; made and used in one event loop."""

    def __init__(self, endpoint: Endpoint, key: str) -> None:
        self._url = URL(endpoint.base_url + PATH)
        self._session = open_session(self._url, key, endpoint.timeout_seconds)

    async def post(self, content: bytes) -> Response | Fault:
        """What comes of asking for a chat completion once; a redirect is not followed, since a POST would arrive as a GET."""
        try:
            async with self._session.post(self._url, data=content, allow_redirects=False) as response:
                return Response(response.status, await response.read(), response.headers)
        except (aiohttp.ClientError, TimeoutError) as error:
            return _fault_of(error)

    async def close(self) -> None:
        """Closes the connections."""
        await self._session.close()


def open_session(url: URL, key: str, seconds: float) -> aiohttp.ClientSession:
    """Connections to the host of a URL, through the proxy and with the authorities that the environment names.

    Args:
        url: What is to be asked there.
        key: Who asks.
        seconds: Longest wait for one whole answer.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, ssl=_certificates(url)),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json",
            "Accept": "application/json",
            "User-Agent": "toolmind",
        },
        proxy=_proxy(url),
        timeout=aiohttp.ClientTimeout(total=seconds, sock_connect=min(CONNECT_SECONDS, seconds)),
    )


def _proxy(url: URL) -> str | None:
    """The proxy that the environment names for a URL.

    The library's own look at the environment would also send a password of `.netrc` in the key's place.
    """
    proxies = getproxies()
    named = proxies.get(url.scheme) or proxies.get("all")
    return named if named and not proxy_bypass(url.host or "") else None


def _certificates(url: URL) -> ssl.SSLContext | bool:
    """Authorities that are trusted: the system's, or those that `SSL_CERT_FILE` names."""
    if url.scheme != "https":
        return True
    import httpx2  # which knows where each system keeps them

    return httpx2.create_ssl_context()


def _fault_of(error: BaseException) -> Fault:
    """Why no answer came."""
    for cause in _causes(error):
        if isinstance(cause, aiohttp.ClientConnectorCertificateError):
            return Fault(FaultKind.CERTIFICATE, getattr(cause.certificate_error, "verify_message", ""))
        if isinstance(cause, aiohttp.ClientConnectorError):
            return Fault(FaultKind.UNREACHABLE, cause.os_error.strerror or str(cause.os_error))
        if isinstance(cause, aiohttp.ConnectionTimeoutError):
            return Fault(FaultKind.UNREACHABLE, f"no connection within {CONNECT_SECONDS:g} s")
        if isinstance(cause, TimeoutError):
            return Fault(FaultKind.TIMEOUT)
        if isinstance(cause, aiohttp.ClientResponseError):
            return Fault(FaultKind.LOST, "it is no HTTP")
    return Fault(FaultKind.LOST, "the connection was lost")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
