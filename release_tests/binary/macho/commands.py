"""The header and the load commands of one architecture, taken apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from struct import Struct
from typing import TYPE_CHECKING, NamedTuple

from release_tests.binary import limits
from release_tests.binary.content import Content, Damaged, Names
from release_tests.binary.macho.layout import (
    LIBRARIES,
    MAGICS,
    MINIMUM,
    OPTIONAL,
    PLATFORMS,
    Command,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.binary.content import Damages

_WIDE = 64


class Section(NamedTuple):
    """A section of a segment."""

    name: bytes
    segment: bytes
    address: int
    size: int
    offset: int
    flags: int


class Segment(NamedTuple):
    """A segment; ``protection`` is what its pages are given at first."""

    name: bytes
    address: int
    memory: int
    offset: int
    size: int
    protection: int
    sections: tuple[Section, ...]


@dataclass(slots=True)
class MachO:
    """What the load commands of one architecture say."""

    content: Content
    bits: int
    order: str
    cpu: int = 0
    variant: int = 0
    type: int = 0
    flags: int = 0
    names: Names = field(default_factory=Names)
    segments: list[Segment] = field(default_factory=list)
    libraries: list[str] = field(default_factory=list)
    optional: list[str] = field(default_factory=list)
    rpaths: list[str] = field(default_factory=list)
    name: str = ""
    linker: str = ""
    system: str = ""
    minimum: tuple[int, int] = (0, 0)
    symbols: tuple[int, int, int, int] | None = None
    blobs: dict[int, tuple[int, int]] = field(default_factory=dict)
    init: int = 0
    main: int = 0

    def struct(self, fields: str) -> Struct:
        """Return a record in the file's byte order."""
        return Struct(self.order + fields)

    def sections(self) -> Iterator[Section]:
        """Yield the sections of all segments."""
        for segment in self.segments:
            yield from segment.sections

    @property
    def base(self) -> int:
        """The address at which the file's header is loaded."""
        for segment in self.segments:
            if segment.name == b"__TEXT":
                return segment.address
        return 0


def read_commands(content: Content, damages: Damages) -> MachO:
    """Read header and load commands; raises Damaged where the header cannot be read."""
    magic = bytes(content.read(0, 4, "the Mach-O header"))
    if magic not in MAGICS:
        raise Damaged("an architecture does not begin with a Mach-O header", content.place(0))
    bits, big_endian = MAGICS[magic]
    macho = MachO(content, bits, ">" if big_endian else "<")
    fields = content.unpack(macho.struct("6I"), 4, "the Mach-O header")
    macho.cpu, macho.variant, macho.type, count, size, macho.flags = fields
    with damages:
        for command, at, data in _commands(macho, count, size):
            with damages:
                _take(macho, command, at, data)
    return macho


def _commands(macho: MachO, count: int, size: int) -> Iterator[tuple[int, int, memoryview]]:
    """Yield each command's number, its offset and its bytes."""
    content, at = macho.content, 32 if macho.bits == _WIDE else 28
    if count > limits.COMMANDS:
        raise Damaged(f"it announces {count} load commands", content.place(0))
    end = at + size
    content.read(at, size, "the load commands")
    record = macho.struct("2I")
    for _ in range(count):
        command, length = content.unpack(record, at, "a load command")
        if length < record.size or at + length > end:
            raise Damaged(f"a load command of {length} bytes", content.place(at))
        yield command, at, content.read(at, length, "a load command")
        at += length


def _take(macho: MachO, command: int, at: int, data: memoryview) -> None:
    place = macho.content.place(at)
    if command in (Command.SEGMENT, Command.SEGMENT_64):
        macho.segments.append(_segment(macho, command == Command.SEGMENT_64, data, place))
    elif command in LIBRARIES:
        name = _text(macho, data, place)
        macho.libraries.append(name)
        if command in OPTIONAL:
            macho.optional.append(name)
    elif command == Command.ID:
        macho.name = _text(macho, data, place)
    elif command == Command.LINKER:
        macho.linker = _text(macho, data, place)
    elif command == Command.RPATH:
        macho.rpaths.append(_text(macho, data, place))
    else:
        _take_number(macho, command, data, place)


def _take_number(macho: MachO, command: int, data: memoryview, place: int) -> None:
    if command in MINIMUM:
        (version,) = _fields(macho, "I", data, place)
        _system(macho, MINIMUM[Command(command)], version)
    elif command == Command.BUILD:
        platform, version = _fields(macho, "2I", data, place)
        _system(macho, PLATFORMS.get(platform, f"platform-{platform}"), version)
    elif command == Command.SYMBOLS:
        first, count, strings, size = _fields(macho, "4I", data, place)
        macho.symbols = (first, count, strings, size)
    elif command in (Command.SIGNATURE, Command.FUNCTION_STARTS, Command.FIXUPS):
        offset, size = _fields(macho, "2I", data, place)
        macho.blobs[command] = (offset, size)
    elif command in (Command.ROUTINES, Command.ROUTINES_64):
        (macho.init,) = _fields(macho, "Q" if command == Command.ROUTINES_64 else "I", data, place)
    elif command == Command.MAIN:
        (macho.main,) = _fields(macho, "Q", data, place)


def _fields(macho: MachO, fields: str, data: memoryview, place: int) -> tuple[int, ...]:
    record = macho.struct("8x" + fields)
    if record.size > len(data):
        raise Damaged(f"a load command of {len(data)} bytes is too short", place)
    return record.unpack_from(data)


def _text(macho: MachO, data: memoryview, place: int) -> str:
    """Return the text of a command; it may fill the command to its end, without a NUL."""
    (start,) = _fields(macho, "I", data, place)
    return macho.names.of(bytes(data[start:]).partition(b"\0")[0][: limits.NAME], place)


def _system(macho: MachO, system: str, version: int) -> None:
    """Take what the file is built for; of several, as in a zippered file, macOS."""
    if not macho.system or system == "macos":
        macho.system = system
        macho.minimum = (version >> 16, version >> 8 & 0xFF)


def _segment(macho: MachO, wide: bool, data: memoryview, place: int) -> Segment:  # noqa: FBT001
    record = macho.struct("8x16s4Q4I" if wide else "8x16s8I")
    if len(data) < record.size:
        raise Damaged(f"a segment's command of {len(data)} bytes is too short", place)
    name, address, memory, offset, size, _, initial, count, _ = record.unpack_from(data)
    row = macho.struct("16s16s2Q8I" if wide else "16s16s9I")
    if record.size + count * row.size > len(data):
        raise Damaged(f"a segment announces {count} sections", place)
    rows = row.iter_unpack(data[record.size : record.size + count * row.size])
    sections = tuple(
        Section(_name(one[0]), _name(one[1]), one[2], one[3], one[4], one[8]) for one in rows
    )
    return Segment(_name(name), address, memory, offset, size, initial, sections)


def _name(data: bytes) -> bytes:
    return data.partition(b"\0")[0]
