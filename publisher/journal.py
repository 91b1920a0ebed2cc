"""What a run tells of itself, event by event, for whoever keeps a record of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


class Kind(StrEnum):
    """What sort of event it is: something was tried, answered, or decided upon."""

    TRIED = "tried"
    ANSWERED = "answered"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Event:
    """One event: what it is about, where, and its facts.

    ``what`` is one of few words with hyphens (``upload``, ``fetch-back``, ``confirmation``);
    ``artifact`` is a file name and ``target`` a role, each empty where it is about none. Facts
    are what JSON holds, and never a secret.
    """

    kind: Kind
    what: str
    artifact: str = ""
    target: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


class Journal(Protocol):
    """Takes events, from several threads; what it does with them never ends the run."""

    def note(self, event: Event) -> None:
        """Take *event*, which happened just now."""


class NoJournal:
    """Keeps nothing."""

    def note(self, event: Event) -> None:
        """Forget *event*."""
