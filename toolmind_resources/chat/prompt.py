"""Prompts: Markdown files with `$fields`, in the stage that asks them."""

import hashlib
import string
from dataclasses import dataclass
from importlib import resources

from toolmind_resources.errors import ToolMindError


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt text with its `$fields`."""

    name: str
    text: str

    @property
    def digest(self) -> str:
        """First 16 hex digits of the text's SHA-256; it stands in every row made with the prompt."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]

    @property
    def fields(self) -> frozenset[str]:
        """Names of the fields that the text asks for."""
        return frozenset(string.Template(self.text).get_identifiers())

    def render(self, **values: str) -> str:
        """The text with every field filled.

        Raises:
            ToolMindError: a field of the text has no value, or a value has no field.
        """
        if values.keys() != self.fields:
            missing, unknown = sorted(self.fields - values.keys()), sorted(values.keys() - self.fields)
            raise ToolMindError(
                f"prompt {self.name!r}: fields without a value: {missing}; values without a field: {unknown}"
            )
        return string.Template(self.text).substitute(values)


def load_prompt(package: str, name: str) -> Prompt:
    """The prompt `<package>/prompts/<name>.md`, shipped with the package."""
    path = resources.files(package).joinpath("prompts", f"{name}.md")
    return Prompt(name, path.read_text(encoding="utf-8"))
