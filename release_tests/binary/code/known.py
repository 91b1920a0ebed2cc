"""What was counted in this process: the variants of a release share most of their code.

Nothing of it is kept on disk. A report decides whether a release goes out, and whatever may write
to a user's cache, as the code of wheels that are tried there, could forge one.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from release_tests.binary.code.counters import counted
from release_tests.binary.code.pieces import jobs

if TYPE_CHECKING:
    from release_tests.binary.code.counting import Report
    from release_tests.binary.regions import Executable

_MOST = 64
"""So many reports are kept, those that were asked for last."""

Told = tuple[str, "Report"]
"""The SHA-256 of code, and what was counted in it."""

_TOLD: OrderedDict[str, Told] = OrderedDict()
_LOCK = threading.Lock()


def report(executable: Executable, size: int) -> Told:
    """Count in the code of *executable*, of *size* bytes, or remember it.

    One at a time: the same code that comes twice at once is counted once. Its digest, which is
    summed meanwhile, is needed first only where other code with the same places was counted.
    """
    key = _key(executable)
    with _LOCK:
        told = _TOLD.pop(key, None)
        if told is None or told[0] != executable.digest():
            found = counted(jobs(executable), size)
            told = executable.digest(), found
        _TOLD[key] = told
        if len(_TOLD) > _MOST:
            _TOLD.popitem(last=False)
    return told


def _key(executable: Executable) -> str:
    """Return what tells code apart besides its bytes: where they lie, and where sweeps begin."""
    places = [(region.address, region.end) for region in executable.regions]
    begun = (tuple(executable.functions), executable.sections, tuple(executable.objects))
    return hashlib.sha256(f"{places}{begun}".encode()).hexdigest()
