"""Log lines on standard error: ``2025-11-21 17:30:00 [12345] [SUCCESS] uploaded``."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from datetime import datetime
from typing import TYPE_CHECKING, TextIO

from release_tests.index.progress import size

if TYPE_CHECKING:
    from collections.abc import Callable

    from publisher.redaction import Redactor
    from release_tests.index.progress import Progress

_SECONDS_BETWEEN_LINES = 20.0


class Log:
    """Writes redacted lines; on a terminal, what is under way is shown in a line that moves.

    Several threads may write.
    """

    def __init__(
        self,
        redact: Redactor,
        stream: TextIO | None = None,
        now: Callable[[], datetime] = lambda: datetime.now().astimezone(),
        kind: str = "",
    ) -> None:
        """Take where lines go, standard error by default, and the clock of their time stamps.

        *kind* is that of the terminal, as ``TERM`` says it.
        """
        self.redact = redact
        self._dumb = kind == "dumb"
        self._stream = stream or sys.stderr
        self._now = now
        self._moving = False
        self._lock = threading.RLock()

    @property
    def terminal(self) -> bool:
        """Whether somebody may be watching, on what can begin a line anew."""
        return self._stream.isatty() and not self._dumb

    def info(self, message: str) -> None:
        """Say what is done or found."""
        self._line("INFO", message)

    def success(self, message: str) -> None:
        """Say what was reached."""
        self._line("SUCCESS", message)

    def warning(self, message: str) -> None:
        """Say what was left out, or is odd and not critical."""
        self._line("WARNING", message)

    def error(self, message: str) -> None:
        """Say what ends the run."""
        self._line("ERROR", message)

    def under_way(self, what: str) -> Callable[[float], None]:
        """Return what takes the seconds that *what* has lasted, and shows them now and then."""
        last = 0.0

        def report(seconds: float) -> None:
            nonlocal last
            if self.terminal:
                self.move(f"{what}, {seconds:.0f} s")
            elif seconds - last >= _SECONDS_BETWEEN_LINES:
                last = seconds
                self.info(f"{what}, {seconds:.0f} s")

        return report

    def progress(self, what: str) -> Progress:
        """Return what takes bytes so far and in total, and shows them on a terminal."""

        def report(done: int, total: int | None) -> None:
            if self.terminal:
                self.move(f"{what}: {size(done)}" + (f" of {size(total)}" if total else ""))

        return report

    def settle(self) -> None:
        """End the line that moves, if there is one."""
        with self._lock:
            if self._moving:
                self._stream.write("\r\x1b[2K")
                self._moving = False

    def move(self, text: str) -> None:
        """Show *text* in the line that moves, if there is a terminal."""
        if not self.terminal:
            return
        room = shutil.get_terminal_size().columns - 1
        with self._lock:
            self._stream.write(f"\r\x1b[2K{self.redact(text)[:room]}")
            self._stream.flush()
            self._moving = True

    def _line(self, level: str, message: str) -> None:
        stamp = self._now().strftime("%Y-%m-%d %H:%M:%S")
        with self._lock:
            self.settle()
            self._stream.write(f"{stamp} [{os.getpid()}] [{level}] {self.redact(message)}\n")
            self._stream.flush()
