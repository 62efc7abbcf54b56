"""Formats and patterns that prose states: dates by a mask, ISO 8601, e-mail, URL, UUID, IP addresses."""

import re
from typing import Any

from toolmind_assets.stages.specs.word_splitting import mentions

_MASK = re.compile(
    r"(?<![\w/:.%-])(?:yyyy|mm|dd|hh)(?:[-/.:]?(?:yyyy|mm|dd|hh|mi|ss|sss)){0,5}(?:[T ]?'?T?'?hh:mm(?::ss)?(?:\.s+)?(?:Z|[+-]hh:?mm)?)?(?![\w/:%-])",
    re.IGNORECASE,
)
_DATE_TIME = re.compile(r"(?i)\AYYYY-MM-DD'?T'?hh:mm:ss(?:\.s+)?(?P<zone>Z|[+-]hh:?mm)\Z")
_PARTS = re.compile(r"(?i)yyyy|mm|dd|hh|mi|sss|ss|.", re.DOTALL)
_ISO = re.compile(r"(?i)\b(?:iso[ -]?8601|rfc[ -]?3339)\b")
_STAMP = re.compile(r"(?i)\b(?:timestamp|date-?time|date and time|date/time|time ?stamp)\b")
_OTHERS = re.compile(
    r"(?i)\bor\b|\beither\b|comma|separated|\blist of\b|\brange\b|duration|period|interval|relative|epoch|unix|expression|\be\.g\. ?(?:today|now)|partial|prefix|filter|multiple|template"
)
_UUID = re.compile(
    r"(?i)\A(?:an? |the |unique )?(?:\w+ ){0,3}(?:uuid|guid)(?: \(?(?:v4|of|for|identifying|that)\b|[.,;)]|\Z)"
    r"|[(\[](?:uuid|guid)(?: v4)?[)\]]|\bin uuid(?: v4)? format\b|\bmust be a(?: valid)? uuid\b|\ba uuid(?: v4)?(?:[.,;)]|\Z)"
)
_EMAIL = re.compile(
    r"(?i)\be-?mail address\b|\A(?:the )?(?:\w+(?:'s)? ){0,3}e-?mail(?: of [\w ]+)?\.?\Z|\bvalid e-?mail\b"
)
_EMAIL_NAME = re.compile(r"(?i)(?:e_?-?mail|e_?mail_?address)\Z")
_URL = re.compile(r"(?i)\b(?:url|uri)\b")
_URL_NAME = re.compile(r"(?:\A|[a-z_-])(?:[Uu]rl|URL|[Uu]ri|URI)\Z")
_NO_URL = re.compile(
    r"(?i)\bpath\b|relative|\bor\b|slug|segment|encod|pattern|regex|wildcard|\bname\b|template|\bid\b|domain|query|suffix|prefix|arn\b|s3|gs:|resource|placeholder|pars|hostname|list|comma|partial|fragment|endpoint|begin|start"
)
_NAMES_A_FORMAT = re.compile(r"(?i)format|pattern|mask")
_IP = re.compile(r"(?i)\bip(v[46]) address(?! (?:range|block|pool|version|type|family|cidr))\b")
_NO_IP = re.compile(
    r"(?i)cidr|\bor\b|range|block|list|subnet|prefix|mask|network|comma|pool|dns|whether|ipv4.*ipv6|ipv6.*ipv4|number of"
)
_DATE_CUES = ("iso", "rfc", "yyyy", "hh:", "hhmm")


def read_format(name: str, text: str, lowered: str) -> dict[str, Any]:
    """`format` where JSON Schema has one, `pattern` for other masks of dates; none where several are named."""
    if mentions(lowered, _DATE_CUES):
        if _NAMES_A_FORMAT.search(name):
            return {}
        masks = {match.group() for match in _MASK.finditer(text) if len(match.group()) > 4}
        if masks or _ISO.search(text):
            return _read_date(text, masks)
    if ("uuid" in lowered or "guid" in lowered) and _UUID.search(text) and not _OTHERS.search(text):
        return {"format": "uuid"}
    if "ipv" in lowered and (address := _IP.search(text)) and not _NO_IP.search(text):
        return {"format": f"ip{address.group(1).lower()}"}
    return _read_address(name, text, lowered)


def _read_address(name: str, text: str, lowered: str) -> dict[str, Any]:
    if "mail" in lowered and _EMAIL_NAME.search(name) and _EMAIL.search(text) and not _OTHERS.search(text):
        return {"format": "email"}
    if ("url" in lowered or "uri" in lowered) and _URL_NAME.search(name):
        return {"format": "uri"} if _URL.search(text) and not _NO_URL.search(text) else {}
    return {}


def _read_date(text: str, masks: set[str]) -> dict[str, Any]:
    if _OTHERS.search(text) or len(masks) > 1:
        return {}
    if not masks:
        return {"format": "date-time"} if _STAMP.search(text) else {}
    mask = masks.pop()
    if mask.upper() == "YYYY-MM-DD":
        return {} if _STAMP.search(text) or re.search(r"(?i)\btime\b|hh", text) else {"format": "date"}
    if _DATE_TIME.match(mask):
        return {"format": "date-time"}
    if not any(mark in mask for mark in "-/.:") and len(mask) < 6:
        return {}
    parts = (
        part
        if part == "T"
        else rf"\d{{{len(part)}}}"
        if part.isalpha() and len(part) > 1
        else "\\."
        if part == "."
        else part
        for part in _PARTS.findall(mask)
        if part != "'"
    )
    pattern = "".join(parts)
    return {} if re.search(r"[A-SU-Za-ce-z]", pattern.replace(r"\d", "")) else {"pattern": f"^{pattern}$"}
