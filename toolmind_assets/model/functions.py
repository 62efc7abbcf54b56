"""Functions, from the entry as found to the distinct function."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from toolmind_assets.model.ids import JsonObject
from toolmind_assets.model.pointers import escape

_PROPERTIES = "/parameters/properties/"
OF_CALL = "call"
"""The value of a mark of what belongs to the call itself, and not to its subject."""


class CatalogForm(StrEnum):
    """The forms in which a catalog can be written."""

    OPENAI = "openai"
    """OpenAI function definitions, wrapped or bare, JSON or JSONL."""
    ANTHROPIC = "anthropic"
    """Anthropic tools: `name`, `description`, `input_schema`."""
    GEMINI = "gemini"
    """Gemini function declarations, in either spelling, with upper-case type names."""
    RAPIDAPI = "rapidapi"
    """RapidAPI entries as ToolBench has them: `api_list`, required and optional parameters apart."""
    ROWS = "rows"
    """Rows of a data set: functions in a column, maybe as JSON text, or in the text of a system message."""
    SWAGGER = "swagger"
    """Swagger 2 (OpenAPI 2.0), JSON or YAML; an entry is one operation."""
    DISCOVERY = "discovery"
    """A Google API discovery document; an entry is one method."""
    AWS = "aws"
    """An AWS service model, as botocore has them; an entry is one operation."""
    PYTHON = "python"
    """Python source, read without running it; an entry is one typed function."""
    BFCL = "bfcl"
    """The BFCL dialect: Python, Java or JavaScript type names, rows with a `function` list."""
    OPENAPI = "openapi"
    """OpenAPI 3.x, JSON or YAML; an entry is one operation."""
    MCP = "mcp"
    """The answer of an MCP server to `tools/list`, or another listing of its tools."""


class MarkKind(StrEnum):
    """What a parameter or a field is, beside what its schema says."""

    AUTH = "auth"
    """It proves who calls: a key, a token, a signature."""
    TRANSPORT = "transport"
    """It serves the transport: a content type, an answer's format."""
    PAGINATION = "pagination"
    """It asks for, or leads to, a page of a list."""
    DEPRECATED = "deprecated"
    """Its publisher advises against it."""
    IDEMPOTENCY = "idempotency"
    """It makes a repeated call do nothing more than the first."""
    IDENTIFIER = "identifier"
    """It names a resource."""
    UNIT = "unit"
    """A number of something that can be measured."""


class Effect(StrEnum):
    """What a call does to the world."""

    READ = "read"
    """Looks something up or computes; nothing changes."""
    CREATE = "create"
    """Makes something new."""
    UPDATE = "update"
    """Changes something that is there."""
    DELETE = "delete"
    """Removes something."""
    EXECUTE = "execute"
    """Sets something going whose effect is none of the above alone."""


class Domain(StrEnum):
    """A small taxonomy of what a function is about."""

    FINANCE = "finance"
    COMMERCE = "commerce"
    TRAVEL = "travel"
    MOBILITY = "mobility"
    WEATHER = "weather"
    HEALTH = "health"
    EDUCATION = "education"
    SCIENCE = "science"
    MATHEMATICS = "mathematics"
    DATA = "data"
    SOFTWARE = "software"
    CLOUD = "cloud"
    FILES = "files"
    COMMUNICATION = "communication"
    PRODUCTIVITY = "productivity"
    MEDIA = "media"
    SPORT = "sport"
    FOOD = "food"
    HOME = "home"
    LAW = "law"
    PEOPLE = "people"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class CatalogFile:
    """One file of a catalog.

    Attributes:
        catalog: Name of the configured source; the partition.
        file: Path inside the catalog, with forward slashes.
        form: How it is written; empty where no form was recognised.
        n_bytes: Its size.
        file_digest: SHA-256 of the bytes; empty where they were not read.
        n_entries: Entries found, kept or not; 1 for a file that could not be read, 0 for one of no form that others
            refer to, as a part of theirs.
        source: Where the catalog was published.
        source_version: Version of that publication.
        licence: SPDX id or the name that the source states.
    """

    catalog: str
    file: str
    form: str
    n_bytes: int
    file_digest: str
    n_entries: int
    source: str
    source_version: str
    licence: str


@dataclass(frozen=True, slots=True)
class RawFunction:
    """One catalog entry as found.

    Attributes:
        entry_id: Hashes catalog and location.
        catalog: Name of the configured source; the partition.
        document: File, or file and line, that it stands in; what it refers to are `RawComponent`s of the same.
        location: The document, and the place in it.
        form: How it is written.
        raw_json: The entry's own JSON, references as they are.
        source: Where the catalog was published.
        source_version: Version of that publication.
        licence: SPDX id or the name that the source states.
        entry_digest: SHA-256 of `raw_json`.
    """

    entry_id: str
    catalog: str
    document: str
    location: str
    form: CatalogForm
    raw_json: str
    source: str
    source_version: str
    licence: str
    entry_digest: str


