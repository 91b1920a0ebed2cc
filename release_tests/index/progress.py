"""How far a download is: a bar on a terminal, plain lines anywhere else."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress as Bars

Progress = Callable[[int, int | None], None]
"""Called with the bytes so far and, when known, the total."""

_SECONDS_BETWEEN_LINES = 10.0
_KILO = 1000


def ignore(done: int, total: int | None) -> None:
    """Report nothing."""


class Reporter(Protocol):
    """Where the progress of several files is reported."""

    def note(self, text: str) -> None:
        """Say something that is not about one file's progress."""

    def file(self, name: str) -> Progress:
        """Begin with the file *name*; what is returned takes its progress."""


class PlainLines:
    """Progress as lines for a log: one at the start, one every ten seconds, one at the end."""

    def __init__(
        self, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Take where a line goes, and the clock, in seconds."""
        self._say = say
        self._clock = clock

    def note(self, text: str) -> None:
        """Say *text* as a line."""
        self._say(text)

    def file(self, name: str) -> Progress:
        """Return what reports the file *name*."""
        last, finished = self._clock(), False
        self._say(f"fetching {name}")

        def report(done: int, total: int | None) -> None:
            nonlocal last, finished
            if done == total and not finished:
                finished = True
                self._say(f"fetched {name}, {size(done)}")
            elif not finished and self._clock() - last >= _SECONDS_BETWEEN_LINES:
                last = self._clock()
                of = f" of {size(total)}" if total else ""
                self._say(f"fetching {name}: {size(done)}{of}")

        return report


class _Bars:
    """Progress as bars on a terminal."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars

    def note(self, text: str) -> None:
        self._bars.console.print(text, markup=False, highlight=False)

    def file(self, name: str) -> Progress:
        task = self._bars.add_task(name, total=None)
        return lambda done, total: self._bars.update(task, completed=done, total=total)


@contextlib.contextmanager
def reporter(stream: TextIO) -> Iterator[Reporter]:
    """Yield what reports on *stream*: bars when it is a terminal, lines when it is not."""
    if not stream.isatty():
        yield PlainLines(lambda line: print(line, file=stream, flush=True))
        return
    from rich.console import Console  # noqa: PLC0415 - needed on a terminal only
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        DownloadColumn,
        TextColumn,
        TransferSpeedColumn,
    )
    from rich.progress import Progress as RichProgress  # noqa: PLC0415

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
    )
    with RichProgress(*columns, console=Console(file=stream)) as bars:
        yield _Bars(bars)


def size(count: int) -> str:
    """Return a number of bytes as people read it, in powers of 1000."""
    amount = float(count)
    for unit in ("bytes", "kB", "MB"):
        if amount < _KILO:
            return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= _KILO
    return f"{amount:.1f} GB"
