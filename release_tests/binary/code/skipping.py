"""Plain code is passed over: which instruction of the pieces is the next that is not plain.

With RE2, whose automata read a byte in about a nanosecond and without the interpreter's lock; it
comes with the extra ``fast``. Without it nothing counts as plain.
"""

from __future__ import annotations

import importlib
from bisect import bisect_right
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Protocol

from release_tests.binary.code.grammar import MARK, TWIN

if TYPE_CHECKING:
    from collections.abc import Sequence

Span = tuple[int, int]
"""A piece of code: the offset of its first byte, and that after its last."""

Stop = tuple[int, int]
"""The index of a piece, and the offset at which an instruction of it begins."""

_MARK = bytes((MARK,))


class Pieces(Protocol):
    """Pieces of code, in the order in which they are swept.

    ``few`` instructions are worth decoding at a stop before the next one is searched for.
    """

    few: int

    def stop(self, index: int, offset: int) -> Stop | None:
        """Return the first instruction that is not plain, None where there is none.

        It is searched from an instruction of a piece on, or from the end of that piece.
        """

    def instruction(self, index: int, offset: int, limit: int) -> int:
        """Return an offset at which an instruction begins, where all are plain up to *limit*.

        It is as near before *limit* as can be told, and not before *offset*, where one begins.
        """


def pieces(data: bytes, spans: Sequence[Span]) -> Pieces:
    """Return the pieces of *data* that *spans* tells, of which there is at least one."""
    return (Searched if able() else Swept)(data, spans)


def able() -> bool:
    """Whether plain code can be passed over."""
    return _re2() is not None


@cache
def _re2() -> Any:
    try:
        return importlib.import_module("re2")
    except ImportError:
        return None


@cache
def _pattern() -> Any:
    from release_tests.binary.code.plain import PLAIN_CODE  # noqa: PLC0415 - takes a while to write

    re2 = _re2()
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    return re2.compile(PLAIN_CODE, options)


class Searched:
    """Pieces of *data* that RE2 searches."""

    few = 4

    def __init__(self, data: bytes, spans: Sequence[Span]) -> None:
        """Put marks between the pieces."""
        self._spans = spans
        single = data.replace(_MARK, bytes((TWIN,)))
        self._text = _MARK + _MARK.join(single[start:end] for start, end in spans)
        sizes = (1 + end - start for start, end in spans)
        self._starts = list(accumulate(sizes, initial=1))
        self._match = _pattern().match

    def stop(self, index: int, offset: int) -> Stop | None:
        """Search for the next instruction that is not plain."""
        moved = self._starts[index] - self._spans[index][0]
        at: int = self._match(self._text, offset + moved).end()
        if at >= self._starts[index + 1] - 1:  # the end of the piece
            if at == len(self._text):
                return None
            index = bisect_right(self._starts, at, index) - 1
            moved = self._starts[index] - self._spans[index][0]
        return index, at - moved

    def instruction(self, index: int, offset: int, limit: int) -> int:
        """Return where the last plain instruction before *limit* ends."""
        at, last = self._at(index, offset), self._at(index, limit)
        end: int = self._match(self._text, at, last).end()
        return offset + end - at

    def _at(self, index: int, offset: int) -> int:
        return self._starts[index] + offset - self._spans[index][0]


class Swept:
    """Pieces of which every instruction counts as not plain."""

    few = 256

    def __init__(self, _: bytes, spans: Sequence[Span]) -> None:
        """Begin with the first piece."""
        self._spans = spans

    def stop(self, index: int, offset: int) -> Stop | None:
        """Return the instruction at *offset*, or the first of the next piece."""
        while offset == self._spans[index][1]:
            index += 1
            if index == len(self._spans):
                return None
            offset = self._spans[index][0]
        return index, offset

    def instruction(self, index: int, offset: int, limit: int) -> int:  # noqa: ARG002 - of the protocol
        """Return *offset*."""
        return offset
