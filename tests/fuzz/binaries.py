"""Compiled files for the fuzzers: any bytes are examined, and asked all that a scan may ask."""

from __future__ import annotations

import pickle
import shutil
import struct
from functools import partial
from typing import TYPE_CHECKING

from release_tests.binary import limits
from release_tests.binary.code.scan import scan
from release_tests.binary.examination import examine
from release_tests.binary.facts import Format
from release_tests.binary.regions import Executable, Region
from release_tests.binary.room import Room
from tests.binary.code.arm.lines import LINES
from tests.binary.small import MachO, Pe, universal
from tests.binary.toolchain import SHARED, built, in_pieces, read, scanned
from tests.fuzz.compiled import put_binary
from tests.fuzz.word import require

if TYPE_CHECKING:
    from collections.abc import Callable

_AT = 0x10000
_SMALL = (*SHARED, "-nostdlib", "-Wl,-z,max-page-size=512", "-Wl,-z,noseparate-code", "-g")
_SOURCE = """
extern int PyOther(void);
__attribute__((constructor)) static void begins(void) { PyOther(); }
int PyInit_demo(void) { return PyOther(); }
"""


def _examine(form: Format, data: bytes) -> None:
    found = scanned(data, form, "demo.pyd")
    require(0 <= found.offset <= len(data), "a place that is not in the file")
    require(bool(found.images or found.damage), "nothing is found, and no damage says why")
    for image in found.images:
        require(len(image.imports) <= min(limits.IMPORTS, image.undefined), "too many imports")
        require(len(image.build_paths) <= limits.BUILD_PATHS, "too many paths")
    require(len(pickle.dumps(found)) < 40 * len(data) + 65_536, "the facts are large")
    require(in_pieces(data, 61, form).images == read(data, form).images, "pieces matter")
    put_binary(form, examine(form, "demo.pyd", data, Room(1 << 30), scan))


def _scan(machine: str, data: bytes) -> None:
    region = Region(_AT, data)
    functions = range(_AT, region.end, 64)
    found = scan(
        Executable(
            machine=machine,
            bits=64,
            regions=(region,),
            roots=(_AT,) if data else (),
            functions=functions,
            objects=((_AT + 128, _AT + 160),),
            target=lambda slot: _AT + slot % 256 if slot & 64 else None,
            imported=lambda slot: ("", "abort", "PyList_New", "getauxval")[slot >> 3 & 3],
        )
    )
    require(not found.unexamined, "it was not examined")
    require(found.unknown <= len(data), "more bytes are unknown than there are")
    for use in (*found.uses, *found.on_import, *found.on_success):
        require(0 <= use.doubtful <= use.count <= len(data), "more uses than bytes")
        require(use.certain == sum(of for _, of in use.symbols) or not use.symbols, "other names")
        places = [place.address for place in use.places]
        require(all(_AT <= place < region.end for place in places), "a place that is elsewhere")


READERS: dict[str, Callable[[bytes], None]] = {
    "x86": partial(_scan, "x86_64"),
    "arm": partial(_scan, "aarch64"),
    "elf": partial(_examine, Format.ELF),
    "mach_o": partial(_examine, Format.MACH_O),
    "pe": partial(_examine, Format.PE),
}


def seeds() -> dict[str, list[bytes]]:
    """Return the inputs from which fuzzing begins; without gcc of ELF only a header."""
    header = b"\x7fELF\x02\x01\x01".ljust(64, b"\0")
    return {
        "elf": [built(*_SMALL, source=_SOURCE)] if shutil.which("gcc") else [header],
        "x86": [bytes.fromhex("f30f1efa 5548 89e5 0fa2 c5f958c1 62f17d48efc0 e8020000005dc3 0f0b")],
        "arm": [b"".join(struct.pack("<I", word) for word, _, _ in LINES)],
        "mach_o": [MachO().data, universal(MachO())],
        "pe": [Pe().data],
    }
