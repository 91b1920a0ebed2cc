"""How a policy is declared and decoded: a key's decoder checks one value and names the key.

Every decoder takes the dotted name of the key and the value as TOML gave it, and raises
PolicyError. Its docstring says, after "Decode", what it takes: docs/policy.md shows that.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, TypeVar

from release_tests.errors import PolicyError

_T = TypeVar("_T")
Decoder = Callable[[str, Any], Any]


_KINDS: Mapping[type, str] = {
    bool: "a boolean",
    str: "a string",
    dict: "a table",
    list: "a list",
    **dict.fromkeys((int, float), "a number"),
    **dict.fromkeys((datetime, date, time), "a date or a time"),
}
"""Everything that a value of TOML can be."""

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MINOR = re.compile(r"3\.\d{1,3}t?")
_LEAST_MIB, _MOST_MIB = 64, 16 << 20
_MOST_JOBS = 64
_TEN_YEARS = 10 * 365 * 24 * 3600


def _fail(where: str, expected: str, value: object) -> PolicyError:
    return PolicyError(
        f"{where}: expected {expected}, found {_KINDS[type(value)]} ({value!r})",
        remedy="docs/policy.md lists every key with its type and default.",
    )


def text(where: str, value: Any) -> str:
    """Decode a string that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise _fail(where, "a string that is not empty", value)
    return value


def boolean(where: str, value: Any) -> bool:
    """Decode `true` or `false`."""
    if not isinstance(value, bool):
        raise _fail(where, "true or false", value)
    return value


def texts(where: str, value: Any) -> tuple[str, ...]:
    """Decode a list of strings."""
    if not isinstance(value, list):
        raise _fail(where, "a list of strings", value)
    return tuple(text(f"{where}[{at}]", item) for at, item in enumerate(value))


def minors(where: str, value: Any) -> tuple[str, ...]:
    """Decode a list of versions of Python, as in `3.13`, or `3.13t` for one without the lock."""
    found = texts(where, value)
    for at, item in enumerate(found):
        if not _MINOR.fullmatch(item):
            raise _fail(f"{where}[{at}]", "a version such as 3.13 or 3.13t", item)
    return found


def seconds(where: str, value: Any) -> float:
    """Decode a number of seconds, greater than 0 and at most ten years."""
    return _span(where, value, most=_TEN_YEARS)


def mebibytes(where: str, value: Any) -> int:
    """Decode a whole number of MiB, at least 64 and at most 16 TiB."""
    return _whole(where, value, _LEAST_MIB, _MOST_MIB)


def jobs(where: str, value: Any) -> int:
    """Decode how many things are done at once, 1 to 64."""
    return _whole(where, value, 1, _MOST_JOBS)


