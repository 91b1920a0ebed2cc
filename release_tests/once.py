"""What is expensive, done once a run whatever the number of workers; failures are kept, too."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Generic, TypeVar

from filelock import FileLock

from release_tests.errors import ReleaseGatesError
from release_tests.keeping import keep, kept

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_T = TypeVar("_T")


class Once(Generic[_T]):
    """Keeps results by their keys, and where a directory is shared, for all processes.

    What lies in the directory is believed only if a process of this run has kept it there.
    """

    def __init__(self, kind: type[_T], shared: Path | None) -> None:
        """Keep results of one *kind*; share them with other processes by the directory *shared*."""
        self._kind = kind
        self._shared = shared
        self._known: dict[str, _T | ReleaseGatesError] = {}

    def get(self, key: str, make: Callable[[], _T]) -> _T:
        """Return the result, made now if it was not yet; raise again what making it raised."""
        if key not in self._known:
            self._known[key] = self._obtain(key, make)
        result = self._known[key]
        if isinstance(result, ReleaseGatesError):
            raise result
        return result

    def _obtain(self, key: str, make: Callable[[], _T]) -> _T | ReleaseGatesError:
        if self._shared is None:
            return _made(make)
        place = self._shared / f"{key}.{self._kind.__name__.lower()}"
        # A worker that is killed lets go of the lock, and the next one makes it anew.
        with FileLock(place.with_suffix(f"{place.suffix}-lock")):
            if (data := kept(place)) is not None:
                return self._load(place, data)
            result = _made(make)
            keep(place, pickle.dumps(result, pickle.HIGHEST_PROTOCOL))
            return result

    def _load(self, place: Path, data: memoryview) -> _T | ReleaseGatesError:
        result = pickle.loads(data)  # noqa: S301 - sealed by this run
        if isinstance(result, (self._kind, ReleaseGatesError)):
            return result
        raise TypeError(f"{place} holds {type(result).__name__}, no {self._kind.__name__}")


def _made(make: Callable[[], _T]) -> _T | ReleaseGatesError:
    try:
        return make()
    except ReleaseGatesError as error:
        return error
