import enum
import json
import typing
from collections.abc import Iterator
from dataclasses import is_dataclass
from typing import Any

import pytest

from toolmind_assets.model.dialogues import Message, Speaker
from toolmind_assets.settings.context_types import CODEC, CONTEXTS, PARTS, encode_context
from toolmind_assets.stages.dialogues.contexts import UserContext
from toolmind_resources.chat.model import ChatRequest, Role


def parts_of(annotation: Any) -> Iterator[type]:
    """The classes that an annotation names."""
    if isinstance(annotation, type) and not typing.get_args(annotation):
        yield annotation
    for argument in typing.get_args(annotation):
        yield from parts_of(argument)


@pytest.mark.parametrize("known", [*CONTEXTS, *PARTS])
def test_all_that_a_context_is_made_of_can_be_sent(known: type) -> None:
    if is_dataclass(known):
        for annotation in typing.get_type_hints(known).values():
            own = {one for one in parts_of(annotation) if is_dataclass(one) or issubclass(one, enum.Enum)}
            assert own <= {*CONTEXTS, *PARTS}


def test_nothing_more_is_registered_than_contexts_need() -> None:
    reached, left = set(CONTEXTS), list(CONTEXTS)
    while left:
        one = left.pop()
        hints = typing.get_type_hints(one).values() if is_dataclass(one) else ()
        found = {part for hint in hints for part in parts_of(hint)} & {*PARTS} - reached
        reached |= found
        left += found
    assert set(PARTS) <= reached


def test_a_request_is_sent_with_its_role_and_what_the_role_knows(make: Any) -> None:
    context = UserContext(make.tasks()["chained"], (Message(Speaker.USER, "hi"),))
    sent = json.loads(json.dumps(encode_context(ChatRequest(Role.USER_AGENT, (), context=context))))
    assert list(sent) == ["toolmind_context"]
    assert sent["toolmind_context"]["role"] == "user_agent"
    assert CODEC.decode(sent["toolmind_context"]["context"]) == context
