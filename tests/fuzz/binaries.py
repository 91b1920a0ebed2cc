"""Compiled files for the fuzzers: any bytes are examined, and asked all that a scan may ask."""

from __future__ import annotations

import pickle
import shutil
from functools import partial
from typing import TYPE_CHECKING

from release_tests.binary import limits
from release_tests.binary.facts import Format
from tests.binary.small import MachO, Pe, universal
from tests.binary.toolchain import SHARED, built, in_pieces, read, scanned
from tests.fuzz.word import require

if TYPE_CHECKING:
    from collections.abc import Callable

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


READERS: dict[str, Callable[[bytes], None]] = {
    "elf": partial(_examine, Format.ELF),
    "mach_o": partial(_examine, Format.MACH_O),
    "pe": partial(_examine, Format.PE),
}


def seeds() -> dict[str, list[bytes]]:
    """Return the inputs from which fuzzing begins; without gcc of ELF only a header."""
    header = b"\x7fELF\x02\x01\x01".ljust(64, b"\0")
    return {
        "elf": [built(*_SMALL, source=_SOURCE)] if shutil.which("gcc") else [header],
        "mach_o": [MachO().data, universal(MachO())],
        "pe": [Pe().data],
    }
