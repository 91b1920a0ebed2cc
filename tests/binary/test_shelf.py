"""Long ranges are kept on disk: however much code a file holds, memory does not grow with it."""

from __future__ import annotations

import hashlib
import os
import struct
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

import pytest

from release_tests.binary import limits
from release_tests.binary.collection import Collection
from release_tests.binary.shelf import Shelf, for_disk

if TYPE_CHECKING:
    from pathlib import Path

MIB = 1 << 20
SIZE = 256 * MIB
"""Of the code in the file that is examined, in pieces of one MiB."""

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="limits of processes are POSIX's")

# An executable segment that fills the file; the digest is that of what the scan was given.
EXAMINES = """
import hashlib, resource, sys
from release_tests.binary.examination import Examination
from release_tests.binary.facts import Code, Format
from release_tests.binary.room import Room
head, size, limit, value = bytes.fromhex(sys.argv[1]), *map(int, sys.argv[2:])
resource.setrlimit(limit, (value, value))

def summed(executable):
    return Code(executable.digest(), sum(len(one.data) for one in executable.regions))

with Examination(Format.ELF, "long.so", size, Room(1 << 20), summed) as examination:
    piece = bytes(range(256)) * 4096
    examination.feed(head + piece[len(head):])
    for at in range(1, size >> 20):
        examination.feed(piece[at:] + piece[:at])
    code = examination.finish().images[0].code
print(code.digest, code.size)
"""


def head() -> bytes:
    """Return the beginning of an ELF file of x86-64 that is one executable segment."""
    ident = b"\x7fELF" + bytes([2, 1, 1]) + bytes(9)
    header = struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, 64, 0, 0, 64, 56, 1, 64, 0, 0)
    return ident + header + struct.pack("<IIQQQQQQ", 1, 5, 0, 0, 0, SIZE, SIZE, 4096)


def expected() -> str:
    """Return the SHA-256 of the whole file."""
    piece, digest = bytes(range(256)) * 4096, hashlib.sha256()
    digest.update(head() + piece[len(head()) :])
    for at in range(1, SIZE // MIB):
        digest.update(piece[at:] + piece[:at])
    return digest.hexdigest()


def examined(limit: int, value: int, directory: Path) -> str:
    """Return what a process under a limit of *value* bytes says of the file's code."""
    command = [sys.executable, "-c", EXAMINES, head().hex(), *map(str, (SIZE, limit, value))]
    environment = {**os.environ, "TMPDIR": str(directory)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    return done.stdout


@POSIX
@pytest.mark.parametrize(
    ("limit", "value"),
    [("RLIMIT_DATA", SIZE - 64 * MIB), ("RLIMIT_FSIZE", 96 * MIB), ("RLIMIT_FSIZE", 0)],
    ids=["little memory", "no room on the way", "no room at all"],
)
def test_all_code_is_looked_at(limit: str, value: int, tmp_path: Path) -> None:
    """Code that is longer than the memory at hand is seen whole; so it is where no disk is."""
    import resource  # noqa: PLC0415 - POSIX only

    found = examined(getattr(resource, limit), value, tmp_path)
    assert found == f"{expected()} {SIZE}\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("sizes", "disk"),
    [([60, 30], set()), ([60, 37], {0}), ([10, 50, 60, 30], {2}), ([50] * 9, {*range(8)})],
)
def test_the_longest_go_to_disk(sizes: list[int], disk: set[int]) -> None:
    """However many ranges a file has, those in memory are no more than the limit together."""
    assert limits.IN_MEMORY == 96 * MIB
    assert for_disk([size * MIB for size in sizes]) == disk


def test_a_directory_that_is_gone_is_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no file can be made, a long range is kept in memory."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    shelf = Shelf()
    shelf.extend(memoryview(b"co"))
    shelf.extend(memoryview(b"de"))
    assert (bytes(shelf.content()), shelf.size) == (b"code", 4)
    shelf.close()


def test_a_shelf_may_stay_empty() -> None:
    """Of a file that ends before its long ranges begin nothing is mapped; nothing can be."""
    shelf = Shelf()
    assert bytes(shelf.content()) == b""
    shelf.close()


@pytest.mark.parametrize("size", [1, 7, 30, 64, 100])
def test_ranges_on_disk_are_told_apart(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """One file takes all that memory does not, and gives each range as it was."""
    monkeypatch.setattr(limits, "IN_MEMORY", 20)
    data, ranges = bytes(range(100)), [(0, 30), (31, 41), (50, 80), (81, 85), (90, 100)]
    collection = Collection(100, ranges)
    for at in range(0, 100, size):
        collection.feed(data[at : at + size])
    content = collection.content()
    collection.close()
    assert collection.memory == 14
    assert [bytes(content.upto(start, 100)) for start, _ in ranges] == [
        data[start:end] for start, end in ranges
    ]