def _whole(where: str, value: Any, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _fail(where, "a whole number", value)
    if not least <= value <= most:
        raise _fail(where, f"{least} to {most}", value)
    return value


def hours(where: str, value: Any) -> float:
    """Decode a number of hours, greater than 0 and at most ten years."""
    return _span(where, value, most=_TEN_YEARS // 3600)


def _span(where: str, value: Any, *, most: int) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise _fail(where, "a number greater than 0", value)
    if value > most:
        # Clocks and calendars end somewhere beyond; nobody means it.
        raise _fail(where, f"at most {most}, which is ten years", value)
    return float(value)


def url(where: str, value: Any) -> str:
    """Decode an http or https address; a simple API's address ends with a slash."""
    if not isinstance(value, str) or not value.startswith(("http://", "https://")):
        raise _fail(where, "an address that begins with http:// or https://", value)
    return value


def urls(where: str, value: Any) -> tuple[str, ...]:
    """Decode a list of http or https addresses."""
    return tuple(url(f"{where}[{at}]", item) for at, item in enumerate(texts(where, value)))


@dataclass(frozen=True, slots=True)
class OneOf:
    """Decodes one of a few words."""

    words: tuple[str, ...]

    def __call__(self, where: str, value: Any) -> str:
        """Return the word; raise PolicyError for any other."""
        if value not in self.words:
            raise _fail(where, str(self), value)
        return str(value)

    def __str__(self) -> str:
        """Return what is taken, for messages and for the page."""
        return "one of " + ", ".join(f"`{word}`" for word in self.words)


@dataclass(frozen=True, slots=True)
class SomeOf:
    """Decodes a list of some of a few words."""

    words: tuple[str, ...]

    def __call__(self, where: str, value: Any) -> tuple[str, ...]:
        """Return the words; raise PolicyError for any other."""
        one = OneOf(self.words)
        return tuple(one(f"{where}[{at}]", item) for at, item in enumerate(texts(where, value)))

    def __str__(self) -> str:
        """Return what is taken, for messages and for the page."""
        return "a list of " + ", ".join(f"`{word}`" for word in self.words)


def patterns(where: str, value: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Decode a table of lists of strings."""
    if not isinstance(value, dict):
        raise _fail(where, "a table of lists of strings", value)
    return tuple((name, texts(f"{where}.{name}", item)) for name, item in value.items())


def variables(where: str, value: Any) -> tuple[tuple[str, str], ...]:
    """Decode a table of strings, the names those of environment variables."""
    if not isinstance(value, dict):
        raise _fail(where, "a table of strings", value)
    for name, item in value.items():
        if not _VARIABLE.fullmatch(name):
            raise _fail(where, "names of environment variables", name)
        if not isinstance(item, str) or "\0" in item:
            raise _fail(f"{where}.{name}", "a string", item)
    return tuple(value.items())


def groups(where: str, value: Any) -> tuple[tuple[str, ...], ...]:
    """Decode a list of lists of strings."""
    if not isinstance(value, list):
        raise _fail(where, "a list of lists of strings", value)
    return tuple(texts(f"{where}[{at}]", item) for at, item in enumerate(value))


def any_text(where: str, value: Any) -> str:  # noqa: ARG001 - one signature
    """Decode a string; anything else is taken for an empty one, which is judged later."""
    return value if isinstance(value, str) else ""


def any_date(where: str, value: Any) -> date | None:  # noqa: ARG001 - one signature
    """Decode a date; anything else is taken for none, which is judged later."""
    return value if type(value) is date else None


def table(kind: type[_T]) -> Decoder:
    """Decode a table into the dataclass *kind*."""
    return lambda where, value: decode(kind, where, value)


@dataclass(frozen=True, slots=True)
class _Tables:
    kind: type[Any]

    def __call__(self, where: str, value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise _fail(where, "a list of tables", value)
        return tuple(decode(self.kind, f"{where}[{at}]", item) for at, item in enumerate(value))

    def __str__(self) -> str:
        return "a list of tables"


def tables(kind: type[Any]) -> Decoder:
    """Return what decodes a list of tables into a tuple of the dataclass *kind*."""
    return _Tables(kind)


def kind_of_tables(decoder: Decoder) -> type[Any] | None:
    """Return the dataclass that a list of tables is decoded into, None for another decoder."""
    return decoder.kind if isinstance(decoder, _Tables) else None


@dataclass(frozen=True, slots=True)
class _Named:
    kind: type[Any]

    def __call__(self, where: str, value: Any) -> tuple[tuple[str, Any], ...]:
        if not isinstance(value, dict):
            raise _fail(where, "a table of tables", value)
        return tuple(
            (name, decode(self.kind, f'{where}."{name}"', item)) for name, item in value.items()
        )

    def __str__(self) -> str:
        return "a table of tables"


def named(kind: type[Any]) -> Decoder:
    """Return what decodes a table of tables into pairs of a name and the dataclass *kind*."""
    return _Named(kind)


def kind_of_named(decoder: Decoder) -> type[Any] | None:
    """Return the dataclass that a table of tables is decoded into, None for another decoder."""
    return decoder.kind if isinstance(decoder, _Named) else None


def key(decoder: Decoder, meaning: str, *, default: Any, required: bool = False) -> Any:
    """Declare a key of the policy: how it is decoded, what it means, what holds without it."""
    metadata = {"decoder": decoder, "meaning": meaning, "required": required}
    if callable(default):
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata)


def decode(kind: type[_T], where: str, value: Any) -> _T:
    """Decode the table *value* into the dataclass *kind*; raise PolicyError naming the key."""
    if not isinstance(value, dict):
        raise _fail(where, "a table", value)
    keys = {name_of(item): item for item in dataclasses.fields(kind)}  # type: ignore[arg-type]
    for name in value:
        if name not in keys:
            raise _unknown(where, name, keys)
    _refuse_the_incomplete(where, value, keys)
    return kind(
        **{
            keys[name].name: keys[name].metadata["decoder"](f"{where}.{name}", item)
            for name, item in value.items()
        }
    )


def _refuse_the_incomplete(
    where: str, value: Mapping[str, Any], keys: Mapping[str, dataclasses.Field[Any]]
) -> None:
    for name, item in keys.items():
        if item.metadata["required"] and name not in value:
            raise PolicyError(
                f"{where}: the key `{name}` is missing", remedy=f"{item.metadata['meaning']}"
            )


def name_of(declared: dataclasses.Field[Any]) -> str:
    """Return the name of a declared key as users type it."""
    return declared.name.replace("_", "-")


def _unknown(where: str, name: str, known: Iterable[str]) -> PolicyError:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"Did you mean `{near[0]}`?" if near else f"Known here: {', '.join(sorted(known))}."
    return PolicyError(f"{where}: unknown key `{name}`", remedy=hint)
