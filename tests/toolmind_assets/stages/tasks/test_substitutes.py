from dataclasses import replace
from typing import Any

import pytest

from toolmind_assets.model.functions import Effect
from toolmind_assets.stages.tasks.sampling_context import SamplingContext
from toolmind_assets.stages.tasks.substitutes import could_stand_in

NOTHING = SamplingContext.of([], [])


@pytest.mark.parametrize(
    ("ours", "theirs", "answer"),
    [
        ("get_invoice", "getInvoices", True),
        ("invoices.get", "get_invoice", True),
        ("get_invoice", "get_order", False),
        ("delete_invoice", "get_invoice", False),
        ("send", "send_mail", True),
        ("lookup_invoice", "get_late_invoice", True),
        ("remove_invoice", "delete_invoice", True),
        ("get_invoice_payment", "show_late_invoice", False),
    ],
)
def test_a_function_could_stand_in_for_another_that_its_name_says_does_the_like(
    make: Any, ours: str, theirs: str, answer: bool
) -> None:
    assert could_stand_in(make.function(ours), make.function(theirs), NOTHING) is answer


@pytest.mark.parametrize(
    ("ours", "theirs", "effect", "answer"),
    [
        ("Ends a running subscription at once.", "End running subscriptions.", Effect.DELETE, True),
        ("Ends a running subscription at once.", "End running subscriptions.", Effect.READ, False),
        ("Ends a running subscription at once.", "Pauses a phone number at night.", Effect.DELETE, False),
        ("Ends it.", "Ends it.", Effect.DELETE, False),
    ],
)
def test_a_function_could_stand_in_for_another_that_says_it_does_the_same(
    make: Any, ours: str, theirs: str, effect: Effect, answer: bool
) -> None:
    function = make.function("quit_plan", description=ours, effect=Effect.DELETE)
    withheld = make.function("stop_billing", description=theirs, effect=effect)
    assert could_stand_in(function, withheld, NOTHING) is answer


def test_what_does_whatever_it_is_told_could_stand_in_for_anything(make: Any) -> None:
    withheld = make.function("count_visitors")
    runner = make.function("run_sql_query", effect=Effect.EXECUTE)
    assert could_stand_in(runner, withheld, NOTHING)
    assert not could_stand_in(replace(runner, effect=Effect.READ), withheld, NOTHING)
    assert not could_stand_in(make.function("run_backup", effect=Effect.EXECUTE), withheld, NOTHING)
