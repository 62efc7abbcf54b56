"""What a parameter or a field of a result is there for, besides the matter itself.

The rules go by the words of the name (`pageToken`, `page_token` and `page[token]` are one), and where a name
alone says too little, such as `limit` or `token`, by what the description says beside it.
"""

import re
from functools import lru_cache
from typing import Any

from toolmind_assets.model.functions import MarkKind
from toolmind_assets.stages.specs.word_splitting import name_words

MAX_CHARS = 1500
"""What stands further back in a description is not read."""


def _names(text: str) -> frozenset[str]:
    return frozenset(name.strip() for name in text.split(","))


_AUTH = _names(
    "api key, apikey, api token, api secret, access token, accesstoken, access key, auth token, auth key, authtoken, "
    "authentication token, authorization, authorization token, authorization header, bearer, bearer token, "
    "oauth token, oauth access token, security token, subscription key, private token, client secret, "
    "app key, application key, secret key, app secret, jwt, jwt token, session token, rapidapi key, auth, signature token, "
    "personal access token, developer token, user token, service token, service key, oauth signature, oauth consumer key"
)
"""Names that say it alone, also behind other words (`X-Api-Key`)."""
_AUTH_MAYBE = _names("token, key, api, appid, app id, signature, secret, sig, apitoken, user key")
_AUTH_TEXT = re.compile(
    r"(?i)\bapi[ _-]?(?:key|token|access)|\baccess[ _-]token|\boauth|\bauthenticat|\bauthoriz|\bbearer\b|\bcredential|\bsigned request|\bpermission to call"
)
_PAGE_WORDS = (
    "page, page number, page num, page no, pageno, pagenumber, page index, page size, pagesize, page limit, page offset, page token, "
    "pagetoken, page cursor, page count, page key, page marker, current page, per page, perpage, items per page, results per page, records per page, next token, "
    "nexttoken, next page token, next page, next cursor, next marker, next link, next key, next page key, next page link, next page url, "
    "previous page, previous cursor, prev cursor, prev page, prev page token, previous page token, previous token, continuation token, continuation, pagination token, pagination key, "
    "starting token, starting after, ending before, start cursor, end cursor, cursor, cursor mark, scroll id, max results, maxresults, max "
    "items, max keys, max records, max page size, exclusive start key, last evaluated key, has more, has more items, has next, has next page, has previous "
    "page, has prev, is truncated, is last page, total count, totalcount, total pages, total page count, total results, total items, total records, total size, total hits, "
    "total elements, page info, pagination, paging, number of pages, num pages, page total, first page, last page, sync token, next sync token, odata next link, odata count"
)
_PAGINATION = _names(_PAGE_WORDS)
_PAGINATION_MAYBE = _names(
    "limit, offset, skip, top, size, start, count, marker, first, last, after, before, from, to, rows, start index, start at, start key, "
    "total, next, previous, prev, n, max, take, max count, number of results, num results, since id, max id, results, last key, bookmark"
)
_PAGE_TEXT = re.compile(
    r"""(?ix)\bpag(?:e|es|inat\w+|ing)\b|\bcursor\b|\boffset\b|\bnext\s(?:set|batch|token|\d)|\bcontinu
    |\b(?:number|count|amount)\sof\s(?:the\s)?(?:\w+\s){0,4}?(?:to\s(?:return|retrieve|fetch|skip|show|list|get|display|include)|returned|skipped|retrieved|per\s)
    |\b(?:limit|maximum|max)\b.{0,40}\b(?:return|results|records|items|entries|rows|retriev)
    |\bresults?\s(?:to\s(?:return|skip|start)|returned|per)\b|\bskip\b.{0,30}\b(?:results|items|records|rows|first)
    |\b(?:first|starting)\s(?:result|record|item|index|row)\b
    |\b(?:total|overall)\s(?:number|count)\sof\b.{0,60}\b(?:available|return|retriev|found|match|result|in\sthe\s(?:list|set|collection|response))
    |\b(?:top|first|last)\sn\b|\blimits?\sthe\s(?:number|results?|response)\b"""
)
_DEPRECATED = re.compile(
    r"""(?ix)\A\W*deprecated\b|\A[^.\n,]{0,80}[(\[*_]deprecated[)\]*_]|[.!\n]\W{0,4}deprecated(?:[:.,!*]|\s(?:in|since|as|by|and|use|please|due|from)\b|\s*\Z)
    |\b(?:this|it)\s(?:\w+\s){0,2}(?:is|has\sbeen|was|are)\s(?:now\s|being\s|officially\s)?deprecated\b|\A[^.\n]{0,80}\s(?:is|has\sbeen)\s(?:now\s)?deprecated\b"""
)
_SPEAKS_OF_OTHERS = re.compile(r"(?i)\W*(?:if|whether|indicates|true|set|when)\b")
_IDEMPOTENCY = _names(
    "client token, clienttoken, idempotency key, idempotency token, idempotent key, idempotent token, idempotency, client "
    "request token, creation token, idempotencykey, client idempotency token, retry token, client request id"
)
_TRANSPORT = _names(
    "if match, if none match, if modified since, if unmodified since, if range, accept encoding, accept charset, user agent, "
    "traceparent, tracestate, correlation id, trace id, trace span"
)
"""Headers of conditional requests and of the negotiation of content (RFC 9110), and of traces (W3C Trace Context)."""
_IDEMPOTENT_TEXT = re.compile(r"(?i)\bidempoten")
_TOKEN_ENDINGS = frozenset(("key", "token", "id", "uuid", "guid", "nonce"))
_SCALARS = frozenset(("string", "integer", "number"))


