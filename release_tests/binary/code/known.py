"""What was counted in this process: the variants of a release share most of their code.

Nothing of it is kept on disk. A report decides whether a release goes out, and whatever may write
to a user's cache, as the code of wheels that are tried there, could forge one.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from release_tests.binary.code.begun import Begun
    from release_tests.binary.code.counting import Report
    from release_tests.binary.regions import Executable

_MOST = 64
"""So many reports are kept, those that were asked for last."""

Told = tuple[str, "Report"]
"""The SHA-256 of code, and what was counted in it."""

_Key = tuple[tuple[tuple[int, int], ...], str]
"""What tells code apart besides its bytes: where they lie, and a digest of where sweeps begin."""

_TOLD: OrderedDict[_Key, Told] = OrderedDict()
_LOCK = threading.Lock()


def report(executable: Executable, begun: Begun) -> Told:
    """Count in the code of *executable*, as *begun*, or remember it.

    One at a time: the same code that comes twice at once is counted once. Its digest is needed
    first only where other code with the same places was counted; else it is summed meanwhile.
    """
    key = _key(executable)
    with _LOCK:
        told = _TOLD.pop(key, None)
        if told is None or told[0] != begun.digest():
            found = begun.report(executable)
            told = begun.digest(), found
        _TOLD[key] = told
        if len(_TOLD) > _MOST:
            _TOLD.popitem(last=False)
    return told


def perhaps(executable: Executable) -> bool:
    """Whether code at the same places was counted, so that this may be the same."""
    places = executable.places()
    with _LOCK:
        return any(key[0] == places for key in _TOLD)


def _key(executable: Executable) -> _Key:
    begun = (tuple(executable.functions), executable.sections, tuple(executable.objects))
    return executable.places(), hashlib.sha256(f"{begun}".encode()).hexdigest()
