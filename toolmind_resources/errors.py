"""The base of every error that this project raises on purpose."""

from dataclasses import dataclass

HIDDEN = "hidden"
"""Type of a validation error whose input may be a secret, and is not to be shown."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What an endpoint said where it gave no reply.

    Attributes:
        status: Status of the answer; 200 where it was no reply all the same.
        text: The answer, without the key.
    """

    status: int
    text: str


class ToolMindError(Exception):
    """Says what was wrong, with which value, where, and what to do about it.

    The command line prints the message alone; any other exception is a defect of ours and keeps its
    traceback. Children take the message as their only argument, so that they survive pickling between
    worker processes.

    Attributes:
        refusal: What an endpoint said, where the error tells of that.
    """

    refusal: Refusal | None = None


class StoreError(ToolMindError):
    """A table could not be read, or a frame does not fit the table that it was meant for."""


class ChatError(ToolMindError):
    """One request could not be answered: what was being made with it is dropped, and the rest goes on."""


class EndpointError(ToolMindError):
    """An endpoint cannot be used, whatever it is asked: the step stops, and every reply so far is kept."""


class UnansweredError(EndpointError):
    """A request was not answered in any try, and no other was either: whose fault it is cannot be told yet."""


class UselessRoleError(EndpointError):
    """A model answers one of its roles, and never so that the role could use it: the step stops."""


class StoppedError(EndpointError):
    """The run was told to stop: nothing more is asked, and every reply so far is kept."""


class BudgetError(ToolMindError):
    """The next call would pass the budget: the step stops, and every reply so far is kept."""


class EmbedError(ToolMindError):
    """An embedder could not be reached, or its answer does not fit what was asked."""


class FileAccessError(StoreError):
    """A file or folder that was asked for is not there, or cannot be listed."""
