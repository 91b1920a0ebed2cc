"""One measurement of looking at instructions, in a process of its own: prints it as JSON.

    python -m tests.benchmarks.code_stages members|binaries|code|memory|module|rates FILE…

- ``members``, ``binaries``, ``code``: seconds on the clock to read wheels one after the other, so
  deep; with the bytes of code;
- ``memory``: MB at the peak of reading them with their code, all processes together;
- ``module``: seconds on the clock to scan one ELF file that is there already;
- ``rates``: MB/s of one thread to pass over the plain code of a wheel, and to decode all of it.
"""

from __future__ import annotations

import contextlib
import json
import sys
import threading
import time
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from release_tests.archive.depth import Depth
from release_tests.archive.reader import read_wheel
from release_tests.binary.examination import examine
from release_tests.binary.facts import Code, Format
from release_tests.binary.room import Room

if TYPE_CHECKING:
    from collections.abc import Callable

    from release_tests.binary.code.pieces import Job
    from release_tests.binary.regions import Executable

_SAMPLE = 8 << 20
"""So much code is decoded: enough for a rate."""


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


def _rates(wheels: list[Path]) -> dict[str, float]:
    from release_tests.binary.code.counting import count  # noqa: PLC0415
    from release_tests.binary.code.skipping import Swept  # noqa: PLC0415

    jobs = _jobs(wheels[0])
    sample = jobs[: 1 + _SAMPLE // len(jobs[0].data)]
    began = time.thread_time()
    for job in sample:
        count(bytes(job.data), job.address, job.pieces, Swept)
    exact = sum(len(job.data) for job in sample) / 1e6 / (time.thread_time() - began)
    return {"exact": exact, "plain": _passing(jobs)}


def _passing(jobs: list[Job]) -> float:
    """Return the rate at which plain code is passed over where nothing else interrupts it."""
    from release_tests.binary.code.skipping import Searched  # noqa: PLC0415

    plain = b"".join(_plain(job) for job in jobs)
    searched = Searched(plain, [(0, len(plain))])
    began = time.thread_time()
    _check(searched.stop(0, 0) is None, "all of the plain code")
    return len(plain) / 1e6 / (time.thread_time() - began)


def _plain(job: Job) -> bytes:
    """Return the plain code of a job: what is left when a few bytes are taken out at each stop."""
    from release_tests.binary.code.skipping import Searched  # noqa: PLC0415

    data, begun, found = bytes(job.data), 0, []
    searched = Searched(data, [(0, len(data))])
    while (stop := searched.stop(0, begun)) is not None:
        found.append(data[begun : stop[1]])
        begun = min(stop[1] + 1, len(data))
    return b"".join(found)


def _jobs(wheel: Path) -> list[Job]:
    from release_tests.binary.code.pieces import jobs  # noqa: PLC0415

    found: list[Job] = []

    def keep(executable: Executable) -> Code:
        found.extend(replace(job, data=memoryview(bytes(job.data))) for job in jobs(executable))
        return Code("", 0)

    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            data = archive.read(member)
            if data.startswith(b"\x7fELF"):
                examine(Format.ELF, member.filename, data, Room(len(data)), keep)
    return found


def _check(good: bool, what: str) -> None:  # noqa: FBT001 - reads as an assertion
    if not good:
        raise SystemExit(f"{what} is not passed over, so nothing is measured")


_STAGES: dict[str, Callable[[list[Path]], dict[str, float]]] = {
    "members": _reading(Depth.MEMBERS),
    "binaries": _reading(Depth.BINARIES),
    "code": _reading(Depth.CODE),
    "memory": _memory,
    "module": _module,
    "rates": _rates,
}


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
