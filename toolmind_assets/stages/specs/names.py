"""Names that chat endpoints accept, unique over all functions, and the same after a refresh.

The limit is OpenAI's for function names: `[A-Za-z0-9_-]`, at most 64 characters. The rule is stated in
docs/adr/0011-names-and-identity.md.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import count

from toolmind_assets.model.ids import digest

MAX_CHARS = 64
MAX_QUALIFIER_CHARS = 24
"""Characters of a name that its namespace may take, so that the function's own name stays readable."""
_ILLEGAL = re.compile(r"[^A-Za-z0-9_-]+")
_LEGAL = re.compile(r"[A-Za-z0-9_-]{1,64}")
_HTTP_NAME = re.compile(r"([A-Z]+) /")
_WORD = re.compile(r"[a-z0-9]+")
_SAYS_NOTHING = frozenset({"a", "an", "api", "apis", "documentation", "for", "of", "rest", "service", "the"})
_KEY_DIGITS = 6
_DIGEST_DIGITS = (6, 12, 20)


@dataclass(frozen=True, slots=True)
class Unnamed:
    """What a function is named by.

    Attributes:
        function_id: Tells it from every other function.
        function_key: Stays when the function changes.
        function_digest: Changes with it.
        source_name: Name as found.
        namespace: API, server or class; may be empty.
    """

    function_id: str
    function_key: str
    function_digest: str
    source_name: str
    namespace: str


KnownName = tuple[str, str, str]
"""Key, digest and name of a function in the last version of the table."""


def legal_name(source_name: str) -> str:
    """The name with illegal characters replaced; a digest of it where it is too long or nothing is left.

    `GET /v1/users/{id}`, the name of an operation without an id, becomes `get_v1_users_id`.
    """
    text = source_name
    if match := _HTTP_NAME.match(text):
        text = match.group(1).lower() + text[match.end(1) :]
    plain = _without_accents(text)
    name = _ILLEGAL.sub("_", plain).strip("_") or _ILLEGAL.sub("", plain)
    if not name:
        return f"function_{digest(source_name)[:8]}"
    if len(name) > MAX_CHARS:
        return f"{name[: MAX_CHARS - 9]}_{digest(source_name)[:8]}"
    return name


def name_functions(functions: Sequence[Unnamed], known: Iterable[KnownName] = ()) -> dict[str, str]:
    """Function id -> a legal name of its own, whatever the order of the functions.

    A function that was there keeps its name, changed or not. Any other gets the first of these that no other
    function has or wants: its own name, that with its namespace before it (itself where there is none, or where
    the name begins with it), that with digits of its key, and, for functions that share even the key, its own
    name with digits of its digest. All that want one name at once do without it.

    Args:
        functions: All functions; each id once.
        known: The functions of the last version of the table.
    """
    names = _kept_names(functions, known)
    taken = set(names.values())
    unnamed = [one for one in functions if one.function_id not in names]
    bases = {one.function_id: legal_name(one.source_name) for one in unnamed}
    for choice in _choices(bases):
        wanted = [choice(one) for one in unnamed]
        counts = Counter(wanted)
        left: list[Unnamed] = []
        for one, name in zip(unnamed, wanted, strict=True):
            if counts[name] == 1 and name not in taken:
                names[one.function_id] = name
            else:
                left.append(one)
        taken.update(name for name in wanted if counts[name] == 1)
        unnamed = left
        if not unnamed:
            break
    return names


def _kept_names(functions: Sequence[Unnamed], known: Iterable[KnownName]) -> dict[str, str]:
    """Names of the functions that were there: told by key and digest, else by the key alone."""
    left: dict[str, dict[str, str]] = {}
    seen: set[str] = set()
    for key, function_digest, name in sorted(known, reverse=True):
        if name not in seen and _LEGAL.fullmatch(name):
            left.setdefault(key, {})[function_digest] = name
            seen.add(name)
    if not left:
        return {}
    names: dict[str, str] = {}
    changed: list[Unnamed] = []
    for one in functions:
        before = left.get(one.function_key)
        if before is not None and one.function_digest in before:
            names[one.function_id] = before.pop(one.function_digest)
        elif before is not None:
            changed.append(one)
    for one in sorted(changed, key=lambda one: (one.function_key, one.function_digest)):
        if before := left[one.function_key]:
            names[one.function_id] = before.popitem()[1]
    return names


def _choices(bases: Mapping[str, str]) -> Iterator[Callable[[Unnamed], str]]:
    """What a function would be called, best first, without end; `bases` are the names' own."""
    yield lambda one: bases[one.function_id]
    yield lambda one: _qualified(bases[one.function_id], _qualifier(one.namespace))
    yield lambda one: _suffixed(
        _qualified(bases[one.function_id], _qualifier(one.namespace)),
        one.function_key.rsplit("_", 1)[-1][:_KEY_DIGITS],
    )
    for n_digits in _DIGEST_DIGITS:
        yield partial(_digested, bases, n_digits)
    for attempt in count():
        yield partial(_drawn, bases, attempt)


def _digested(bases: Mapping[str, str], n_digits: int, one: Unnamed) -> str:
    return _suffixed(bases[one.function_id], one.function_digest[:n_digits])


def _drawn(bases: Mapping[str, str], attempt: int, one: Unnamed) -> str:
    return _suffixed(bases[one.function_id], digest(one.function_id, attempt)[: _DIGEST_DIGITS[-1]])


def _suffixed(name: str, suffix: str) -> str:
    return f"{name[: MAX_CHARS - 1 - len(suffix)]}_{suffix}"


def _qualified(base: str, qualifier: str) -> str:
    """The name with its namespace before it, unless it says so itself."""
    if not qualifier or base.lower().replace("-", "_").startswith(qualifier):
        return base
    return f"{qualifier}_{base}"[:MAX_CHARS]


@lru_cache(maxsize=4096)
def _qualifier(namespace: str) -> str:
    """The first telling words of a namespace, in lower case: `GitHub v3 REST API` gives `github_v3`."""
    words = [word for word in _slug(namespace).split("_") if word and word not in _SAYS_NOTHING]
    qualifier = ""
    for word in words:
        longer = f"{qualifier}_{word}" if qualifier else word[:MAX_QUALIFIER_CHARS]
        if len(longer) > MAX_QUALIFIER_CHARS:
            break
        qualifier = longer
    return qualifier


def _slug(text: str) -> str:
    return "_".join(_WORD.findall(_without_accents(text).lower()))


def _without_accents(text: str) -> str:
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKD", text)
    return "".join(character for character in plain if not unicodedata.combining(character))
