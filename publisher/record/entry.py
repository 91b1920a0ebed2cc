"""A line of the journal: an event with its time, as it is written and read again.

The form is version 1: an object with exactly the keys of ``_KEYS``. ``at`` is UTC in ISO 8601 with
milliseconds, ``seconds`` counts from the run's beginning on a clock that nobody sets.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from publisher.journal import Event, Kind

if TYPE_CHECKING:
    from collections.abc import Callable

_KEYS = frozenset({"at", "seconds", "kind", "what", "artifact", "target", "facts"})


@dataclass(frozen=True, slots=True)
class Entry:
    """An event, when it was (aware, UTC), and how many seconds after the run's beginning."""

    at: datetime
    seconds: float
    event: Event

    def line(self, redact: Callable[[str], str]) -> str:
        """Return it as a line of JSON without any secret, its end included."""
        event = self.event
        document = {
            "at": self.at.astimezone(UTC).isoformat(timespec="milliseconds"),
            "seconds": round(self.seconds, 3),
            "kind": event.kind.value,
            "what": event.what,
            "artifact": event.artifact,
            "target": event.target,
            "facts": dict(event.facts),
        }
        return json.dumps(_without_secrets(document, redact), ensure_ascii=False) + "\n"


def parse(line: str) -> Entry:
    """Return what a line says; raise ValueError where it is none of the journal."""
    document = json.loads(line)
    if not isinstance(document, dict) or document.keys() != _KEYS:
        raise ValueError(f"expected an object with the keys {', '.join(sorted(_KEYS))}")
    at = datetime.fromisoformat(_text(document["at"]))
    if at.tzinfo is None:
        raise ValueError("expected a time with its zone")
    words = [_text(document[key]) for key in ("kind", "what", "artifact", "target")]
    kind, what, artifact, target = words
    return Entry(
        at=at,
        seconds=_number(document["seconds"]),
        event=Event(Kind(kind), what, artifact, target, _object(document["facts"])),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"expected text, found {value!r}")  # noqa: TRY004 - one kind of error
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"expected a number, found {value!r}")  # noqa: TRY004
    return float(value)


def _object(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise ValueError(f"expected an object, found {value!r}")  # noqa: TRY004
    return value


def _without_secrets(value: Any, redact: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {redact(str(key)): _without_secrets(item, redact) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_secrets(item, redact) for item in value]
    return value
