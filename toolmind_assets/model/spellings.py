"""How one value can be written: words and numbers without gaps, and the spellings of dates, times, counts."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_]")
_NUMERAL = re.compile(r"(\d+(?:,\d{3})+|\d+)(\.\d+)?(?:\s?(k|m|thousand|million|billion|%)(?![a-z]))?", re.I)
_SCALES = {"k": 3, "thousand": 3, "m": 6, "million": 6, "billion": 9}
_DATE_VALUE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?!\d)")
_WRITTEN_DATE = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_TIME_VALUE = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?\s*([ap]m)?", re.I)
_MONTH_NAMES = "january february march april may june july august september october november december"
_ONE_NAMES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TEN_NAMES = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINAL_NAMES = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
MONTHS = tuple(_MONTH_NAMES.split())
_ONES, _TENS, _ORDINALS = _ONE_NAMES.split(), _TEN_NAMES.split(), _ORDINAL_NAMES.split()
_COUNTS = {1: ("once", "single"), 2: ("twice", "both", "double", "couple", "pair"), 12: ("dozen",)}
_YEAR_AFTER = re.compile(r"(?:st|nd|rd|th)?((?:19|20)\d\d)(?!\d)")
_LONGEST_NUMERAL = 40
_SLICE = 200
"""Characters that are decomposed at a time: runs of accents take time in the square of their length."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way to write a value: lower-case letters and digits without gaps, and what it changes.

    `year` is the year that must not be contradicted directly after it, or empty.
    """

    text: str
    transform: str
    year: str = ""

    def fits(self, page: str, offset: int) -> bool:
        """Whether what follows on the page does not name another year."""
        if not self.year:
            return True
        after = _YEAR_AFTER.match(page, offset + len(self.text))
        return after is None or after.group(1) == self.year


def words_of(text: str) -> list[str]:
    """The words and digit runs of a text in lower case, accents removed, camelCase cut."""
    if not text.isascii():
        text = _without_accents(text)
    return [word.lower() for word in _WORD.findall(text)]


def _without_accents(text: str) -> str:
    """The text decomposed; slice by slice, since decomposing reorders nothing but accents, which go."""
    slices = (text[start : start + _SLICE] for start in range(0, len(text), _SLICE))
    folded = "".join(unicodedata.normalize("NFKD", part) for part in slices)
    return "".join(char for char in folded if not unicodedata.combining(char))


def number_key(value: Any) -> str | None:
    """One text for one number, however it is written; None for what is no number."""
    text = str(value).strip().replace(",", "").lstrip("+-$€£").removesuffix("%").strip()
    if len(text) > _LONGEST_NUMERAL or not re.fullmatch(r"\d+(\.\d+)?", text):
        return None
    return _trim(text)


def _trim(text: str) -> str:
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.lstrip("0") or "0" if not text.startswith("0.") else text


def numbers_in(text: str) -> list[str]:
    """Keys of the numbers that a text names, with what `5k`, `2.5 million` and `50%` amount to."""
    keys: list[str] = []
    for whole, fraction, scale in _NUMERAL.findall(text):
        if len(whole) > _LONGEST_NUMERAL:
            continue
        plain = whole.replace(",", "") + fraction[:_LONGEST_NUMERAL]
        keys.append(_trim(plain))
        if scale == "%":
            keys.append(_shift(plain, -2))
        elif scale:
            keys.append(_shift(plain, _SCALES[scale.lower()]))
    return keys


def _shift(plain: str, places: int) -> str:
    whole, _, fraction = plain.partition(".")
    if places > 0:
        return _trim(whole + fraction[:places].ljust(places, "0") + "." + (fraction[places:] or "0"))
    whole = whole.rjust(1 - places, "0")
    return _trim(f"{whole[:places]}.{whole[places:]}{fraction}")


def spellings(value: Any) -> tuple[Spelling, ...]:
    """The ways to write a scalar, the plainest first; none for a value without letters and digits."""
    if isinstance(value, float):
        return tuple(Spelling(word, "number") for word in _counts(value))
    text = str(value)
    plain = "".join(words_of(text))
    found = [Spelling(plain, "format")] if plain else []
    if text.lower().startswith(("http://", "https://")):
        found.append(Spelling(plain.split("://")[-1].removeprefix("https").removeprefix("http"), "format"))
    if re.fullmatch(r"\d{1,2}", plain):
        found += [Spelling(word, "number") for word in _counts(int(plain))]
    found += [Spelling(tail, "format") for tail in _phone_tails(text, plain)]
    if day := date_of(text):
        found += _day_spellings(*day)
    elif time := _TIME_VALUE.fullmatch(text.strip()):
        found += _time_spellings(time)
    return tuple(dict.fromkeys(found))


def date_of(text: str) -> tuple[int, int, int] | None:
    """Year, month and day of a text that is or begins with a date; None for any other."""
    text = text.strip()
    if match := _DATE_VALUE.match(text):
        year, month, day = map(int, match.groups())
    elif match := _DAY_FIRST.match(text):
        first, second, year = map(int, match.groups())
        month, day = (first, second) if first <= 12 else (second, first)
    elif match := _WRITTEN_DATE.match(text):
        name, day, year = match.group(1).lower(), int(match.group(2)), int(match.group(3))
        month = next((place for place, full in enumerate(MONTHS, 1) if full.startswith(name)), 0)
    else:
        return None
    return (year, month, day) if 1 <= month <= 12 and 1 <= day <= 31 else None


def _day_spellings(year: int, month: int, day: int) -> list[Spelling]:
    name = MONTHS[month - 1]
    days = (str(day), f"{day:02}", f"{day}{_suffix(day)}")
    if day <= len(_ORDINALS):
        days = (*days, _ORDINALS[day - 1])
    texts: list[str] = []
    for month_name in (name, name[:3], "sept" if month == 9 else name[:3]):
        for written in days:
            texts += [month_name + written, month_name + "the" + written, written + month_name]
            texts.append(written + "of" + month_name)
    if not 1900 <= year <= 2100:
        texts = [f"{text}{year}" for text in texts]
    dated = [Spelling(text, "date", str(year)) for text in texts]
    for one, two in ((f"{month:02}", f"{day:02}"), (str(month), str(day))):
        numeric = (
            f"{year}{one}{two}",
            f"{one}{two}{year}",
            f"{two}{one}{year}",
            f"{one}{two}{year % 100:02}",
        )
        dated += [Spelling(text, "date") for text in numeric]
    return dated


def _suffix(day: int) -> str:
    return "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def _time_spellings(match: re.Match[str]) -> list[Spelling]:
    hour, minute, half = int(match.group(1)), match.group(2), (match.group(3) or "").lower()
    hour = hour % 12 + 12 if half == "pm" else hour % 12 if half == "am" else hour
    half = "pm" if hour >= 12 else "am"
    twelve = hour % 12 or 12
    texts = [f"{twelve}{minute}{half}", f"{hour:02}{minute}", f"{hour}{minute}"]
    if minute == "00":
        texts += [f"{twelve}{half}", f"{twelve}oclock"]
        texts += ["noon", "midday"] if hour == 12 else ["midnight"] if hour == 0 else []
    return [Spelling(text, "time") for text in texts]


def _phone_tails(text: str, plain: str) -> list[str]:
    """A telephone number without its country code."""
    if not text.startswith("+") or not plain.isdigit() or len(plain) < 9:
        return []
    return [plain[cut:] for cut in (1, 2, 3) if len(plain) - cut >= 7]


def _counts(value: float) -> list[str]:
    """The words for a small whole number: `three`, `third`, `3rd`, `twice`."""
    if not abs(value) < 100 or value != int(value):
        return ["half"] if value == 0.5 else []
    number = abs(int(value))
    words = list(_COUNTS.get(number, ()))
    if number < 20:
        words.append(_ONES[number])
    else:
        words.append(_TENS[number // 10 - 2] + (_ONES[number % 10] if number % 10 else ""))
    if 1 <= number <= len(_ORDINALS):
        words.append(_ORDINALS[number - 1])
    return [*words, f"{number}{_suffix(number)}"]