def marks_of(name: str, schema: dict[str, Any], description: str) -> tuple[MarkKind, ...]:
    """The marks of a parameter, or of a field of a result, in the order in which they are asked for.

    A field of a compound type serves nothing but itself, except for objects that are called `paging` and the like.
    """
    description = description[:MAX_CHARS]
    marks: list[MarkKind] = []
    json_type = schema.get("type")
    is_text = json_type in (None, "string") or isinstance(json_type, list)
    kind, maybe = _kinds(name)
    if is_text and (kind is MarkKind.AUTH or (maybe is MarkKind.AUTH and _AUTH_TEXT.search(description))):
        marks.append(MarkKind.AUTH)
    if (kind is MarkKind.PAGINATION and json_type != "array") or (
        maybe is MarkKind.PAGINATION
        and json_type not in ("array", "object", "boolean")
        and _PAGE_TEXT.search(description)
    ):
        marks.append(MarkKind.PAGINATION)
    if is_text and kind is MarkKind.TRANSPORT:
        marks.append(MarkKind.TRANSPORT)
    if schema.get("deprecated") is True or _is_deprecated(description):
        marks.append(MarkKind.DEPRECATED)
    if is_text and (kind is MarkKind.IDEMPOTENCY or _is_idempotency_key(name, description)):
        marks.append(MarkKind.IDEMPOTENCY)
    return tuple(marks)


def names_no_mark(name: str) -> bool:
    """Whether the name alone gives no cause for a mark, whatever is said beside it."""
    return _kinds(name) == (None, None)


@lru_cache(maxsize=100_000)
def _kinds(name: str) -> tuple[MarkKind | None, MarkKind | None]:
    """What the words of a name say alone, and what they would say with a fitting description."""
    words = name_words(name)
    whole = " ".join(words)
    # `X-Api-Key`, `$top`, `options.pageSize`: what stands before is a prefix of the wire, or the object.
    last_part = (
        " ".join(name_words(re.split(r"[.\[]", name.rstrip("]"))[-1]))
        if "." in name or "[" in name
        else whole
    )
    for text in (whole, last_part, whole.removeprefix("x ")):
        if text in _IDEMPOTENCY:
            return MarkKind.IDEMPOTENCY, None
        if text in _PAGINATION:
            return MarkKind.PAGINATION, None
        if text in _PAGINATION_MAYBE:
            return None, MarkKind.PAGINATION
    if any(" ".join(words[-length:]) in _IDEMPOTENCY for length in (2, 3)):
        return MarkKind.IDEMPOTENCY, None
    if whole.removeprefix("x ") in _TRANSPORT or " ".join(words[-2:]) in ("trace span", "correlation id"):
        return MarkKind.TRANSPORT, None
    if whole in _AUTH or (len(words) < 6 and any(" ".join(words[-length:]) in _AUTH for length in (2, 3))):
        return MarkKind.AUTH, None
    return None, MarkKind.AUTH if last_part in _AUTH_MAYBE else None


def _is_deprecated(description: str) -> bool:
    if "eprecated" not in description and "EPRECATED" not in description:
        return False
    return not _SPEAKS_OF_OTHERS.match(description) and _DEPRECATED.search(description) is not None


def _is_idempotency_key(name: str, description: str) -> bool:
    if "dempoten" not in description or not _IDEMPOTENT_TEXT.search(description):
        return False
    words = name_words(name)
    return bool(words) and words[-1] in _TOKEN_ENDINGS
