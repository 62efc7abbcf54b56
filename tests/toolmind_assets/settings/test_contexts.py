import json
from typing import Any

from toolmind_assets.model.dialogues import Message, Speaker
from toolmind_assets.settings.context_types import context_codec, encoder_of
from toolmind_assets.stages.dialogues.contexts import UserContext
from toolmind_assets.stages.registry import PIPELINE
from toolmind_resources.chat.model import ChatRequest, Role

CODEC = context_codec(PIPELINE)


def test_a_request_is_sent_with_its_role_and_what_the_role_knows(make: Any) -> None:
    context = UserContext(make.tasks()["chained"], (Message(Speaker.USER, "hi"),))
    sent = json.loads(json.dumps(encoder_of(CODEC)(ChatRequest(Role("user_agent"), (), context=context))))
    assert list(sent) == ["toolmind_context"]
    assert sent["toolmind_context"]["role"] == "user_agent"
    assert CODEC.decode(sent["toolmind_context"]["context"]) == context