@dataclass(frozen=True, slots=True)
class RawComponent:
    """A part of a document that its entries refer to, directly or not, as found; each stands here once.

    Attributes:
        catalog: Name of the configured source; the partition.
        document: File, or file and line, that it stands in.
        reference: How entries and other components refer to it.
        raw_json: Its JSON, references as they are.
    """

    catalog: str
    document: str
    reference: str
    raw_json: str


@dataclass(frozen=True, slots=True)
class Repair:
    """One change that normalising made: a stable code, where (RFC 6901 pointer), and from what to what."""

    code: str
    path: str
    detail: str


@dataclass(frozen=True, slots=True)
class FunctionSource:
    """Where a distinct function was found; one of possibly several places."""

    entry_id: str
    catalog: str
    location: str
    source: str
    source_version: str
    licence: str


@dataclass(frozen=True, slots=True)
class NormalizedSpec:
    """One entry in canonical form, before duplicates are folded.

    Attributes:
        entry_id: The raw entry.
        catalog: The partition.
        function_key: Stable across versions: hashes source, namespace and source name.
        function_digest: Hashes the content: source name, description, parameters, returns.
        source_name: Name as found.
        namespace: API, server, class or file of tool definitions that the function belongs to; may be empty.
        description: Plain text, kept whole.
        short_description: Its first sentences, for prompts that show many functions.
        parameters: JSON Schema 2020-12 of type object.
        returns: JSON Schema 2020-12 of the result, or None where the source states none.
        effect, domain: Derived by stated rules.
        is_idempotent: Whether the same call, made again, changes nothing more.
        is_deprecated: Whether its publisher advises against it.
        marks: What its parameters and fields are: `{path, kind, resource, value}`, see `MarkKind`.
        repairs: What was changed to get here.
    """

    entry_id: str
    catalog: str
    location: str
    function_key: str
    function_digest: str
    source_name: str
    namespace: str
    description: str
    short_description: str
    parameters: JsonObject
    returns: JsonObject | None
    effect: Effect
    domain: Domain
    is_idempotent: bool
    is_deprecated: bool
    marks: tuple[JsonObject, ...]
    repairs: tuple[Repair, ...]
    source: str
    source_version: str
    licence: str


@dataclass(frozen=True, slots=True)
class Completion:
    """What a chat model made of what a function's source leaves out.

    Attributes:
        function_digest: The content, as normalised, that was completed.
        inferred: RFC 6901 pointers to what is inferred, such as `/description`,
            `/parameters/properties/city/type` and `/returns`.
        description: The completed description; None where it is the source's.
        parameters: The completed parameters, whole; None where nothing in them is inferred.
        returns: The completed schema of the result, whole; None where nothing in it is inferred.
        model: The model that was asked.
        prompt_digest: Digest of its prompt.
        settings_digest: Hashes models, parameters, prompt and code.
        raw_reply_digest: SHA-256 of its reply.
    """

    function_digest: str
    inferred: tuple[str, ...]
    description: str | None
    parameters: JsonObject | None
    returns: JsonObject | None
    model: str
    prompt_digest: str
    settings_digest: str
    raw_reply_digest: str


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """One distinct function: what `NormalizedSpec` says, with a unique legal name and all its sources.

    Attributes:
        function_id: Hashes key and digest; changes when the function changes in its source.
        function_digest: Hashes the content that the source states, without what is inferred.
        name: Unique over all functions, and legal for the OpenAI API: `[A-Za-z0-9_-]{1,64}`.
        source, source_version, licence: Of the first source, in the order of catalog and location.
        sources: Every place where the same function was found.
        inferred: RFC 6901 pointers to what no source states and a chat model completed.
    """

    function_id: str
    function_key: str
    function_digest: str
    name: str
    source_name: str
    namespace: str
    description: str
    parameters: JsonObject
    returns: JsonObject | None
    effect: Effect
    domain: Domain
    source: str
    source_version: str
    licence: str
    short_description: str = ""
    is_idempotent: bool = False
    is_deprecated: bool = False
    marks: tuple[JsonObject, ...] = ()
    sources: tuple[FunctionSource, ...] = field(default=())
    inferred: tuple[str, ...] = ()

    def __hash__(self) -> int:
        """Of the id alone, so that what follows from functions can be kept by them."""
        return hash(self.function_id)

    def for_callers(self) -> "FunctionSpec":
        """The function without what serves the transport or proves who calls: that is not for a model to fill in."""
        hidden = {
            mark["path"]
            for mark in self.marks
            if mark["kind"] in (MarkKind.AUTH, MarkKind.TRANSPORT) and mark.get("value") == OF_CALL
        }
        if not hidden:
            return self
        properties = self.parameters.get("properties", {})
        shown = {
            name: member
            for name, member in properties.items()
            if f"{_PROPERTIES}{escape(name)}" not in hidden
        }
        parameters = {**self.parameters, "properties": shown}
        if "required" in parameters:
            parameters["required"] = [
                name for name in parameters["required"] if name in shown or name not in properties
            ]
        return replace(self, parameters=parameters)

    def as_tool(self) -> JsonObject:
        """The OpenAI tool definition, whole."""
        function = {"name": self.name, "description": self.description, "parameters": self.parameters}
        return {"type": "function", "function": function}
