"""What was counted in this process: the variants of a release share most of their code.

Nothing of it is kept on disk. A report decides whether a release goes out, and whatever may write
to a user's cache, as the code of wheels that are tried there, could forge one.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from release_tests.binary.code import crew
from release_tests.binary.code.pieces import jobs

if TYPE_CHECKING:
    from release_tests.binary.code.counting import Report
    from release_tests.binary.regions import Executable

_MOST = 64
"""So many reports are kept, those that were asked for last."""

_REPORTS: OrderedDict[str, Report] = OrderedDict()
_LOCK = threading.Lock()


def report(executable: Executable, digest: str, size: int) -> Report:
    """Count in the code of *executable*, of *size* bytes and SHA-256 *digest*, or remember it.

    One at a time: what holds the interpreter's lock gains nothing from other threads, and the same
    code that comes twice at once is decoded once.
    """
    key = _key(executable, digest)
    with _LOCK:
        found = _REPORTS.pop(key, None) or crew.counted(jobs(executable), size)
        _REPORTS[key] = found
        if len(_REPORTS) > _MOST:
            _REPORTS.popitem(last=False)
    return found


def _key(executable: Executable, digest: str) -> str:
    """Return what tells code apart: its bytes, where they lie, and where sweeps begin."""
    places = [(region.address, region.end) for region in executable.regions]
    begun = (tuple(executable.functions), executable.sections, tuple(executable.objects))
    return hashlib.sha256(f"{digest}{places}{begun}".encode()).hexdigest()
