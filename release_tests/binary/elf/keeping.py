"""What is kept of a large ELF file: what is loaded, and a little before the section headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.binary import limits
from release_tests.binary.collection import Range, all_of, merged
from release_tests.binary.content import Content, Damages
from release_tests.binary.elf.file import EXECUTABLE, LOAD, read_elf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.binary.elf.layout import Segment


def kept_of_elf(head: bytes, size: int, *, code: bool) -> list[Range]:
    """Return what to keep of a file of *size* bytes that begins with *head*.

    Everything where the head holds no program headers; the middle of a segment only where it is
    *code* that is looked at.
    """
    damages = Damages()
    elf = None
    with damages:
        elf = read_elf(Content(size, [(0, head)]), damages)
    if elf is None or not elf.of_type(LOAD):
        return all_of(size)
    table = elf.header.section_offset
    after = table + elf.header.sections * elf.header.section_size
    ranges = [(0, limits.HEAD), (table - limits.BEFORE_SECTIONS, after)]
    for segment in elf.segments:
        ranges += _kept_of_segment(segment, code=code)
    return merged(ranges, size)


def _kept_of_segment(segment: Segment, *, code: bool) -> Iterator[Range]:
    start, end = segment.offset, segment.offset + segment.size
    long = segment.size > limits.SEGMENT_HEAD + limits.SEGMENT_TAIL
    if long and not (code and segment.flags & EXECUTABLE):
        yield start, start + limits.SEGMENT_HEAD
        start = end - limits.SEGMENT_TAIL
    yield start, end
