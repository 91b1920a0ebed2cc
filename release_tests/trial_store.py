"""Trials of artifacts, each made once a run whatever the number of gates and workers.

A trial is keyed by all that it is made of: the artifact's digest and path, the Python, the
installer, and what is observed. A failure of the harness is kept too, and raised again.
"""

from __future__ import annotations

import hashlib
import pickle
from typing import TYPE_CHECKING

from filelock import FileLock

from release_tests.errors import ReleaseGatesError
from release_tests.sandbox.observed import Trial
from release_tests.sandbox.progress import Say, quiet
from release_tests.sandbox.trial import perform

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from release_tests.sandbox.interpreter import Interpreter
    from release_tests.sandbox.plan import Plan

Result = Trial | ReleaseGatesError


class TrialStore:
    """Makes each trial once, and where a directory is shared, once for all processes.

    The directory must be private to this user and this run: what lies in it is believed.
    """

    def __init__(self, shared: Path | None, make: Callable[..., Trial] = perform) -> None:
        """Share with other processes by the directory *shared*; *make* is as ``perform``."""
        self._shared = shared
        self._make = make
        self._known: dict[str, Result] = {}

    def trial(self, plan: Plan, interpreter: Interpreter, *, say: Say = quiet) -> Trial:
        """Return the trial, made now if it was not yet; raise again what making it raised."""
        key = _key(plan, interpreter)
        if key not in self._known:
            self._known[key] = self._obtain(key, plan, interpreter, say)
        result = self._known[key]
        if isinstance(result, ReleaseGatesError):
            raise result
        return result

    def _obtain(self, key: str, plan: Plan, interpreter: Interpreter, say: Say) -> Result:
        if self._shared is None:
            return self._made(plan, interpreter, say)
        place = self._shared / f"{key}.trial"
        # A worker that is killed lets go of the lock, and the next one makes the trial anew.
        with FileLock(place.with_suffix(".trial-lock")):
            if place.exists():
                return _load(place)
            result = self._made(plan, interpreter, say)
            _save(place, result)
            return result

    def _made(self, plan: Plan, interpreter: Interpreter, say: Say) -> Result:
        try:
            return self._make(plan, interpreter, say=say)
        except ReleaseGatesError as error:
            return error


def _key(plan: Plan, interpreter: Interpreter) -> str:
    return hashlib.sha256(repr((plan, interpreter)).encode("utf-8", "backslashreplace")).hexdigest()


def _load(place: Path) -> Result:
    result = pickle.loads(place.read_bytes())  # noqa: S301 - by this run, in its own directory
    if not isinstance(result, Trial | ReleaseGatesError):
        raise TypeError(f"{place} holds {type(result).__name__}, not a trial")
    return result


def _save(place: Path, result: Result) -> None:
    beside = place.with_suffix(".new")
    beside.write_bytes(pickle.dumps(result, pickle.HIGHEST_PROTOCOL))
    beside.replace(place)
