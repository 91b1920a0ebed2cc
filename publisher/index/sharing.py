"""An index's pages, asked for once on behalf of all that wait for the same one."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from release_tests.errors import IndexUnavailable
from release_tests.index.transfer import PAGE_SECONDS
from release_tests.index.transport import ATTEMPTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx

    from release_tests.index.page import IndexFile
    from release_tests.index.simple import SimpleIndex
    from release_tests.index.transport import Sleep

_T = TypeVar("_T")


class Answers(Generic[_T]):
    """The last answer to each question, with its number; several threads may ask.

    That the index is silent is an answer, too, and one to all who wait for it.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._last: dict[str, tuple[int, _T | IndexUnavailable]] = {}

    def newer(
        self, question: str, than: int, ask: Callable[[], _T]
    ) -> tuple[int, _T | IndexUnavailable]:
        """Return an answer whose number is above *than*, and that number.

        Where nobody has one yet, *ask* gets it.
        """
        with self._lock:
            turn = self._locks.setdefault(question, threading.Lock())
        with turn:
            number = self._last[question][0] if question in self._last else 0
            if number <= than:
                self._last[question] = (number + 1, _answer(ask))
            return self._last[question]


def _answer(ask: Callable[[], _T]) -> _T | IndexUnavailable:
    try:
        return ask()
    except IndexUnavailable as silence:
        return silence


@dataclass(slots=True)
class Reader(Generic[_T]):
    """One of those who ask: no answer comes to it twice."""

    answers: Answers[_T]
    _seen: dict[str, int] = field(default_factory=dict)

    def read(self, question: str, ask: Callable[[], _T]) -> _T:
        """Return an answer that this reader has not had yet; raise IndexUnavailable for silence."""
        seen = self._seen.get(question, 0)
        self._seen[question], answer = self.answers.newer(question, seen, ask)
        if isinstance(answer, IndexUnavailable):
            raise answer
        return answer


@dataclass(frozen=True, slots=True)
class Sights:
    """What an index has shown since this was made: its simple pages, and digests of its JSON API.

    To be made when the last upload is over that these pages have to show.
    """

    pages: Answers[list[IndexFile]] = field(default_factory=Answers)
    digests: Answers[Mapping[str, str]] = field(default_factory=Answers)


@dataclass(frozen=True, slots=True)
class SharedIndex:
    """An index as one of several readers sees it."""

    index: SimpleIndex
    pages: Reader[list[IndexFile]]

    @property
    def client(self) -> httpx.Client:
        """What files are fetched with."""
        return self.index.client

    @property
    def sleep(self) -> Sleep:
        """What waits between attempts, in seconds."""
        return self.index.sleep

    def files(
        self, project: str, *, seconds: float = PAGE_SECONDS, attempts: int = ATTEMPTS
    ) -> list[IndexFile]:
        """Return every file of *project*, by a page that this reader has not had yet."""
        return self.pages.read(
            project, lambda: self.index.files(project, seconds=seconds, attempts=attempts)
        )
