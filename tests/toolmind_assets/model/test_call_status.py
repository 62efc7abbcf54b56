"""A call failed where its result says so, and only there."""

from typing import Any

import pytest

from toolmind_assets.model.call_status import status_of
from toolmind_assets.model.dialogues import CallStatus
from toolmind_assets.stages.dialogues.simulated_environment import error_result


@pytest.mark.parametrize(
    "result",
    [
        error_result("unavailable", "Try again later."),
        {"error": "no such order"},
        {"errors": [{"code": "E1"}]},
        {"success": False},
        {"ok": False, "error": None},
        {"isError": True},
        {"is_error": True, "content": []},
        {"status": "Failed"},
        {"status": 500},
        {"status_code": 404},
        {"code": 404, "message": "gone"},
        "Error: no such order",
        "The order does not exist.",
    ],
)
def test_a_result_that_says_so_is_one_of_a_failed_call(result: Any) -> None:
    assert status_of(result) is CallStatus.ERROR


@pytest.mark.parametrize("nothing", [None, "", False, 0, [], {}])
@pytest.mark.parametrize("key", ["error", "errors", "exception", "error_message", "errorMessage"])
def test_an_error_field_that_holds_nothing_is_no_failure(key: str, nothing: Any) -> None:
    assert status_of({key: nothing, "id": 7}) is CallStatus.OK


@pytest.mark.parametrize(
    "result",
    [
        {},
        {"status": "ok"},
        {"status": 200},
        {"status": True},
        {"success": None},
        {"isError": False},
        {"code": 404, "a": 1, "b": 2, "c": 3},
        {"n_errors": 3},
        [{"error": "of one row"}],
        "fine",
        "x" * 300 + " not found",
        None,
        False,
        0,
    ],
)
def test_any_other_result_is_one_of_a_call_that_succeeded(result: Any) -> None:
    assert status_of(result) is CallStatus.OK
