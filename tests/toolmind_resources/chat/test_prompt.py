import pytest

from toolmind_resources.chat.prompt import Prompt, load_prompt
from toolmind_resources.errors import ToolMindError

PROMPT = Prompt("greeting", "Dear $name, it costs $$5. Yours, ${sender}")


def test_every_field_is_filled_once_and_values_are_not_read_for_fields() -> None:
    assert PROMPT.fields == {"name", "sender"}
    assert PROMPT.render(name="$sender", sender="{x}") == "Dear $sender, it costs $5. Yours, {x}"


@pytest.mark.parametrize(
    ("values", "told"),
    [({"name": "a"}, "'sender'"), ({"name": "a", "sender": "b", "goal": "c"}, "'goal'"), ({}, "'name'")],
)
def test_a_field_without_value_or_a_value_without_field_is_named(values: dict[str, str], told: str) -> None:
    with pytest.raises(ToolMindError, match="greeting") as raised:
        PROMPT.render(**values)
    assert told in str(raised.value)


def test_the_digest_changes_with_the_text_alone() -> None:
    assert Prompt("other", PROMPT.text).digest == PROMPT.digest
    assert Prompt("greeting", PROMPT.text + " ").digest != PROMPT.digest
    assert len(PROMPT.digest) == 16


def test_a_shipped_prompt_is_found_by_package_and_name() -> None:
    assert "requests" in load_prompt("toolmind_assets.stages.tasks", "intent_writer").fields
