"""How fast one core goes through the code of a wheel, by each way to look at it, in MB/s.

- ``candidates``: bytes that look like the beginning of a VEX or EVEX instruction are searched for,
  a class of them at a time, by the fields that tell them from most others; ``held`` is the share of
  the code that lies in functions with one, which would have to be decoded then;
- ``plain``: plain code is passed over, where nothing else interrupts it;
- ``exact``: all is decoded and counted, ``decoder`` is what of it iced-x86 takes alone.
"""

from __future__ import annotations

import re
import time
import zipfile
from collections import Counter
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING

from release_tests.binary.code.grammar import one_of
from release_tests.binary.examination import examine
from release_tests.binary.facts import Code, Format
from release_tests.binary.room import Room

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from release_tests.binary.code.pieces import Job
    from release_tests.binary.regions import Executable

_SAMPLE = 8 << 20
"""So much code is decoded: enough for a rate."""

_VEX_MAPS = (1, 2, 3)
_CANDIDATES = [
    re.compile(
        rb"\x62"
        + one_of(b for b in range(256) if not b & 8)
        + one_of(b for b in range(256) if b & 4)
    ),
    re.compile(rb"\xc4" + one_of(b for b in range(256) if b & 31 in _VEX_MAPS)),
    re.compile(rb"\xc5"),
]
"""EVEX, and VEX of three and of two bytes (Intel SDM, volume 2, 2.3.5 and 2.7.1)."""


def rates(wheels: list[Path]) -> dict[str, float]:
    """Measure each way, by the processor time of this thread."""
    jobs = _jobs(wheels[0])
    sample = jobs[: 1 + _SAMPLE // len(jobs[0].data)]
    return {
        "candidates": _rate(jobs, _search),
        "held": _held(jobs),
        "plain": _passing(jobs),
        "exact": _rate(sample, _count),
        "decoder": _rate(sample, _decode),
    }


def _rate(jobs: list[Job], look: Callable[[Job, bytes], object]) -> float:
    whole = [(job, bytes(job.data)) for job in jobs]
    began = time.thread_time()
    for job, data in whole:
        look(job, data)
    return sum(len(data) for _, data in whole) / 1e6 / (time.thread_time() - began)


def _search(_: Job, data: bytes) -> int:
    return sum(1 for pattern in _CANDIDATES for _ in pattern.finditer(data))


def _held(jobs: list[Job]) -> float:
    held = whole = 0
    for job in jobs:
        data = bytes(job.data)
        for start, end in job.pieces:
            whole += end - start
            if any(pattern.search(data, start, end) for pattern in _CANDIDATES):
                held += end - start
    return held / whole


def _count(job: Job, data: bytes) -> object:
    from release_tests.binary.code.counting import count  # noqa: PLC0415 - as the gates load it
    from release_tests.binary.code.skipping import Swept  # noqa: PLC0415

    return count(data, job.address, job.pieces, Swept)


def _decode(_: Job, data: bytes) -> object:
    from iced_x86 import Decoder  # noqa: PLC0415 - as above

    return Counter(map(attrgetter("code"), Decoder(64, data)))


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
