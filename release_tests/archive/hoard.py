"""The secrets of one archive: the first of each kind, and how many more there are."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING

from release_tests.archive import limits
from release_tests.archive.among_tests import among_tests
from release_tests.archive.facts import Secret, Untold

if TYPE_CHECKING:
    from collections.abc import Iterator

_Sort = tuple[str, bool]
"""A kind of secret, and whether it lies among tests, where fewer are meant to be secret."""


class Hoard:
    """Takes what the threads find that read one archive; what it tells does not depend on them.

    However many secrets there are, they take no more memory than those that are told.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._told: dict[_Sort, list[Secret]] = {}
        self._count: Counter[_Sort] = Counter()
        self._lock = threading.Lock()

    def count(self, secret: Secret) -> None:
        """Take a secret that is not to be told itself."""
        sort = (secret.kind, among_tests(secret.member))
        with self._lock:
            self._count[sort] += 1

    def add(self, secret: Secret) -> None:
        """Take a secret that is told if it is among the first, by member and line."""
        sort = (secret.kind, among_tests(secret.member))
        with self._lock:
            self._count[sort] += 1
            told = self._told.setdefault(sort, [])
            told.append(secret)
            if len(told) > 2 * limits.SECRETS_ALL:
                self._told[sort] = _first(told)

    def told(self) -> tuple[Secret, ...]:
        """Return the first secrets of each kind, by member and line."""
        kept = (secret for told in self._told.values() for secret in _first(told))
        return tuple(sorted(kept, key=_place))

    def untold(self) -> tuple[Untold, ...]:
        """Return how many more there are, by kind."""
        return tuple(sorted(self._more(), key=lambda more: (more.kind, more.among_tests)))

    def _more(self) -> Iterator[Untold]:
        for sort, count in self._count.items():
            if more := count - len(_first(self._told.get(sort, []))):
                yield Untold(*sort, more)


def _first(secrets: list[Secret]) -> list[Secret]:
    return sorted(secrets, key=_place)[: limits.SECRETS_ALL]


def _place(secret: Secret) -> tuple[str, int, str]:
    return secret.member, secret.line, secret.kind
