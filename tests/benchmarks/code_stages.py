"""One measurement of looking at instructions, in a process of its own: prints it as JSON.

    python -m tests.benchmarks.code_stages members|binaries|code|memory|module|rates FILE…

- ``members``, ``binaries``, ``code``: seconds on the clock to read wheels one after the other, so
  deep; with the bytes of code;
- ``memory``: MB at the peak of reading them with their code, all processes together;
- ``module``: seconds on the clock to scan one ELF file that is there already;
- ``rates``: MB/s of one thread, as ``code_rates`` says.
"""

from __future__ import annotations

import contextlib
import json
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from release_tests.archive.depth import Depth
from release_tests.archive.reader import read_wheel
from release_tests.binary.examination import examine
from release_tests.binary.facts import Format
from release_tests.binary.room import Room
from tests.benchmarks.code_rates import rates

if TYPE_CHECKING:
    from collections.abc import Callable


def main(stage: str, files: list[str]) -> None:
    """Measure *stage*, and print what came of it."""
    print(json.dumps(_STAGES[stage]([Path(file) for file in files])))


def _reading(depth: Depth) -> Callable[[list[Path]], dict[str, float]]:
    def read(wheels: list[Path]) -> dict[str, float]:
        began = time.perf_counter()
        facts = [read_wheel(wheel, depth) for wheel in wheels]
        wall = time.perf_counter() - began
        binaries = [one for wheel in facts for one in (wheel.binaries or {}).values()]
        codes = [image.code for binary in binaries for image in binary.images if image.code]
        return {"wall": wall, "size": float(sum(code.size for code in codes))}

    return read


def _memory(wheels: list[Path]) -> dict[str, float]:
    """Watch the size in memory of this process and its children."""
    peak, done = 0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.01):
            peak = max(peak, sum(map(_resident, ["self", *_children()])))

    watching = threading.Thread(target=watch)
    watching.start()
    _reading(Depth.CODE)(wheels)
    done.set()
    watching.join()
    return {"peak": peak * 1024 / 1e6}


def _children() -> list[str]:
    found = []
    for task in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(OSError):  # a thread that ended now
            found += task.read_text(encoding="ascii").split()
    return found


def _resident(process: str) -> int:
    """Return the KiB that a process takes, its part of what it shares with others."""
    with contextlib.suppress(OSError):  # one that ended now
        rollup = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
        return sum(int(line.split()[1]) for line in rollup.splitlines() if line[:4] == "Pss:")
    return 0


def _module(files: list[Path]) -> dict[str, float]:
    from release_tests.binary.code.scan import scan  # noqa: PLC0415 - as the gates load it

    data = files[0].read_bytes()
    began = time.perf_counter()
    examine(Format.ELF, files[0].name, data, Room(len(data)), scan)
    return {"wall": time.perf_counter() - began}


_STAGES: dict[str, Callable[[list[Path]], dict[str, float]]] = {
    "members": _reading(Depth.MEMBERS),
    "binaries": _reading(Depth.BINARIES),
    "code": _reading(Depth.CODE),
    "memory": _memory,
    "module": _module,
    "rates": rates,
}


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
