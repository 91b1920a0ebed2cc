"""JSON read strictly: a value knows where it stands, and is what is asked of it or an error."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from release_tests.errors import EvidenceError

if TYPE_CHECKING:
    from collections.abc import Iterable

_E = TypeVar("_E", bound=StrEnum)
REMEDY = "The record was changed or cut short. Run the gates again."


@dataclass(frozen=True, slots=True)
class Node:
    """A decoded value and its place; every method raises EvidenceError naming that place."""

    value: Any
    where: str

    def fail(self, expected: str) -> NoReturn:
        """Raise the error that this value is not what was expected."""
        raise EvidenceError(
            f"{self.where}: expected {expected}, found {_shown(self.value)}", remedy=REMEDY
        )

    def fields(self, names: Iterable[str]) -> dict[str, Node]:
        """Return the values of an object that has exactly these keys."""
        wanted = list(names)
        found = self.mapping()
        if set(found) != set(wanted):
            self.fail(f"an object with the keys {', '.join(wanted)}")
        return {name: Node(found[name], f"{self.where}: {name}") for name in wanted}

    def mapping(self) -> dict[str, Any]:
        """Return an object, whatever it holds."""
        return self.value if isinstance(self.value, dict) else self.fail("an object")

    def items(self) -> list[Node]:
        """Return the members of an array."""
        if not isinstance(self.value, list):
            self.fail("an array")
        return [Node(item, f"{self.where}[{at}]") for at, item in enumerate(self.value)]

    def text(self, pattern: str = "(?s:.*)", meaning: str = "a string") -> str:
        """Return a string that matches *pattern* from end to end."""
        if not isinstance(self.value, str) or not re.fullmatch(pattern, self.value):
            self.fail(meaning)
        return self.value

    def texts(self) -> tuple[str, ...]:
        """Return an array of strings."""
        return tuple(item.text() for item in self.items())

    def table(self) -> dict[str, str]:
        """Return an object whose values are strings."""
        return {
            key: Node(item, f"{self.where}: {key}").text() for key, item in self.mapping().items()
        }

    def exactly(self, expected: object) -> None:
        """Demand one value."""
        if type(self.value) is not type(expected) or self.value != expected:
            self.fail(_shown(expected))

    def choice(self, kind: type[_E]) -> _E:
        """Return a member of an enumeration by its value."""
        if not isinstance(self.value, str) or self.value not in {item.value for item in kind}:
            self.fail("one of " + ", ".join(item.value for item in kind))
        return kind(self.value)

    def size(self) -> int:
        """Return a whole number, 0 or greater."""
        if type(self.value) is not int or self.value < 0:
            self.fail("a whole number, 0 or greater")
        return self.value

    def seconds(self) -> float:
        """Return a number, 0 or greater."""
        if type(self.value) not in (int, float) or not self.value >= 0:
            self.fail("a number, 0 or greater")
        return float(self.value)

    def digest(self) -> str:
        """Return a SHA-256 in hex."""
        return self.text("[0-9a-f]{64}", "a SHA-256 in lower-case hex")

    def moment(self) -> datetime:
        """Return a time in UTC, as ``timestamp`` writes it."""
        try:
            found = datetime.fromisoformat(self.text())
        except ValueError:
            self.fail("a time by ISO 8601")
        return found if found.utcoffset() == timedelta(0) else self.fail("a time in UTC")


def loads(data: bytes, where: str) -> Node:
    """Decode one JSON document; a key twice, NaN, infinity and anything after it are errors too."""
    try:
        found = json.loads(
            data.decode(),
            object_pairs_hook=_unique,
            parse_constant=_no_number,
            parse_float=_finite,
        )
    except (ValueError, RecursionError) as error:
        raise EvidenceError(f"{where}: cannot be read as JSON: {error}", remedy=REMEDY) from error
    return Node(found, where)


def dumps(data: object) -> bytes:
    """Encode as one line of ASCII, keys in the order given, with a line feed at its end."""
    return json.dumps(data, allow_nan=False, separators=(",", ":")).encode() + b"\n"


def timestamp(moment: datetime) -> str:
    """Return a UTC time by ISO 8601, to the microsecond, with Z."""
    if moment.utcoffset() != timedelta(0):
        raise ValueError(f"{moment!r} must be aware and in UTC")
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in an object")
    return found


def _finite(digits: str) -> float:
    """Return a number that can be written again, which one beyond every float cannot."""
    found = float(digits)
    if not math.isfinite(found):
        raise ValueError(f"{digits} is too large a number")
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _shown(value: object) -> str:
    shown = json.dumps(value, default=repr)
    return shown if len(shown) <= 60 else f"{shown[:57]}…"  # noqa: PLR2004
