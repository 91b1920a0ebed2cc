"""The reader of Mach-O files, as ``examination`` loads it."""

from __future__ import annotations

from functools import partial
from struct import Struct
from typing import TYPE_CHECKING

from release_tests.binary import paths
from release_tests.binary.collection import Range, all_of
from release_tests.binary.content import Content, Damaged
from release_tests.binary.facts import Format, Image, Role
from release_tests.binary.libraries import named_in
from release_tests.binary.macho.commands import MachO, read_commands
from release_tests.binary.macho.executable import executable_of, regions_of
from release_tests.binary.macho.layout import (
    BUNDLE,
    DYLIB,
    EXECUTE,
    LINKER,
    MAGICS,
    OBJECT,
    SECTION_TYPE,
    STACK_EXECUTION,
    UNIVERSAL,
    UNIVERSAL_64,
    Command,
    machine_name,
)
from release_tests.binary.macho.symbols import Symbols, read_symbols
from release_tests.binary.naming import guards
from release_tests.binary.regions import with_code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.binary.content import Damages
    from release_tests.binary.paths import Hits
    from release_tests.binary.regions import Scan

_MOST = 64
_RECORDS = {UNIVERSAL: Struct(">5I"), UNIVERSAL_64: Struct(">2I2Q2I")}
_C_STRINGS = 2
"""The type of sections that hold strings."""
_ROLES = {
    OBJECT: Role.OBJECT,
    EXECUTE: Role.EXECUTABLE,
    DYLIB: Role.SHARED,
    LINKER: Role.SHARED,
    BUNDLE: Role.SHARED,
}


def kept(head: bytes, size: int, *, code: bool) -> list[Range]:  # noqa: ARG001 - names lie at the end
    """Return everything: what is looked at is spread over the whole file."""
    return all_of(size)


def read(
    content: Content,
    name: str,  # noqa: ARG001 - Mach-O says by itself what it is
    hits: Hits,
    damages: Damages,
    scan: Scan | None,
) -> list[Image]:
    """Return an image for each architecture."""
    images = []
    for part in _parts(content, damages):
        with damages:
            images.append(_image(part, hits, damages, scan))
    return images


def _parts(content: Content, damages: Damages) -> Iterator[Content]:
    """Yield the architectures, each as a file of its own."""
    record = _RECORDS.get(bytes(content.upto(0, 4)))
    if record is None:
        yield content
        return
    with damages:
        (count,) = content.unpack(Struct(">I"), 4, "the universal header")
        if not 0 < count <= _MOST:
            raise Damaged(f"it announces {count} architectures", 4)
        left = content.size
        for at in range(8, 8 + record.size * count, record.size):
            row = content.unpack(record, at, "an architecture's record")
            part = _part(content, row, damages)
            left -= part.size
            if left < 0:
                raise Damaged("its architectures overlap", at)
            yield part


def _part(content: Content, row: tuple[int, ...], damages: Damages) -> Content:
    cpu, _, offset, size, *_ = row
    if offset + size > content.size:
        damages.note(f"an architecture of {size} bytes at {offset:#x} is cut off", offset)
    part = content.slice(offset, max(min(size, content.size - offset), 0))
    _refuse_another(part, cpu, damages)
    return part


def _refuse_another(part: Content, cpu: int, damages: Damages) -> None:
    """Note where the record is for another architecture than the header, which no loader takes."""
    head = bytes(part.upto(0, 8))
    _, big_endian = MAGICS.get(head[:4], (0, True))
    stated = int.from_bytes(head[4:], "big" if big_endian else "little")
    if head[:4] in MAGICS and stated != cpu:
        names = f"{machine_name(cpu, 0)}, and its header for {machine_name(stated, 0)}"
        damages.note(f"an architecture's record is for {names}", part.place(0))


def _image(content: Content, hits: Hits, damages: Damages, scan: Scan | None) -> Image:
    macho = read_commands(content, damages)
    _refuse_cut_off(macho, damages)
    symbols = read_symbols(macho, damages)
    image = _facts(macho, symbols, hits)
    regions = tuple(regions_of(macho, symbols))
    known = partial(executable_of, macho, regions, image.machine, symbols)
    return with_code(image, regions, scan, known)


def _refuse_cut_off(macho: MachO, damages: Damages) -> None:
    for segment in macho.segments:
        if segment.size and segment.offset + segment.size > macho.content.size:
            shown = segment.name.decode("ascii", "backslashreplace")
            message = f"the segment {shown} of {segment.size} bytes is cut off"
            place = min(segment.offset, macho.content.size)
            damages.note(message, macho.content.place(place))


def _facts(macho: MachO, symbols: Symbols, hits: Hits) -> Image:
    protected, fortified = guards(one.name for one in symbols.imports)
    debug, places = _debug(macho)
    found = (
        *paths.of_directories(macho.rpaths),
        *paths.of_directories(map(paths.directory_of, symbols.sources)),
        *hits(macho.content, places),
    )
    return Image(
        format=Format.MACH_O,
        machine=machine_name(macho.cpu, macho.variant),
        bits=macho.bits,
        big_endian=macho.order == ">",
        role=_ROLES.get(macho.type, Role.OTHER),
        system=macho.system,
        name=macho.name,
        needed=tuple(one for one in macho.libraries if one not in macho.optional),
        optional=tuple(macho.optional),
        rpaths=tuple(macho.rpaths),
        interpreter=macho.linker,
        imports=tuple(symbols.imports),
        undefined=symbols.undefined,
        inits=tuple(sorted(symbols.inits)),
        exports=symbols.exports,
        minimum_os=macho.minimum,
        signed=Command.SIGNATURE in macho.blobs,
        executable_stack=bool(macho.flags & STACK_EXECUTION),
        stack_protector=protected,
        fortified=fortified,
        debug=debug,
        build_paths=paths.first(found),
        named=named_in(macho.content, _strings(macho), (macho.name, *macho.libraries)),
    )


def _strings(macho: MachO) -> list[tuple[int, int]]:
    """Return where the sections of strings are."""
    return [
        (one.offset, one.size) for one in macho.sections() if one.flags & SECTION_TYPE == _C_STRINGS
    ]


def _debug(macho: MachO) -> tuple[int, list[tuple[int, int]]]:
    """Return the bytes of debug information, and where the sections are that hold paths."""
    mine = [one for one in macho.sections() if one.segment == b"__DWARF"]
    names = (b"__debug_str", b"__debug_line_str", b"__debug_line")
    places = [(one.offset, one.size) for one in mine if one.name in names]
    return sum(min(one.size, macho.content.size) for one in mine), places
