"""Which URLs may be asked, and which addresses may be connected to."""

import ipaddress
import socket
from collections.abc import Collection

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from toolmind_resources.errors import FileAccessError
from toolmind_resources.files.found import Breach

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_PORTS = {"https": 443, "http": 80}


class FetchError(FileAccessError):
    """What a URL names cannot be had.

    Attributes:
        breach: Which limit it breaks; None where it may be had another time.
    """

    breach: Breach | None = None


def refusal(message: str, breach: Breach) -> FetchError:
    """An error that says which limit is broken."""
    error = FetchError(message)
    error.breach = breach
    return error


def show(url: URL) -> str:
    """A URL for messages: without user, password, query and fragment, any of which may be a secret."""
    port = f":{url.explicit_port}" if url.explicit_port else ""
    host = f"[{url.host}]" if ":" in (url.host or "") else url.host
    return f"{url.scheme}://{host}{port}{url.path}"


def parse_url(text: str, allowed: Collection[str]) -> URL:
    """A URL that may be asked, without its fragment.

    Args:
        text: As it is written.
        allowed: Hosts that may be asked by `http://`, and may have internal addresses.

    Raises:
        FetchError: it is no URL, of another scheme, with user and password, or with an internal address.
    """
    try:
        url = URL(text).with_fragment(None)
        host, _ = url.host, url.port
    except ValueError:
        # Not `from` it: the error holds the URL.
        raise refusal("a path that begins like a URL is none; correct it", Breach.REFUSED_URL) from None
    if not host or url.scheme not in _PORTS:
        raise refusal(
            f"{url.scheme or 'no scheme'!r} is not fetched; name an https:// URL", Breach.REFUSED_URL
        )
    if url.raw_user is not None or url.raw_password is not None:
        problem = f"{show(url)}: a URL with user or password is not fetched; take them out"
        raise refusal(problem, Breach.REFUSED_URL)
    if url.scheme == "http" and not is_allowed(url, allowed):
        problem = f"{show(url)} is not encrypted; name it by https://, or add {host} to allowed_hosts"
        raise refusal(problem, Breach.REFUSED_URL)
    if not is_allowed(url, allowed) and _is_address(host):
        check_address(host, host)
    return url


def is_allowed(url: URL, allowed: Collection[str]) -> bool:
    """Whether the host of a URL, or host and port, stands in the list."""
    port = url.port or _PORTS.get(url.scheme, 0)
    host = (url.host or "").lower()
    return bool({host, f"{host}:{port}"} & {name.lower() for name in allowed})


def check_address(address: str, host: str) -> None:
    """Lets an address of the open internet pass.

    Raises:
        FetchError: it is loopback, private, link-local or otherwise internal.
    """
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(address)
    for inner in (ip, *_embedded(ip)):
        if not inner.is_global or inner.is_multicast:
            problem = (
                f"{host} has the internal address {address}, which is not asked; add it to allowed_hosts"
            )
            raise refusal(f"{problem} if that is meant", Breach.REFUSED_ADDRESS)


def _embedded(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """Addresses of version 4 that one of version 6 leads to."""
    if isinstance(ip, ipaddress.IPv4Address):
        return []
    found = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    if ip in _NAT64:
        found.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    return [inner for inner in found if inner is not None]


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


class CheckedResolver(AbstractResolver):
    """Resolves names, and refuses internal addresses: those it gives are the ones that are connected to."""

    def __init__(self, is_internal_allowed: bool) -> None:
        self._is_internal_allowed = is_internal_allowed
        self._inner = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of a host.

        Raises:
            FetchError: one of them is internal.
            OSError: there are none.
        """
        found = await self._inner.resolve(host, port, family)
        for address in found if not self._is_internal_allowed else ():
            check_address(address["host"], host)
        return found

    async def close(self) -> None:
        """Nothing is held."""
        await self._inner.close()
