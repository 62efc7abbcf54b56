"""Units that prose gives a number: `in seconds`, `(ms)`, `number of bytes`, `amount in USD`."""

import re

from toolmind_assets.stages.specs.word_splitting import mentions
from toolmind_resources.language.word_sets import word_set

_UNITS = {
    "nanosecond": "nanosecond nanoseconds ns",
    "microsecond": "microsecond microseconds µs",
    "millisecond": "millisecond milliseconds millis msec ms",
    "second": "second seconds secs sec s",
    "minute": "minute minutes mins min",
    "hour": "hour hours hrs hr h",
    "day": "day days",
    "week": "week weeks",
    "month": "month months",
    "year": "year years yrs",
    "bit": "bit bits",
    "byte": "byte bytes",
    "kilobyte": "kilobyte kilobytes kb",
    "kibibyte": "kibibyte kibibytes kib",
    "megabyte": "megabyte megabytes mb",
    "mebibyte": "mebibyte mebibytes mib",
    "gigabyte": "gigabyte gigabytes gb",
    "gibibyte": "gibibyte gibibytes gib",
    "terabyte": "terabyte terabytes tb",
    "millimeter": "millimeter millimeters millimetre millimetres mm",
    "centimeter": "centimeter centimeters centimetre centimetres cm",
    "meter": "meter meters metre metres m",
    "kilometer": "kilometer kilometers kilometre kilometres km kms",
    "inch": "inch inches",
    "foot": "foot feet ft",
    "mile": "mile miles",
    "gram": "gram grams g",
    "milligram": "milligram milligrams mg",
    "kilogram": "kilogram kilograms kg kgs",
    "pound": "pound pounds lbs lb",
    "ounce": "ounce ounces oz",
    "liter": "liter liters litre litres",
    "pixel": "pixel pixels px",
    "percent": "percent percentage %",
    "degree": "degree degrees",
    "celsius": "celsius °c",
    "fahrenheit": "fahrenheit °f",
    "kelvin": "kelvin kelvins",
    "radian": "radian radians",
    "hertz": "hertz hz",
    "kilohertz": "kilohertz khz",
    "watt": "watt watts",
    "kilowatt": "kilowatt kilowatts kw",
    "volt": "volt volts",
    "ampere": "ampere amperes amps",
    "newton": "newton newtons",
    "joule": "joule joules",
    "pascal": "pascal pascals",
    "tesla": "tesla teslas",
    "ohm": "ohm ohms",
    "coulomb": "coulomb coulombs",
    "farad": "farad farads",
    "cent": "cent cents",
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_CURRENCIES = "USD EUR GBP JPY CHF CAD AUD NZD CNY INR BRL MXN SEK NOK DKK SGD HKD KRW ZAR PLN BTC ETH"
_UNIT_OF |= {code.lower(): code for code in _CURRENCIES.split()}
_SPELT = {"us dollars": "USD", "u.s. dollars": "USD", "dollars": "USD", "euros": "EUR"}
_SHORT = frozenset(
    word
    for word in _UNIT_OF
    if len(word) <= 3 and word not in ("day", "bit") and word.upper() not in _CURRENCIES
)
_COMPOUND = {
    "meters per second": "meter per second", "m/s": "meter per second", "km/h": "kilometer per hour",
    "kilometers per hour": "kilometer per hour", "miles per hour": "mile per hour", "mph": "mile per hour",
    "m/s^2": "meter per second squared", "meters per second squared": "meter per second squared",
    "square meters": "square meter", "square feet": "square foot", "frames per second": "frame per second",
}  # fmt: skip
_WORDS = "|".join(re.escape(word) for word in sorted([*_UNIT_OF, *_SPELT, *_COMPOUND], key=len, reverse=True))
_LONG_WORDS = "|".join(
    re.escape(word)
    for word in sorted([*(set(_UNIT_OF) - _SHORT), *_SPELT, *_COMPOUND], key=len, reverse=True)
)
_STATED = re.compile(
    rf"""(?ix)
    (?:(?:,|\A|\w|\))\s(?:expressed\s|measured\s|specified\s|given\s|value\s)?in\s(?:whole\s|units\sof\s|degrees\s)?(?P<in>{_WORDS})(?P<end>(?![\w/²³^-])(?!\sper\b|\sof\b|\s(?:the|a|which|advance|ISO)\b))
    |(?<!\w)[(\[](?:in\s|as\s)?(?P<bracket>{_WORDS})[)\]]
    |(?:\A|\bthe\s|\btotal\s)(?:number|count|amount|duration)\s(?:of|in)\s(?:whole\s)?(?P<count>{_LONG_WORDS})(?![\w-])(?!\sper\b)
    |\bunits?:?\s(?:is\s|are\s)?(?P<unit>{_LONG_WORDS})(?=\W|\Z)
    |\A(?:the\s)?(?P<percent>percentage)\sof\b|\bas\sa\s(?P<as>percentage|percent)\b
    )"""
)
_AFTER = re.compile(rf"(?i)\s?(?P<unit>{_WORDS}|[a-z]+)(?![\w/])")
_CUES = ("in ", "(", "[", "number of", "count of", "amount", "duration", "unit", "percent")
_SCALES = word_set("k thousand million m b billion x times percent")
_OTHER_WAYS = re.compile(rf"(?i)\bin (?:{_LONG_WORDS}) or (?:in )?(?:{_LONG_WORDS})\b")


def read_unit(text: str, lowered: str) -> str:
    """The one unit that the text gives its number; empty where it gives none, or several."""
    if not mentions(lowered, _CUES):
        return ""
    first, found = "", ""
    for match in _STATED.finditer(text):
        word = next(
            match[kind] for kind in ("in", "bracket", "count", "unit", "percent", "as") if match[kind]
        )
        # `(M)`, `(H)`: a capital is an abbreviation of something else; `(MB)` is not.
        if word.lower() in ("m", "s", "h", "g", "min") and not word.islower():
            continue
        if match["in"] and word.lower() in ("second", "minute"):  # `in second place`
            continue
        found = unit_named(word)
        first = first or found
        if found != first:
            return ""
    return "" if first and _OTHER_WAYS.search(text) else first


def unit_named(word: str) -> str:
    """The unit that a word stands for; empty where it is none."""
    word = word.lower()
    return _COMPOUND.get(word) or _SPELT.get(word) or _UNIT_OF.get(word, "")


def unit_after(text: str, place: int) -> tuple[str, int]:
    """The unit behind a number and where it ends; `?` where the number is scaled (`5 million`)."""
    if text.startswith("%", place):
        return "percent", place + 1
    match = _AFTER.match(text, place)
    if match is None:
        return "", place
    word = match["unit"].lower()
    if word in _SCALES:
        return "?", match.end()
    unit = unit_named(word)
    return (unit, match.end()) if unit else ("", place)
