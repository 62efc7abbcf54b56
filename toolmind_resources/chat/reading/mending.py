"""What a reader puts right in a reply, each by its name."""

from enum import StrEnum


class Mending(StrEnum):
    """One thing that was put right in a reply."""

    STREAM = "stream"
    """A stream of events, where none was asked for, became one reply."""
    FUNCTION_CALL = "function_call"
    """The field `function_call` of 2023 became a tool call."""
    CHANNELS = "channels"
    """Channels of the harmony form (gpt-oss) were told apart."""
    THOUGHTS_IN_CONTENT = "thoughts_in_content"
    """Thoughts stood in the text."""
    SPECIAL_TOKEN = "special_token"
    """Tokens of a chat template, and what was written beyond the end of the turn, went."""
    CODE_FENCE = "code_fence"
    """The JSON stood in a code fence."""
    TEXT_AROUND = "text_around"
    """Words stood around the JSON."""
    JSON_REPAIRED = "json_repaired"
    """The JSON broke the grammar, and there was one way to read it."""
    JSON_TWICE = "json_twice"
    """The JSON was encoded as a JSON string."""
    JSON_UNWRAPPED = "json_unwrapped"
    """The JSON stood in an object around it."""
    CALLS_IN_TEXT = "calls_in_text"
    """Calls were written as text, in the notation of a model."""
    ARGUMENTS_TWICE = "arguments_twice"
    """Arguments were encoded as a JSON string."""
