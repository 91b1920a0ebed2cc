"""Archives that bytes choose: framed mostly right, so that a fuzzer gets past the framing."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from tests import forge
from tests.archive.zips import Archive, Entry

if TYPE_CHECKING:
    from collections.abc import Callable

_NAMES = tuple(name.encode() for name, _ in forge.Wheel(entry_points="").members())
_NUMBERS = (0, 1, 8, 0xFFFF, 0xFFFFFFFF, 1 << 32, (1 << 64) - 1)


class _Choices:
    """Takes choices off bytes; when they are used up each choice is the plain one."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def number(self) -> int:
        """Return the next byte."""
        self._at += 1
        return self._data[self._at - 1] if self._at <= len(self._data) else 0

    def bytes(self, length: int) -> bytes:
        """Return the next bytes, up to *length* of them."""
        self._at += length
        return self._data[self._at - length : self._at]

    def wide(self) -> int:
        """Return a number of interest, or one of four bytes."""
        at = self.number()
        taken = self.bytes(4)
        return _NUMBERS[at] if at < len(_NUMBERS) else int.from_bytes(taken, "little")


_Change = tuple[str, "Callable[[_Choices], Any]"]
_OF_ENTRIES: tuple[_Change, ...] = (
    ("name", lambda taken: taken.bytes(taken.number() % 32)),
    ("flags", lambda taken: 1 << taken.number() % 16),
    ("packed", lambda taken: taken.bytes(taken.number())),
    ("size", lambda taken: taken.wide() & 0xFFFFFFFF),
    ("crc", lambda taken: taken.wide() & 0xFFFFFFFF),
    ("offset", lambda taken: taken.wide() & 0xFFFFFFFF),
    ("extra", lambda taken: taken.bytes(taken.number() % 64)),
    ("local_extra", lambda taken: taken.bytes(taken.number() % 64)),
    ("extra", lambda taken: _zip64(taken.number() % 40)),
    ("local_extra", lambda taken: _zip64(taken.number() % 40)),
    ("comment", lambda taken: taken.bytes(taken.number() % 8)),
    ("zip64", lambda _: True),
    ("mode", lambda taken: taken.number() << 8),
    ("local_says", lambda taken: {"size": taken.wide() & 0xFFFFFFFF}),
    ("local_says", lambda taken: {"packed": taken.wide() & 0xFFFFFFFF}),
    ("local_says", lambda taken: {"flags": 1 << taken.number() % 16}),
    ("local_says", lambda taken: {"name": taken.bytes(taken.number() % 32)}),
)
_AROUND: tuple[_Change, ...] = (
    ("comment", lambda taken: taken.bytes(taken.number() % 64)),
    ("zip64", lambda _: True),
    ("count", lambda taken: taken.number()),
    ("size", lambda taken: taken.wide() & 0xFFFFFFFF),
    ("offset", lambda taken: taken.wide() & 0xFFFFFFFF),
    ("end64", lambda taken: taken.wide()),
    ("end64_size", lambda taken: taken.number()),
    ("locator", lambda _: False),
    ("before", lambda taken: taken.bytes(taken.number() % 8)),
    ("between", lambda taken: taken.bytes(taken.number() % 8)),
    ("after", lambda taken: taken.bytes(taken.number() % 8)),
)


def _zip64(length: int) -> bytes:
    return struct.pack("<2H", 1, length) + bytes(length)


def shaped(data: bytes) -> bytes:
    """Return the archive that the bytes choose; without any bytes it is an empty one."""
    taken = _Choices(data)
    entries = [_entry(taken) for _ in range(taken.number() % 8)]
    around = dict(_changes(taken, _AROUND))
    return Archive(entries, **around).data()


def _entry(taken: _Choices) -> Entry:
    name = _NAMES[taken.number() % len(_NAMES)]
    method = (8, 0)[taken.number() % 2]
    content = taken.bytes(taken.number())
    fields = {"name": name, "data": content, "method": method, **dict(_changes(taken, _OF_ENTRIES))}
    return Entry(**fields)


def _changes(taken: _Choices, table: tuple[_Change, ...]) -> list[tuple[str, Any]]:
    chosen = [table[taken.number() % len(table)] for _ in range(taken.number() % 3)]
    return [(name, value(taken)) for name, value in chosen]
