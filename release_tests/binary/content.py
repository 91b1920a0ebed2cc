"""What is kept of a file, read at the offsets that it had there, and what is damaged of it."""

from __future__ import annotations

import contextlib
from bisect import bisect_right
from typing import TYPE_CHECKING, Any, Self

from release_tests.binary import limits

if TYPE_CHECKING:
    from collections.abc import Sequence
    from struct import Struct

Kept = bytes | bytearray | memoryview


class Damaged(Exception):
    """A part of a file that cannot be what the file says it is, and its offset."""

    def __init__(self, message: str, offset: int) -> None:
        """Say what is wrong in words, and where."""
        super().__init__(message)
        self.message = message
        self.offset = offset


class Damages:
    """The first damage of a file; what is read afterwards is read in spite of it."""

    def __init__(self) -> None:
        """Begin without any."""
        self.message = ""
        self.offset = 0

    def note(self, message: str, offset: int) -> None:
        """Keep this one if it is the first."""
        if not self.message:
            self.message, self.offset = message, max(offset, 0)

    def __enter__(self) -> Self:
        """Begin a part of the reading that damage ends."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: object
    ) -> bool:
        """Note what was raised as damaged, and go on after the block."""
        if isinstance(error, Damaged):
            self.note(error.message, error.offset)
            return True
        return False


class Content:
    """The kept ranges of a file of *size* bytes: sorted, apart from each other, and read-only."""

    def __init__(self, size: int, ranges: Sequence[tuple[int, Kept]], base: int = 0) -> None:
        """Take ranges as (offset, bytes); *base* is the offset in the file that 0 stands for."""
        self.size = size
        self._base = base
        self._starts = [start for start, _ in ranges]
        self._kept = [memoryview(data).toreadonly() for _, data in ranges]

    def read(self, offset: int, length: int, what: str) -> memoryview:
        """Return exactly these bytes; raise Damaged, naming *what* was read, where they are not."""
        if offset < 0 or length < 0 or offset + length > self.size:
            message = f"{what} of {length} bytes at {offset:#x} does not fit in the file"
            raise Damaged(message, self.place(min(max(offset, 0), self.size)))
        return self._within(offset, length, what)

    def _within(self, offset: int, length: int, what: str) -> memoryview:
        at = bisect_right(self._starts, offset) - 1
        if at >= 0:
            begin = offset - self._starts[at]
            if begin + length <= len(self._kept[at]):
                return self._kept[at][begin : begin + length]
        if not length:
            return memoryview(b"")
        raise Damaged(f"{what} lies where nothing of its kind is looked for", self.place(offset))

    def holds(self, offset: int, length: int) -> bool:
        """Whether these bytes are in the file, and kept."""
        with contextlib.suppress(Damaged):
            return len(self.read(offset, length, "")) == length
        return False

    def upto(self, offset: int, length: int) -> memoryview:
        """Return what is kept of these bytes from their beginning on; never raises."""
        at = bisect_right(self._starts, offset) - 1
        if at < 0 or length <= 0:
            return memoryview(b"")
        begin = offset - self._starts[at]
        return self._kept[at][begin : begin + length]

    def place(self, offset: int) -> int:
        """Return where in the whole file an offset of this content is."""
        return self._base + offset

    def unpack(self, layout: Struct, offset: int, what: str) -> tuple[Any, ...]:
        """Return the fields at *offset*; raises Damaged."""
        return layout.unpack(self.read(offset, layout.size, what))

    def slice(self, offset: int, size: int) -> Content:
        """Return a part of this content as a file of its own."""
        inside = [
            (max(start, offset) - offset, data[max(offset - start, 0) : offset + size - start])
            for start, data in zip(self._starts, self._kept, strict=True)
            if start < offset + size and start + len(data) > offset
        ]
        return Content(size, inside, self.place(offset))


class Names:
    """Turns names to text; all that it gives of one image are together no longer than a limit."""

    def __init__(self) -> None:
        """Begin with the whole limit."""
        self._left = limits.NAMES
        self._known: dict[bytes, str] = {}

    def text(self, data: Kept, start: int, offset: int) -> str:
        """Return the name that ends with a NUL, from *start* in *data*; *offset* is for damage."""
        piece = bytes(data[start : start + limits.NAME + 1])
        end = piece.find(b"\0")
        if start < 0 or start >= len(data) or (end < 0 and len(piece) <= limits.NAME):
            raise Damaged("a name does not end within its table", offset)
        if end < 0:
            raise Damaged(f"a name is longer than {limits.NAME} bytes", offset)
        return self.of(piece[:end], offset)

    def of(self, name: bytes, offset: int) -> str:
        """Return one name as text: each once, and with what is no UTF-8 escaped."""
        if name not in self._known:
            self._left -= len(name)
            if self._left < 0:
                raise Damaged(f"its names are longer than {limits.NAMES} bytes together", offset)
            self._known[name] = name.decode("utf-8", "backslashreplace")
        return self._known[name]
