"""Names and numbers that are set aside for examples, tests and drama, so that they are nobody's.

Sources: domains RFC 2606, RFC 6761, RFC 6762, RFC 8375 and ICANN's `.internal`; addresses RFC 5737, RFC 3849,
RFC 9637 and the special registries that `ipaddress` knows; autonomous systems RFC 5398, RFC 6996 and RFC 7300; telephone numbers
NANPA (555-0100 to 555-0199), Ofcom, ACMA, Arcep, Bundesnetzagentur and PTS; card numbers as payment
providers publish them for tests.
"""

import ipaddress

_DOMAINS = ("example.com", "example.org", "example.net", "home.arpa")
_TOP_LEVELS = ("example", "test", "invalid", "localhost", "local", "internal")
_NEW_DOCUMENTATION = ipaddress.ip_network("3fff::/20")
"""Of RFC 9637, which older Pythons do not know."""
_AS_NUMBERS = (
    range(64_496, 65_536),  # documentation, private use, and the last one that is never given out
    range(65_536, 65_552),
    range(4_200_000_000, 2**32),
)
_PHONES = {
    "+44": (
        *(f"{area}4960" for area in (113, 114, 115, 116, 117, 118, 121, 131, 141, 151, 161)),
        *("1632960", "1914980", "2079460", "2890180", "2920180", "3069990"),
        *("7700900", "8081570", "9098790"),
    ),
    "+61": (
        *(f"{area}{block}" for area in (2, 3, 7, 8) for block in ("5550", "7010")),
        *("491570006", "491570156", "491570157", "491570158", "491570159", "491570110"),
        *("1800160401", "1800975707", "1800975708", "1800975709"),
    ),
    "+33": ("19900", "26191", "35301", "46571", "53649", "63998"),
    "+49": ("3023125", "4066969", "6990009", "2214710", "8999998", "1713920"),
    "+46": ("3139006", "40628040", "8465004", "98031920", "7017406"),
}
"""Country -> how its fictional numbers begin, without the trunk zero."""
TEST_CARDS = (
    "4242424242424242",
    "4111111111111111",
    "4012888888881881",
    "4000056655665556",
    "5555555555554444",
    "5105105105105100",
    "2223003122003222",
    "378282246310005",
    "371449635398431",
    "6011111111111117",
    "6011000990139424",
    "36227206271667",
    "3530111333300000",
    "3566002020360505",
)
"""Card numbers with which no payment is made."""


def is_reserved_host(host: str) -> bool:
    """Whether no host on the public Internet can have this name: a name without a dot is one of a local network."""
    name = host.lower().rstrip(".")
    return "." not in name or any(
        name == reserved or name.endswith(f".{reserved}") for reserved in (*_DOMAINS, *_TOP_LEVELS)
    )


def is_public_address(text: str) -> bool | None:
    """Whether an IP address may be somebody's machine; None where the text is no address."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return address.is_global and not (address.version == 6 and address in _NEW_DOCUMENTATION)


def is_reserved_as_number(number: int) -> bool:
    """Whether the number is no autonomous system's that takes part in routing."""
    return number in (0, 23_456) or any(number in block for block in _AS_NUMBERS)


def is_fictional_phone(e164: str) -> bool:
    """Whether a telephone number, as `+` and digits alone, is set aside for fiction."""
    if e164.startswith("+1") and len(e164) == 12:
        return e164[5:10] == "55501"
    return any(
        e164.startswith(f"{country}{start}") for country, starts in _PHONES.items() for start in starts
    )


def is_card_number(digits: str) -> bool:
    """Whether 13 to 19 digits are a number that a bank may have given out: issuer, length, check digit (Luhn)."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    is_checked = (sum(doubled) + sum(map(int, digits[-1::-2]))) % 10 == 0
    return is_checked and _is_issued(int(digits[:4]), len(digits)) and digits not in TEST_CARDS


def _is_issued(start: int, length: int) -> bool:
    """Whether numbers of this length begin with these four digits: Visa, Mastercard, Discover, JCB; Amex; Diners."""
    if length == 16:
        return (
            4000 <= start <= 4999
            or 5100 <= start <= 5599
            or 2221 <= start <= 2720
            or start == 6011
            or 6440 <= start <= 6599
            or 3528 <= start <= 3589
        )
    return (length == 15 and start // 100 in (34, 37)) or (length == 14 and start // 100 in (36, 38))
