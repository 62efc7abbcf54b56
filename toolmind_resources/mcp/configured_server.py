"""What an MCP server is to us: how it is started or reached, and how far it may go. No I/O.

Starting one is `toolmind_resources.mcp.stdio`, reaching one `toolmind_resources.mcp.http`.
"""

import hashlib
import re
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from toolmind_resources.errors import HIDDEN, ToolMindError

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PIP_REQUIREMENT = re.compile(
    r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?(\[[A-Za-z0-9._,-]+\])?"
    r"((===|==|~=|!=|>=|<=|>|<)[A-Za-z0-9.*+!_-]+(,(===|==|~=|!=|>=|<=|>|<)[A-Za-z0-9.*+!_-]+)*)?"
)
_NPM_PACKAGE = re.compile(
    r"(?P<name>(@[a-z0-9~][a-z0-9._~-]*/)?[a-z0-9~][a-z0-9._~-]*)(@[A-Za-z0-9^~][A-Za-z0-9.+_-]*)?"
)
_SCRIPT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_WAYS = ("command", "pip", "npm", "url")


class McpError(ToolMindError):
    """The tools of an MCP server cannot be listed; the message says why, and what the server said last."""


class McpServer(BaseModel):
    """One MCP server, in one of four ways: a command, a package of pip or npm, or a URL.

    In `command`, `args` and `env`, `{root}` stands for the folder that relative paths start at.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    command: tuple[str, ...] = Field(
        default=(), description="Command that starts the server; a relative path to it starts at `{root}`."
    )
    pip: tuple[str, ...] = Field(
        default=(),
        description="Python package of the server, such as `mcp-server-time==2026.10.19`, or a list of it and what "
        "else its environment is to hold, such as `mcp<2`. Only wheels are installed: no code runs while they are.",
    )
    npm: str = Field(
        default="",
        description="npm package of the server, such as `@modelcontextprotocol/server-memory@2026.8.31`. It is "
        "installed without running its install scripts.",
    )
    url: str = Field(default="", description="URL of the server, which speaks streamable HTTP.")
    script: str = Field(
        default="", description="Which script of the package starts the server, where it has several."
    )
    args: tuple[str, ...] = Field(default=(), description="Arguments of the command or script.")
    env: dict[str, str] = Field(
        default={}, description="Variables that the server is given, beside PATH, HOME, LANG and TMPDIR."
    )
    env_from: tuple[str, ...] = Field(
        default=(),
        description="Variables that the server is given with the values that they have here: its keys.",
    )
    token_env: str = Field(
        default="",
        description="Variable that holds the bearer token for `url`; the token itself stands nowhere.",
    )

    @field_validator("pip", mode="before")
    @classmethod
    def _accept_one(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("command", "args")
    @classmethod
    def _check_words(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        if any("\0" in word for word in words):
            raise _wrong("a word of a command cannot hold a zero byte")
        return words

    @field_validator("pip")
    @classmethod
    def _check_pip(cls, requirements: tuple[str, ...]) -> tuple[str, ...]:
        bare = tuple(requirement.replace(" ", "") for requirement in requirements)
        for requirement in bare:
            if not _PIP_REQUIREMENT.fullmatch(requirement):
                raise _wrong(
                    "this is no name of a package with versions, such as mcp-server-time==2026.10.19; "
                    "start servers that lie elsewhere by `command`"
                )
        return bare

    @field_validator("npm")
    @classmethod
    def _check_npm(cls, package: str) -> str:
        if package and not _NPM_PACKAGE.fullmatch(package):
            raise _wrong(
                "this is no name of a package with a version, such as @scope/server@1.0.0; start servers "
                "that lie elsewhere by `command`"
            )
        return package

    @field_validator("url")
    @classmethod
    def _check_url(cls, url: str) -> str:
        if not url:
            return url
        try:
            parts = urlsplit(url)
            has_host = bool(parts.hostname) and (parts.port is None or parts.port > 0)
        except ValueError as error:
            raise _wrong("this is no URL; URLs are like https://example.com/mcp") from error
        if parts.scheme not in ("http", "https") or not has_host:
            raise _wrong("this is no http or https URL; URLs are like https://example.com/mcp")
        if parts.username is not None or parts.password is not None:
            raise _wrong(
                "a URL must not hold a user or password; name a variable with the token in token_env"
            )
        return url

    @field_validator("script")
    @classmethod
    def _check_script(cls, script: str) -> str:
        if script and not _SCRIPT.fullmatch(script):
            raise _wrong("this is no name of a script of a package")
        return script

    @model_validator(mode="after")
    def _check_ways(self) -> "McpServer":
        ways = [way for way in _WAYS if getattr(self, way)]
        if len(ways) != 1:
            found = f", not {' and '.join(ways)}" if ways else ""
            raise _wrong(f"an MCP server wants one of {', '.join(_WAYS)}{found}")
        if self.url and (self.args or self.env or self.env_from or self.script):
            raise _wrong(
                "a server with a URL is not started here: args, env, env_from and script do not apply"
            )
        if self.token_env and not self.url:
            raise _wrong("token_env goes with url; a server that is started here gets its keys by env_from")
        if self.script and self.command:
            raise _wrong("script goes with pip and npm; a command is itself what is run")
        for name in (*self.env, *self.env_from, *filter(None, [self.token_env])):
            if not _VARIABLE.fullmatch(name):
                raise _wrong(
                    "env, env_from and token_env want names of variables; a key itself stands nowhere"
                )
        if any("\0" in value for value in self.env.values()):
            raise _wrong("the value of a variable cannot hold a zero byte")
        return self

    @property
    def title(self) -> str:
        """What messages call the server: never its arguments, variables, or the query of its URL."""
        if self.url:
            parts = urlsplit(self.url)
            return f"{parts.scheme}://{parts.netloc}{parts.path}"
        return self.npm or next(iter(self.pip), "") or self.command[0]

    @property
    def fingerprint(self) -> str:
        """What tells this description from others, in 32 hex digits."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:32]

    @property
    def package(self) -> str:
        """Bare name of the package that holds the server; empty where there is none."""
        if self.npm:
            return self.npm[: self.npm.rindex("@")] if "@" in self.npm[1:] else self.npm
        return re.split(r"[\[=~!<>]", self.pip[0])[0] if self.pip else ""


