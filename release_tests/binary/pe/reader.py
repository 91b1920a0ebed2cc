"""The reader of PE files, as ``examination`` loads it."""

from __future__ import annotations

from functools import partial
from struct import Struct
from typing import TYPE_CHECKING

from release_tests.binary import limits, paths
from release_tests.binary.collection import Range, all_of
from release_tests.binary.facts import Format, Image, Role
from release_tests.binary.libraries import named_in
from release_tests.binary.naming import guards
from release_tests.binary.pe.executable import executable_of, regions_of
from release_tests.binary.pe.exports import Exports, read_exports
from release_tests.binary.pe.file import (
    DEBUG,
    EXECUTABLE,
    LOAD,
    MANAGED,
    Pe,
    begins_like_pe,
    read_pe,
)
from release_tests.binary.pe.imports import Imports, read_imports
from release_tests.binary.regions import with_code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.binary.content import Content, Damages
    from release_tests.binary.paths import Hits
    from release_tests.binary.regions import Scan

_MACHINES = {
    0x14C: "win32",
    0x1C0: "arm32",
    0x1C4: "arm32",
    0x8664: "amd64",
    0xAA64: "arm64",
    0xA641: "arm64ec",
}
_CLAIMS = (".pyd", ".dll", ".exe")
_DLL = 0x2000
_ONLY_MANAGED = 1
_DATA, _WRITTEN = 0x40, 0x80000000
"""Flags of sections."""
_EFI = (10, 11, 12, 13)
_ENTRY = Struct("<12x4I")
_CODE_VIEW = 2
_COOKIE = {32: (60, 4), 64: (88, 8)}
_ENTRIES = 64


def kept(head: bytes, size: int, *, code: bool) -> list[Range]:  # noqa: ARG001 - tables lie anywhere
    """Return everything: what is looked at is spread over the whole file."""
    return all_of(size)


def read(
    content: Content, name: str, hits: Hits, damages: Damages, scan: Scan | None
) -> list[Image]:
    """Return the one image, none for what is no PE file and is not named like one."""
    if not begins_like_pe(content) and not name.lower().endswith(_CLAIMS):
        return []
    pe = read_pe(content, damages)
    imports = read_imports(pe, damages, slots=scan is not None)
    exports = read_exports(pe, damages, functions=scan is not None)
    image = _facts(pe, imports, exports, hits, damages)
    regions = tuple(regions_of(pe))
    known = partial(executable_of, pe, regions, image.machine, imports, exports)
    return [with_code(image, regions, scan, known)]


def _facts(pe: Pe, imports: Imports, exports: Exports, hits: Hits, damages: Damages) -> Image:
    protected, fortified = guards(one.name for one in imports.imports)
    debug, places = _debug(pe)
    with damages:
        protected = protected or _has_cookie(pe)
    found = (*_of_databases(pe, damages), *hits(pe.content, places))
    return Image(
        format=Format.PE,
        machine=_MACHINES.get(pe.machine, f"machine-{pe.machine}"),
        bits=pe.bits,
        role=Role.SHARED if pe.flags & _DLL else Role.EXECUTABLE,
        system="" if pe.subsystem in _EFI else "windows",
        managed=_is_managed(pe, damages),
        name=exports.name,
        needed=tuple(imports.needed),
        optional=tuple(imports.optional),
        imports=tuple(imports.imports),
        undefined=imports.undefined,
        inits=tuple(sorted(exports.inits)),
        exports=exports.count,
        stack_protector=protected,
        fortified=fortified,
        debug=debug,
        build_paths=paths.first(found),
        named=named_in(
            *(pe.content, _constants(pe), (exports.name, *imports.needed, *imports.optional)),
            wide=True,
        ),
    )


def _is_managed(pe: Pe, damages: Damages) -> bool:
    """Whether the file holds only code of .NET, which its machine says nothing about."""
    address, size = pe.directory(MANAGED)
    if address and size:
        with damages:
            flags = pe.loaded(address + 16, 4, "the header of .NET")
            return bool(int.from_bytes(flags, "little") & _ONLY_MANAGED)
    return False


def _has_cookie(pe: Pe) -> bool:
    """Whether the compiler's stack protector has its cookie in the load configuration."""
    address, size = pe.directory(LOAD)
    start, length = _COOKIE[pe.bits]
    if not address or size < start + length:
        return False
    return any(pe.loaded(address + start, length, "the load configuration"))


def _of_databases(pe: Pe, damages: Damages) -> Iterator[str]:
    """Yield the directories of the debug databases that the file names."""
    address, size = pe.directory(DEBUG)
    with damages:
        for at in range(min(size // 28, _ENTRIES) if address else 0):
            row = _ENTRY.unpack(pe.loaded(address + 28 * at, 28, "the debug directory"))
            kind, length, _, offset = row
            if kind == _CODE_VIEW:
                yield from _of_database(bytes(pe.content.upto(offset, min(length, limits.NAME))))


def _of_database(data: bytes) -> Iterator[str]:
    if data.startswith(b"RSDS"):
        path = data[24:].partition(b"\0")[0].decode("utf-8", "backslashreplace")
        yield from paths.of_directories([paths.directory_of(path)])


def _constants(pe: Pe) -> list[tuple[int, int]]:
    """Return where the sections are that are neither written to nor run."""
    return [
        (one.offset, one.size)
        for one in pe.sections
        if one.flags & _DATA and not one.flags & (EXECUTABLE | _WRITTEN)
    ]


def _debug(pe: Pe) -> tuple[int, list[tuple[int, int]]]:
    """Return the bytes of debug information, and where the sections are that hold paths."""
    mine = [one for one in pe.sections if one.name.startswith((b".debug_", b".zdebug_"))]
    names = (b".debug_str", b".debug_line_str", b".debug_line")
    places = [(one.offset, one.size) for one in mine if one.name in names]
    return sum(min(one.size, pe.content.size) for one in mine), places
