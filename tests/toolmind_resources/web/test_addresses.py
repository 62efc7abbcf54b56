"""Which URLs and addresses are asked."""

import asyncio
import socket
from typing import Any

import pytest
from yarl import URL

from toolmind_resources.files.found import Breach
from toolmind_resources.web.addresses import (
    CheckedResolver,
    FetchError,
    check_address,
    is_allowed,
    parse_url,
    show,
)

SECRET = "planted0secret"


@pytest.mark.parametrize(
    "text",
    [
        f"https://user:{SECRET}@example.com/a.json",
        f"https://{SECRET}@example.com/a.json",
        f"http://example.com/a.json?token={SECRET}",
        f"ftp://example.com/a.json?token={SECRET}",
        f"https://[::1/a.json?token={SECRET}",
        f"https:///a.json?token={SECRET}",
        f"https://example.com:99999/?token={SECRET}",
    ],
)
def test_a_url_that_is_refused_says_why_and_no_secret(text: str):
    with pytest.raises(FetchError) as caught:
        parse_url(text, ())
    assert caught.value.breach is Breach.REFUSED_URL
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
def test_an_internal_address_is_refused_as_a_host_and_as_an_answer(address: str):
    with pytest.raises(FetchError, match="internal address") as caught:
        check_address(address, "host")
    assert caught.value.breach is Breach.REFUSED_ADDRESS
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(FetchError, match="internal address"):
        parse_url(f"https://{host}/a.json", ())
    url = URL(f"http://{host}/a.json")
    assert parse_url(str(url), (url.host or "",)) == url


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_an_address_of_the_open_internet_passes(address: str):
    check_address(address, "host")


def test_a_host_is_allowed_with_any_port_or_with_one():
    assert is_allowed(URL("http://intra:8080/a"), ("Intra",))
    assert is_allowed(URL("https://intra/a"), ("intra:443",))
    assert not is_allowed(URL("http://intra:8080/a"), ("intra:443", "tra"))


def test_messages_show_scheme_host_port_and_path():
    assert show(URL(f"https://u:{SECRET}@[::1]:8/p/q?k={SECRET}#{SECRET}")) == "https://[::1]:8/p/q"


def test_a_name_with_one_internal_address_among_others_is_refused(monkeypatch: pytest.MonkeyPatch):
    def look_up(host: str, *_: Any, **__: Any) -> list[Any]:
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in ("93.184.215.14", "10.0.0.1")
        ]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)

    async def run(is_internal_allowed: bool) -> list[str]:
        found = await CheckedResolver(is_internal_allowed).resolve("rebound.example", 443)
        return [address["host"] for address in found]

    with pytest.raises(FetchError, match=r"internal address 10\.0\.0\.1") as caught:
        asyncio.run(run(False))
    assert caught.value.breach is Breach.REFUSED_ADDRESS
    assert asyncio.run(run(True)) == ["93.184.215.14", "10.0.0.1"]