class McpLimits(BaseModel):
    """How far a server may go before it is given up.

    The largest of the servers measured, with 46 tools, takes 4 seconds to answer on a busy core and 0.1 MB.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    install_seconds: float = Field(
        default=600.0, gt=0, le=3600, description="Longest installation of a server's package."
    )
    start_seconds: float = Field(
        default=60.0, gt=0, le=600, description="Longest wait for a server's first answer after its start."
    )
    list_seconds: float = Field(
        default=60.0, gt=0, le=600, description="Longest wait for all its tools after that."
    )
    stop_seconds: float = Field(
        default=3.0, gt=0, le=60, description="Wait for a server to end by itself, then after it was told to."
    )
    max_message_bytes: int = Field(
        default=16 * 1024 * 1024, ge=1024, description="Largest message, and longest line, of a server."
    )
    max_output_bytes: int = Field(
        default=64 * 1024 * 1024, ge=1024, description="All that a server may write, messages and noise."
    )
    tail_bytes: int = Field(
        default=2000, ge=0, le=100_000, description="How much of the end of its stderr an error shows."
    )
    max_pages: int = Field(default=200, ge=1, le=100_000, description="Most pages of a list of tools.")
    max_tools: int = Field(default=10_000, ge=1, description="Most tools of one server.")


def _wrong(message: str) -> PydanticCustomError:
    """A finding that shows nothing of the value, in which a password may stand by mistake."""
    return PydanticCustomError(HIDDEN, "{message}", {"message": message})
