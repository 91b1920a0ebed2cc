"""One compiled file, examined as its pieces come: bytes go in, facts come out."""

from __future__ import annotations

import importlib
from contextlib import ExitStack
from typing import TYPE_CHECKING, Protocol, Self

from release_tests.binary import limits
from release_tests.binary.collection import Collection, Range, all_of
from release_tests.binary.content import Content, Damages
from release_tests.binary.facts import Binary, Format, Image
from release_tests.binary.paths import Search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from release_tests.binary.paths import Hits
    from release_tests.binary.regions import Scan
    from release_tests.binary.room import Room


class Reader(Protocol):
    """What ``release_tests.binary.<format>.reader`` offers."""

    def kept(self, head: bytes, size: int, *, code: bool) -> list[Range]:
        """Return what to keep of a large file."""

    def read(
        self, content: Content, name: str, hits: Hits, damages: Damages, scan: Scan | None
    ) -> Sequence[Image]:
        """Return the images; what is damaged is noted, or raised where nothing can be read."""


_READERS = {Format.ELF: "elf", Format.MACH_O: "macho", Format.PE: "pe"}


def reader_of(form: Format) -> Reader:
    """Return the reader of a format, loaded when the first file of it is met."""
    reader: Reader = importlib.import_module(f"release_tests.binary.{_READERS[form]}.reader")
    return reader


class Examination:
    """Takes the pieces of one file, then says what it is; a context that gives its room back.

    ``name`` is the file's, ``size`` what it ought to hold, ``room`` what threads share. With
    *scan* the instructions are looked at, else ``Image.code`` stays None.
    """

    def __init__(
        self, form: Format, name: str, size: int, room: Room, scan: Scan | None = None
    ) -> None:
        """Begin to examine a file of a known format."""
        self._reader = reader_of(form)
        self._name, self._size, self._room, self._scan = name, size, room, scan
        self._head: list[bytes] = []
        self._collection: Collection | None = None
        self._search = Search()
        self._held = ExitStack()

    def __enter__(self) -> Self:
        """Take no room before it is known how much."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let everything go that was kept."""
        self._collection = None
        self._held.close()

    def feed(self, piece: bytes) -> None:
        """Take the next piece."""
        if self._collection is not None:
            self._collection.feed(piece)
            return
        self._head.append(piece)
        if sum(map(len, self._head)) >= min(limits.HEAD, self._size):
            self._begin()

    def _begin(self) -> Collection:
        head, self._head = b"".join(self._head), []
        ranges = all_of(self._size)
        if self._size > limits.WHOLE:
            ranges = self._reader.kept(head, self._size, code=self._scan is not None)
        self._collection = Collection(self._size, ranges, self._search.feed)
        self._held.callback(self._collection.close)
        if self._size > limits.WHOLE:
            self._held.enter_context(self._room.taken(self._collection.memory))
        self._collection.feed(head)
        return self._collection

    def finish(self) -> Binary:
        """Return the facts; whatever the bytes are, it returns."""
        content = (self._collection or self._begin()).content()
        damages = Damages()
        images: Sequence[Image] = ()
        with damages:
            images = self._reader.read(content, self._name, self._search, damages, self._scan)
        return Binary(tuple(images), damages.message, min(damages.offset, content.size))


def examine(form: Format, name: str, data: bytes, room: Room, scan: Scan | None = None) -> Binary:
    """Examine a file that is there as a whole."""
    with Examination(form, name, len(data), room, scan) as examination:
        examination.feed(data)
        return examination.finish()
