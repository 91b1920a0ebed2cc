"""What a run tells of itself, event by event, for whoever keeps a record of it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

USED = "name-used"
"""The fact, True, of an index's answer to an upload that calls the name or the bytes known."""

FILES = "files"
"""The fact of the event that a run begins with: the names of all its files."""

LEFT_OUT, NOT_DONE = "left-out", "not done"
"""The decision to leave a target out, and its fact that says what is not done because of it."""


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


@contextlib.contextmanager
def told(
    journal: Journal,
    what: str,
    artifact: str = "",
    target: str = "",
    facts: Mapping[str, object] = MappingProxyType({}),
) -> Iterator[dict[str, object]]:
    """Note that something is tried, with its *facts*, and afterwards how it ended.

    The caller may put what is worth knowing of the answer into what is yielded. ``ended`` is
    ``done`` unless it was put there, and the exception's name where one passes through; ``said``
    is then what it says.
    """
    journal.note(Event(Kind.TRIED, what, artifact, target, facts))
    answer: dict[str, object] = {}
    try:
        yield answer
    except BaseException as error:
        answer |= {"ended": type(error).__name__, "said": str(error)}
        raise
    finally:
        journal.note(Event(Kind.ANSWERED, what, artifact, target, {"ended": "done"} | answer))
