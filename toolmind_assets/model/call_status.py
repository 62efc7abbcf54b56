"""Whether a call failed: the one answer that simulated dialogues, open sets and judges share."""

import re
from typing import Any

from toolmind_assets.model.dialogues import CallStatus

_ERROR_TEXT = re.compile(
    r"\W*(error|exception|traceback|failed|failure|invalid|unauthori[sz]ed|forbidden|bad request)\b", re.I
)
_NOT_FOUND = re.compile(r"\b(not found|does not exist|no such|unknown function|permission denied)\b", re.I)
_BAD_STATUS = re.compile(r"error|fail(ed|ure)?|denied|rejected|exception", re.I)
_ERROR_KEYS = ("error", "errors", "exception", "error_message", "errorMessage")
_ERROR_FLAGS = ("isError", "is_error")
SUCCESS_FLAGS = ("success", "ok", "succeeded")
_STATUS_KEYS = ("status", "status_code", "statusCode", "code")
_HTTP_ERRORS = range(400, 600)
_LONGEST_MESSAGE = 200
_LARGEST_CODED = 3
"""Members of an object up to which a bare `code` is a status rather than a code of something."""


def status_of(result: Any) -> CallStatus:
    """How the call ended that gave this result: a parsed JSON value, or the text where it is none.

    An object says that the call failed by an `error` or the like that is neither null, false, zero nor
    empty; by `success` or `ok` false; by a failing word as its `status`; or by an HTTP status from 400 on.
    A text says so by how it begins, or by being short and saying that something is not there. Any other
    value is the result of a call that succeeded.
    """
    if isinstance(result, str):
        has_failed = _text_has_failed(result)
    else:
        has_failed = isinstance(result, dict) and _object_has_failed(result)
    return CallStatus.ERROR if has_failed else CallStatus.OK


def _text_has_failed(text: str) -> bool:
    is_short = len(text) < _LONGEST_MESSAGE
    return bool(_ERROR_TEXT.match(text)) or (is_short and bool(_NOT_FOUND.search(text)))


def _object_has_failed(result: dict[str, Any]) -> bool:
    return (
        any(result.get(key) for key in _ERROR_KEYS)
        or any(result.get(key) is True for key in _ERROR_FLAGS)
        or any(result.get(key) is False for key in SUCCESS_FLAGS)
        or any(_is_failing_status(key, result) for key in _STATUS_KEYS)
    )


def _is_failing_status(key: str, result: dict[str, Any]) -> bool:
    status = result.get(key)
    if isinstance(status, str):
        return _BAD_STATUS.fullmatch(status) is not None
    is_http_error = isinstance(status, int) and not isinstance(status, bool) and status in _HTTP_ERRORS
    return is_http_error and (key != "code" or len(result) <= _LARGEST_CODED)
