import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_resources.plausible.real_values import RealKind, RealValue, real_values
from toolmind_resources.plausible.reserved_ranges import TEST_CARDS


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("Write to ann@acme.com.", RealKind.EMAIL, "ann@acme.com"),
        ("ann@example.com.co", RealKind.EMAIL, "ann@example.com.co"),
        ("ann@notexample.com", RealKind.EMAIL, "ann@notexample.com"),
        ("https://github.com/a", RealKind.HOST, "github.com"),
        ("http://example.com.evil.io:80/", RealKind.HOST, "example.com.evil.io"),
        ("it stands on booking.com, I think", RealKind.HOST, "booking.com"),
        ("call 415-867-5309", RealKind.PHONE, "415-867-5309"),
        ("(212) 736-5000", RealKind.PHONE, "(212) 736-5000"),
        ("+1 202 555 0243", RealKind.PHONE, "+1 202 555 0243"),
        ("+44 20 7930 4832", RealKind.PHONE, "+44 20 7930 4832"),
        ("+49 30 2312 4123", RealKind.PHONE, "+49 30 2312 4123"),
        ("8.8.8.8", RealKind.ADDRESS, "8.8.8.8"),
        ("192.0.3.1", RealKind.ADDRESS, "192.0.3.1"),
        ("[2606:4700::1111]:443", RealKind.ADDRESS, "2606:4700::1111"),
        ("AS15169", RealKind.AS_NUMBER, "AS15169"),
        ("ASN 64495", RealKind.AS_NUMBER, "ASN 64495"),
        ("4539 1488 0343 6467", RealKind.CARD, "4539 1488 0343 6467"),
        ("AKIA" + "2E0A8F3B244C9986", RealKind.SECRET, "AKIA" + "2E0A8F3B244C9986"),
        ("sk_" + "live_" + "4eC39HqLyjWDarjtT1zdp7dc", RealKind.SECRET, "sk_live_4eC39HqLyjWDarjtT1zdp7dc"),
        ("-----BEGIN EC " + "PRIVATE KEY-----", RealKind.SECRET, "-----BEGIN EC PRIVATE KEY-----"),
    ],
)
def test_a_value_outside_of_the_reserved_ranges_is_found(text: str, kind: RealKind, value: str) -> None:
    assert real_values(text) == [RealValue(kind, value)]


@pytest.mark.parametrize(
    "text",
    [
        "ann@example.com, bob@mail.example.org, eve@shop.test, root@localhost, @ann, a @ b.com-",
        "https://www.example.net/x http://api.internal/ http://10.0.0.1:80/ http://web-01/ ftp://[2001:db8::1]/",
        "report.txt main.py v2.org-chart std.command a.b.c notes.com.txt",
        "+1 202 555 0143, 202-555-0199, (202) 555-0100, +1 555 234 2345",
        "+44 20 7946 0123, +44 7700 900123, +44 1632 960123, +61 491 570 156, +33 1 99 00 12 34",
        "+49 30 23125 123, +46 8 465 004 12, order 123-456-7890, 2025550243",
        "192.0.2.7 198.51.100.2 203.0.113.9 10.1.2.3 172.16.0.1 127.0.0.1 999.8.8.8 8.8.8.8.8",
        "version 1.2.3.4, v1.2.3.4, 2001:db8::1, 3fff::1, 12:30:00, std::vector, 00:00:5e:00:53:01",
        "AS64496 AS64511 AS65536 AS65551 ASN 4200000001 AS400 as 2024 BAS15169",
        "4539 1488 0343 6468, 1717171717171717, 9999999999999995",
        "AKIAIOSFODNN7EXAMPLE AKIA2E0A8 sk_test_4eC39HqLyjWDarjtT1zdp7dc ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "-----BEGIN PUBLIC KEY-----",
        "2025-06-02T10:15:00Z, 12.50 EUR, 1,000.00",
        "",
    ],
)
def test_reserved_values_and_near_misses_are_not_found(text: str) -> None:
    assert real_values(text) == []


@pytest.mark.parametrize("number", TEST_CARDS)
def test_a_card_number_for_tests_is_not_found(number: str) -> None:
    assert real_values(number) == []


@pytest.mark.parametrize(
    "neighbour", ["4242424242424341", "5555555555554543", "378282246310104", "36227206271766"]
)
def test_the_next_valid_number_after_one_for_tests_is_found(neighbour: str) -> None:
    assert real_values(neighbour) == [RealValue(RealKind.CARD, neighbour)]


def test_a_value_that_stands_twice_is_found_once() -> None:
    assert real_values("8.8.8.8 and 8.8.8.8") == [RealValue(RealKind.ADDRESS, "8.8.8.8")]


@given(st.text(st.sampled_from("a1@.:/+-_ ()[]\nAKI"), max_size=300))
def test_no_text_is_too_odd_to_be_read(text: str) -> None:
    assert all(value.text in text for value in real_values(text))


@pytest.mark.parametrize("part", ["a.", "a@", "1-", "+1 ", "a://", "2001:", "8.", "4 ", "eyJ", "a@a."])
def test_a_long_text_costs_no_more_than_its_length(part: str) -> None:
    start = time.process_time()
    real_values(part * 50_000)
    assert time.process_time() - start < 5
