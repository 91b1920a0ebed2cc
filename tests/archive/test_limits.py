"""Limits that reading keeps to, whatever the archive announces."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import pytest

from release_tests.archive import limits
from release_tests.archive.facts import ArtifactFacts, FaultKind
from release_tests.archive.reader import read_wheel
from tests.archive.zips import Archive, Entry, deflated

if TYPE_CHECKING:
    from pathlib import Path

_ZEROS = deflated(bytes(64 * limits.MIB), 9)


def _peak(archive: Archive, directory: Path) -> tuple[ArtifactFacts, int]:
    """Return the facts, and the bytes that reading held at once."""
    path = archive.write(directory / "demo-1.0-py3-none-any.whl")
    tracemalloc.start()
    try:
        return read_wheel(path), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("size", [10, limits.WHOLE_MEMBER, limits.WHOLE_MEMBER + 1])
def test_inflating_stops_at_the_declared_size(tmp_path: Path, size: int) -> None:
    """A member that inflates to more than it says is left after one byte more."""
    entry = Entry(b"a.bin", packed=_ZEROS, size=size, crc=0)
    facts, peak = _peak(Archive([entry]), tmp_path)
    assert [fault.kind for fault in facts.faults] == [FaultKind.SIZE]
    assert peak < 2 * size + 4 * limits.MIB


def test_bombs_are_not_inflated(tmp_path: Path) -> None:
    """An archive that announces too much is refused before anything of it is inflated."""
    entries = [Entry(b"%d" % at, packed=_ZEROS, size=64 * limits.MIB, crc=0) for at in range(3)]
    facts, peak = _peak(Archive(entries), tmp_path)
    (fault,) = facts.faults
    assert fault.kind is FaultKind.BOMB
    assert str(192 * limits.MIB) in fault.found
    assert [member.size for member in facts.members] == [64 * limits.MIB] * 3
    assert peak < 2 * limits.MIB


def test_of_bombs_only_small_metadata_is_inflated(tmp_path: Path) -> None:
    """What an uploader would take for the metadata is read, 2 MiB of it and no more."""
    half = bytes(limits.PARSED // 2 + 1)
    entries = [
        Entry(b"zeros.bin", packed=_ZEROS, size=80 * limits.MIB, crc=0),
        Entry(b"demo-1.0.dist-info/METADATA", b"Name: demo"),
        Entry(b"demo-1.0.dist-info/WHEEL", b"Wheel-Version: 1.0"),
        *(Entry(b"a/b/METADATA%d" % at, half) for at in range(3)),
        Entry(b"METADATA", packed=_ZEROS, size=10, crc=0),
    ]
    facts, peak = _peak(Archive(entries), tmp_path)
    assert list(facts.contents) == ["demo-1.0.dist-info/METADATA", "a/b/METADATA0"]
    assert [fault.kind for fault in facts.faults] == [FaultKind.BOMB, FaultKind.SIZE]
    assert peak < 2 * limits.PARSED + limits.MIB


def test_overlapping_members_are_refused(tmp_path: Path) -> None:
    """Members within members, which inflate one kernel many times, are not followed."""
    inner = Entry(b"b", b"words" * 100)
    outer = Entry(b"a", inner.local(), method=0)
    start = len(outer.local()) - len(inner.local())
    entries = [outer, Entry(b"b", b"words" * 100, offset=start)]
    facts, _ = _peak(Archive(entries), tmp_path)
    assert FaultKind.OVERLAP in {fault.kind for fault in facts.faults}


@pytest.mark.parametrize(("more", "kind"), [(0, FaultKind.SIZE), (1, FaultKind.BOMB)])
def test_the_limit_itself_is_allowed(tmp_path: Path, more: int, kind: FaultKind) -> None:
    """64 MiB are free for every archive, one byte more is not."""
    entry = Entry(b"a", b"x", size=limits.INFLATED_FREE + more)
    facts, _ = _peak(Archive([entry]), tmp_path)
    assert [fault.kind for fault in facts.faults] == [kind]


def test_large_members_are_streamed(tmp_path: Path) -> None:
    """A member of 64 MiB that is right is read in pieces."""
    facts, peak = _peak(Archive([Entry(b"a.bin", bytes(64 * limits.MIB), packed=_ZEROS)]), tmp_path)
    assert facts.faults == ()
    assert facts.members[0].digests["sha256"].startswith("3b6a07d0d404fab4")
    assert peak < 8 * limits.MIB


def test_large_sources_are_not_kept(tmp_path: Path) -> None:
    """A Python file beyond the limit is read, but the gates do not get its bytes."""
    entries = [Entry(b"a.py", b"#" * (limits.KEPT_SOURCE + more)) for more in (0, 1)]
    kept = [len(read_wheel(Archive([e]).write(tmp_path / "a.whl")).contents) for e in entries]
    assert kept == [1, 0]
