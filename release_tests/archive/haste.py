"""How soon a thread that waits for the interpreter's lock is given it, while an archive is read."""

from __future__ import annotations

import sys
import threading
from typing import Final

_SOON = 0.0002
"""Seconds. By default it is 5 ms: time for 10 MB of a digest, by a thread that waits instead."""


class _Haste:
    """A context, entered as often as need be; the last one out restores what was before."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._usual = 0.0

    def __enter__(self) -> None:
        with self._lock:
            if not self._inside:
                self._usual = sys.getswitchinterval()
                sys.setswitchinterval(min(self._usual, _SOON))
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                sys.setswitchinterval(self._usual)


HASTE: Final = _Haste()
"""Inside it, no thread keeps the lock for long while another one asks for it."""
