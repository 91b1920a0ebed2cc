"""Memory, time and disk that hostile archives may take: read in a process with hard limits."""

from __future__ import annotations

import json
import os
import resource
import struct
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from release_tests.archive.directory import read_directory
from release_tests.archive.facts import FaultKind
from release_tests.archive.framing import walk
from release_tests.archive.limits import MIB
from release_tests.archive.reader import read_wheel
from release_tests.archive.source import opened
from tests.archive.zips import MAX32, Archive, Entry, deflated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MEMORY = 400 * MIB
"""Address space for the interpreter, its libraries, the threads' stacks, and the reading."""

_READING = """
import json, resource, sys
from pathlib import Path
memory, seconds = int(sys.argv[2]), int(sys.argv[3])
from release_tests.archive.reader import read_artifact
resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
facts = read_artifact(Path(sys.argv[1]))
kinds = list(dict.fromkeys(fault.kind for fault in facts.faults))
print(json.dumps({"kinds": kinds, "members": len(facts.members), "faults": len(facts.faults)}))
"""


def limited(path: Path, seconds: int = 10) -> dict[str, Any]:
    """Return what is read where memory, processor time and written bytes are limited."""
    command = [sys.executable, "-c", _READING, str(path), str(_MEMORY), str(seconds)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _at(directory: Path) -> Path:
    return directory / "demo-1.0-py3-none-any.whl"


_KERNEL = deflated(bytes(MIB), 9)
_STORED = Entry(b"kernel.bin", bytes(MIB), packed=_KERNEL)


def _one_kernel(count: int) -> Archive:
    """Return many central headers of one name each, all on the one local header."""
    names = [replace(_STORED, name=b"k%09d" % at, offset=0) for at in range(count)]
    return Archive([replace(_STORED, name=names[0].name)], central=names)


def _nested(count: int) -> Archive:
    """Return the overlapping bomb: each record quotes all headers behind it, up to one kernel.

    A stored block of deflate holds the next local header, so every member inflates to what all
    the following ones do.
    """
    body, listed = b"", []
    packed, size = _KERNEL, MIB
    for at in reversed(range(count)):
        entry = Entry(b"k%09d" % at, packed=packed, size=size, crc=0)
        header = entry.local_header()
        body = header + packed
        listed.append((entry, len(body)))
        quoted = struct.pack("<BHH", 0, len(header), len(header) ^ 0xFFFF) + header
        packed, size = quoted + packed, size + len(header)
    central = [replace(entry, offset=len(body) - left) for entry, left in reversed(listed)]
    first, _ = listed[-1]
    return Archive([first], central=central)


def _many(count: int) -> Archive:
    return Archive([Entry(b"d%04d/f.py" % at, b"x", method=0) for at in range(count)])


def _faulty(count: int) -> Archive:
    """Return many members each of which is wrong in several ways."""
    entry = Entry(b"", b"x", comment=b"c", extra=b"U", local_extra=b"U")
    return Archive([replace(entry, name=b"..\\\n%d" % at) for at in range(count)])


def _astray(count: int) -> Archive:
    """Return records and as many entries that point into the data of the first."""
    first = Entry(b"a.bin", bytes(2 * count), method=0)
    central = [Entry(b"e%d" % at, offset=40 + at) for at in range(count)]
    return Archive([first, *_many(100).entries], central=[first, *central])


def _marked(count: int) -> Archive:
    """Return data full of marks of records, and an entry on each of them."""
    head = b"PK\3\4"
    first = Entry(b"a.bin", head * count, method=0)
    central = [Entry(b"e%d" % at, offset=35 + 4 * at) for at in range(count)]
    return Archive([first], central=[first, *central])


def _long_names(count: int) -> Archive:
    return Archive([Entry(b"%d" % at + b"/a" * 32000, b"x", method=0) for at in range(count)])


K = FaultKind
HOSTILE: dict[str, tuple[Archive, set[FaultKind], int]] = {
    "10,000 tiny members": (_many(10_000), set(), 10_000),
    "one kernel, 1,000 times": (_one_kernel(1000), {K.UNREACHED, K.BOMB}, 1000),
    "one kernel, 20 times": (_one_kernel(20), {K.UNREACHED}, 20),
    "nested records": (_nested(30), {K.OVERLAP}, 30),
    "many nested records": (_nested(300), {K.OVERLAP, K.BOMB}, 300),
    "10,000 faulty members": (
        _faulty(10_000),
        {K.EXTRA, K.NAME_CONTROL, K.ENTRY_COMMENT, K.NAME},
        10_000,
    ),
    "20,000 entries on nothing": (_astray(20_000), {K.UNREACHED}, 20_001),
    "20,000 entries on marks": (_marked(20_000), {K.OVERLAP, K.UNLISTED}, 20_001),
    "100 long names": (_long_names(100), set(), 100),
}


@pytest.mark.skipif(sys.platform != "linux", reason="other systems limit memory otherwise")
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_archives_are_read_within_limits(tmp_path: Path, name: str) -> None:
    """400 MiB of memory, ten seconds and not a byte on disk are enough for any of them."""
    archive, kinds, members = HOSTILE[name]
    path = archive.write(_at(tmp_path))
    found = limited(path)
    assert kinds <= set(found["kinds"])
    assert bool(kinds) == bool(found["kinds"])
    assert found["members"] == members
    assert [*tmp_path.iterdir()] == [path]


def test_time_grows_with_the_file(tmp_path: Path) -> None:
    """Eight times the members take about eight times the time, whatever is wrong with them."""
    for archive in (_astray, _marked, _faulty, _one_kernel):
        few, many = (_cost(archive(count), tmp_path) for count in (500, 4000))
        assert many < 24 * few + 0.2, archive.__name__


def _cost(archive: Archive, directory: Path) -> float:
    path = archive.write(_at(directory))
    before = resource.getrusage(resource.RUSAGE_SELF)
    read_wheel(path)
    after = resource.getrusage(resource.RUSAGE_SELF)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


_LARGE = "RELEASE_GATES_TEST_LARGE"
_BEYOND = (4 << 30) + 4096
"""More bytes than 32 bits count."""


def _sparse(path: Path, big: Entry, size: int, *, small: Entry) -> Path:
    """Write one stored member of *size* zeros, as a hole in the file, and a small one after it."""
    head = big.local_header()
    with path.open("wb") as file:
        file.write(head)
        file.seek(size, os.SEEK_CUR)
        at = file.tell()
        file.write(small.local())
        start = file.tell()
        directory = big.central(0) + replace(small, zip64=True).central(at)
        file.write(directory)
        tail = Archive(zip64=True, count=2, size=len(directory), offset=start, end64=file.tell())
        file.write(tail.data())
    return path


def _big(size: int, crc: int) -> Entry:
    """Return the headers of a stored member of any size, which are all that is written of it."""
    block = struct.pack("<HHQQ", 1, 16, size, size)
    says = {"packed": MAX32, "size": MAX32, "crc": crc}
    return _Big(b"big.bin", b"", method=0, local_extra=block, local_says=says, size=size, crc=crc)


class _Big(Entry):
    def central(self, offset: int) -> bytes:
        block = struct.pack("<HHQQQ", 1, 24, self.size, self.size, offset)
        plain = replace(Entry(self.name, method=0), crc=self.crc, extra=block)
        data = bytearray(plain.central(offset))
        data[20:28] = b"\xff" * 8
        data[42:46] = b"\xff" * 4
        return bytes(data)


@pytest.fixture
def sparse(tmp_path: Path) -> Iterator[Path]:
    """Return a path for a file of holes, which is removed at once after the test."""
    path = _at(tmp_path)
    yield path
    path.unlink(missing_ok=True)


_AFTER = Entry(b"demo/after.py", b"x = 1\n", method=0)


@pytest.mark.parametrize("size", [(1 << 32) - 1, 1 << 32, _BEYOND, 1 << 40])
def test_members_beyond_4_gib_are_framed(sparse: Path, size: int) -> None:
    """What stands behind a huge member is found, though only extra fields give its offset."""
    _sparse(sparse, _big(size, 0), size, small=_AFTER)
    with opened(sparse) as source:
        directory = read_directory(source)
        framing = walk(source, directory)
    big, small = directory.entries
    assert (framing.faults, big.size, small.offset) == ([], size, len(_big(size, 0).local()) + size)
    assert set(framing.starts) == {big.position, small.position}


@pytest.mark.parametrize("size", [1 << 32, 1 << 40])
def test_local_sizes_of_members_beyond_4_gib_are_compared(sparse: Path, size: int) -> None:
    """A local header whose extra field gives a huge member one byte more is refused."""
    local = replace(_big(size, 0), local_extra=struct.pack("<HHQQ", 1, 16, size + 1, size))
    _sparse(sparse, local, size, small=_AFTER)
    with opened(sparse) as source:
        faults = walk(source, read_directory(source)).faults
    assert [fault.kind for fault in faults] == [K.HEADER_SIZE]


@pytest.mark.skipif(_LARGE not in os.environ, reason=f"takes half a minute; set {_LARGE} to run it")
def test_a_member_beyond_4_gib_is_read(sparse: Path) -> None:
    """All bytes of a file of more than 4 GiB are read within the same memory."""
    _sparse(sparse, _big(_BEYOND, 0), _BEYOND, small=_AFTER)
    found = limited(sparse, seconds=120)
    assert (found["kinds"], found["members"]) == ([K.CRC], 2)


@pytest.mark.parametrize("claimed", [1 << 32, (1 << 32) - 1, 1 << 40, (1 << 63) - 1, (1 << 64) - 1])
def test_forged_sizes_beyond_4_gib(tmp_path: Path, claimed: int) -> None:
    """A small file that announces a huge member is refused, and nothing is inflated."""
    forged = Entry(b"a.bin", b"words", zip64=True, size=claimed)
    found = limited(Archive([forged], zip64=True).write(_at(tmp_path)), seconds=3)
    assert found["kinds"] == [K.BOMB]


@pytest.mark.parametrize("claimed", [1 << 32, 1 << 40, (1 << 64) - 1])
def test_forged_packed_sizes_beyond_4_gib(tmp_path: Path, claimed: int) -> None:
    """A stored member that announces more data than the file holds reaches into what follows."""
    archive = Archive([_big(claimed, 0), _AFTER], zip64=True)
    found = limited(archive.write(_at(tmp_path)), seconds=3)
    assert K.OVERLAP in found["kinds"]
    assert K.BOMB in found["kinds"]
