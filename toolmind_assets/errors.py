"""The pipeline's errors.

ToolMindError                 (toolmind_resources.errors)
├── ConfigError               toolmind.yaml or the catalog manifest is wrong; names file, line and key
├── InputError                a file or an argument that a user gave cannot be used
├── StoreError, EmbedError    (toolmind_resources.errors)
│   └── FileAccessError       a file or folder that was named cannot be read (a StoreError)
├── ChatError                 one request cannot be answered; what was made with it becomes a dropped row
├── EndpointError             an endpoint cannot be used at all; the step stops, paid replies are kept
│   └── StoppedError          the run was told to stop; the same
├── BudgetError               the next call would pass the budget; the same
├── McpError                  the tools of a live MCP server cannot be listed (toolmind_resources.mcp.configured_server)
├── HubError                  a file of the Hugging Face hub cannot be had (toolmind_resources.files.hub)
└── OutputError               a folder or file cannot be written (toolmind_resources.files.output)

A bad *entry* of a catalog, a failing dialogue or turn is data, not an error: it becomes a dropped row.
"""

from pydantic_core import PydanticCustomError

from toolmind_resources.errors import ChatError, EmbedError, StoreError, ToolMindError

__all__ = [
    "ChatError",
    "ConfigError",
    "EmbedError",
    "InputError",
    "Interrupted",
    "StoreError",
    "ToolMindError",
    "wrong_setting",
]


class ConfigError(ToolMindError):
    """The configuration cannot be used: the message names the file, the line, the key and the fix."""


class InputError(ToolMindError):
    """A file, folder or argument given on the command line cannot be used."""


class Interrupted(KeyboardInterrupt):
    """A signal has ended the command.

    Attributes:
        number: The signal's.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def wrong_setting(message: str) -> PydanticCustomError:
    """A finding of a validator whose message stands as it is beside file, line and key."""
    return PydanticCustomError("wrong", "{message}", {"message": message})
