"""One measurement of reading a wheel, in a process of its own: prints what it took as JSON.

    python -m tests.benchmarks.stages floor|alone|read isal|zlib WHEEL

- ``floor``: processor seconds to inflate every member, and for its CRC-32 and SHA-256, one after
  the other on one thread, in the pieces in which reading takes them;
- ``alone``: seconds on the clock to inflate the largest member, and nothing else;
- ``read``: seconds on the clock for the whole pass: framing, CRC-32, SHA-256, RECORD.

The second word is the library that all of them inflate with.
"""

from __future__ import annotations

import hashlib
import io
import json
import struct
import sys
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

P = ParamSpec("P")
T = TypeVar("T")

_BEFORE_LENGTHS = 26
"""Bytes of a local header before the lengths of its name and extra field (APPNOTE 4.3.7)."""


def main(stage: str, library: str, wheel: str) -> None:
    """Measure *stage* with *library*, and print what came of it."""
    if library == "zlib":
        sys.modules["isal"] = None  # type: ignore[assignment]  # makes every import of it fail
    from release_tests.archive import codec  # noqa: PLC0415 - only now is the library decided on

    if library != codec.LIBRARY:
        raise SystemExit(f"{library} is not installed")
    print(json.dumps(STAGES[stage](Path(wheel))))


@dataclass(slots=True)
class _Clock:
    """Processor seconds of this thread spent in what is called through it."""

    spent: float = 0.0

    def __call__(self, call: Callable[P, T], *args: P.args, **words: P.kwargs) -> T:
        began = time.thread_time()
        result = call(*args, **words)
        self.spent += time.thread_time() - began
        return result


def _floor(wheel: Path) -> dict[str, float]:
    from release_tests.archive.codec import crc32  # noqa: PLC0415

    inflating, summing, digesting = _Clock(), _Clock(), _Clock()
    with wheel.open("rb") as file:
        for member in _members(wheel):
            digest, crc = hashlib.sha256(), 0
            for piece in _inflated(file, member, inflating):
                crc = summing(crc32, piece, crc)
                digesting(digest.update, piece)
            _check(crc == member.CRC, member.filename)
    found = {"inflate": inflating.spent, "crc": summing.spent, "sha256": digesting.spent}
    return found | {"floor": sum(found.values()) / 2}


def _alone(wheel: Path) -> dict[str, float]:
    largest = max(_members(wheel), key=lambda member: member.file_size)
    clock = _Clock()
    with wheel.open("rb") as file:
        began = time.perf_counter()
        size = sum(map(len, _inflated(file, largest, clock)))
        wall = time.perf_counter() - began
    _check(size == largest.file_size, largest.filename)
    return {"wall": wall, "cpu": clock.spent}


def _read(wheel: Path) -> dict[str, float]:
    from release_tests.archive.reader import read_wheel  # noqa: PLC0415
    from release_tests.gates import archive, record  # noqa: PLC0415
    from release_tests.policy import Policy  # noqa: PLC0415

    began, processor = time.perf_counter(), time.process_time()
    facts = read_wheel(wheel)
    findings = [*archive.check(facts, Policy()), record.check(facts, Policy())]
    found = {"wall": time.perf_counter() - began, "cpu": time.process_time() - processor}
    _check(findings == [[]], wheel.name)
    return found


STAGES: dict[str, Callable[[Path], dict[str, float]]] = {
    "floor": _floor,
    "alone": _alone,
    "read": _read,
}


def _members(wheel: Path) -> list[zipfile.ZipInfo]:
    with zipfile.ZipFile(wheel) as archive:
        return [member for member in archive.infolist() if not member.is_dir()]


def _inflated(file: IO[bytes], member: zipfile.ZipInfo, clock: _Clock) -> Iterator[bytes]:
    """Yield the member's pieces, in the steps in which the reader inflates it."""
    from release_tests.archive import limits  # noqa: PLC0415
    from release_tests.archive.codec import inflater  # noqa: PLC0415

    whole = member.file_size <= limits.WHOLE_MEMBER
    step_in = member.compress_size if whole else limits.CHUNK_IN
    step_out = member.file_size + 1 if whole else limits.CHUNK_OUT
    stream = None if member.compress_type == zipfile.ZIP_STORED else inflater()
    for data in _packed(file, member, step_in):
        if stream is None:
            yield data
            continue
        left = data
        while left:
            yield clock(stream.decompress, left, step_out)
            left = stream.unconsumed_tail


def _packed(file: IO[bytes], member: zipfile.ZipInfo, step: int) -> Iterator[bytes]:
    file.seek(member.header_offset + _BEFORE_LENGTHS)
    name, extra = struct.unpack("<2H", file.read(4))
    file.seek(name + extra, io.SEEK_CUR)
    left = member.compress_size
    while left and (data := file.read(min(step, left))):
        left -= len(data)
        yield data


def _check(good: bool, what: str) -> None:  # noqa: FBT001 - reads as an assertion
    if not good:
        raise SystemExit(f"{what} does not pass, so it measures nothing")


if __name__ == "__main__":
    main(*sys.argv[1:])
