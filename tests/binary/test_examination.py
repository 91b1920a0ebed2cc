"""Files that come in pieces: what is kept of them, and the room that threads share."""

from __future__ import annotations

import threading

import pytest

from release_tests.binary.collection import Collection, merged
from release_tests.binary.content import Content, Damaged
from release_tests.binary.examination import Examination
from release_tests.binary.facts import Format
from release_tests.binary.room import Room
from tests.binary.small import MachO


def test_ranges_are_merged() -> None:
    """Ranges are cut to the file, sorted, and those that touch are one."""
    assert merged([(50, 60), (0, 10), (10, 20), (-5, 3), (90, 200), (7, 7)], 100) == [
        (0, 20),
        (50, 60),
        (90, 100),
    ]


@pytest.mark.parametrize("size", [1, 3, 10, 99, 100])
def test_only_ranges_are_kept(size: int) -> None:
    """However the pieces fall, the ranges are kept and everything else is shown."""
    data, shown = bytes(range(100)), bytearray(100)

    def passed(piece: memoryview, offset: int) -> None:
        shown[offset : offset + len(piece)] = piece

    collection = Collection(100, [(5, 20), (30, 31), (80, 100)], passed)
    for at in range(0, 100, size):
        collection.feed(data[at : at + size])
    content = collection.content()
    assert bytes(content.read(5, 15, "")) == data[5:20]
    assert bytes(content.read(80, 20, "")) == data[80:]
    assert not any(shown[5:20] + shown[80:])
    assert shown[:5] + shown[20:30] + shown[31:80] == data[:5] + data[20:30] + data[31:80]


def test_what_is_not_there_is_damage() -> None:
    """A read beyond the end, or of what was not kept, says where; an empty one is never wrong."""
    content = Content(100, [(10, b"x" * 10)], 1000)
    assert bytes(content.read(12, 8, "a word")) == b"x" * 8
    assert bytes(content.read(100, 0, "nothing")) == b""
    for offset, length, place in ((15, 6, 1015), (0, 1, 1000), (99, 2, 1099), (200, 1, 1100)):
        with pytest.raises(Damaged, match="a word") as caught:
            content.read(offset, length, "a word")
        assert caught.value.offset == place


def test_a_part_is_a_file_of_its_own() -> None:
    """Offsets in a part count from its beginning, places of damage do not."""
    part = Content(100, [(0, bytes(range(100)))]).slice(40, 20)
    assert (part.size, bytes(part.read(1, 2, ""))) == (20, bytes([41, 42]))
    with pytest.raises(Damaged) as caught:
        part.read(19, 2, "a word")
    assert caught.value.offset == 59


def test_room_is_waited_for() -> None:
    """Who does not fit waits until another is done; who never fits gets it alone."""
    room, order = Room(100), []
    ready = threading.Event()

    def other() -> None:
        ready.set()
        with room.taken(1000):
            order.append("second")

    with room.taken(60), room.taken(40):
        thread = threading.Thread(target=other)
        thread.start()
        assert ready.wait(60)
        thread.join(0.05)
        order.append("first")
    thread.join(60)
    assert order == ["first", "second"]


def test_room_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """An examination that ends early leaves no room taken."""
    monkeypatch.setattr("release_tests.binary.limits.WHOLE", 0)
    room, data = Room(1), MachO().data
    for _ in range(2):
        with Examination(Format.MACH_O, "a.so", len(data), room) as examination:
            examination.feed(data[:2000])
        with room.taken(1):
            pass


def test_nothing_at_all() -> None:
    """A file of which nothing came is damaged."""
    for form in Format:
        with Examination(form, "a.pyd", 0, Room(1)) as examination:
            assert examination.finish().damage
