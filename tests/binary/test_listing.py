"""The scan's counts are those of a full disassembly, of every format and architecture."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from release_tests.binary.facts import Format
from release_tests.errors import ReleaseGatesError
from release_tests.index.release import fetch_release
from tests.binary import disassembled, disassembled_arm
from tests.binary.listing import ARM, X86, Line, members, parsed, program

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable

    from tests.binary.listing import Member

LINES = {
    "GNU, x86": (
        "   12f3:\tc5 fd 6f 07          \tvmovdqa ymm0,YMMWORD PTR [rdi]",
        Line(0x12F3, bytes.fromhex("c5fd6f07"), "vmovdqa ymm0,YMMWORD PTR [rdi]"),
    ),
    "LLVM, x86, as long as a word of Arm's": (
        "180001000: 80 fb 9f                    \tcmp\tbl, -97",
        Line(0x180001000, bytes.fromhex("80fb9f"), "cmp\tbl, -97"),
    ),
    "GNU, Arm": (
        "   1000:\t4e829420 \tsdot\tv0.4s, v1.16b, v2.16b",
        Line(0x1000, bytes.fromhex("2094824e"), "sdot\tv0.4s, v1.16b, v2.16b"),
    ),
    "LLVM, Arm": (
        "    1000: 20 94 82 4e  \tsdot\tv0.4s, v1.16b, v2.16b",
        Line(0x1000, bytes.fromhex("2094824e"), "sdot\tv0.4s, v1.16b, v2.16b"),
    ),
    "GNU, none": ("   1000:\t06                   \t(bad)", None),
    "GNU, a byte": ("   1000:\t05                   \t.byte 0x5", None),
    "LLVM, none": ("    1000: 39 8e e3 38 \t<unknown>", None),
    "a heading": ("0000000000001000 <PyInit_demo>:", None),
}

_WINDOWS, _MACOS, _LINUX = (
    *("cp311-cp311-win_amd64", "cp311-cp311-macosx*universal2"),
    "cp311-cp311-manylinux*x86_64",
)
_X86, _ARM = (X86, disassembled.counted, 5), (ARM, disassembled_arm.counted, 1)
REAL = {
    "PE": (_WINDOWS, Format.PE, *_X86),
    "Mach-O": (_MACOS, Format.MACH_O, *_X86),
    "Mach-O, Arm": (_MACOS, Format.MACH_O, *_ARM),
    "ELF": (_LINUX, Format.ELF, *_X86),
}
_UNTOLD = ("fphp", "asimdhp")


@pytest.mark.parametrize(("line", "expected"), LINES.values(), ids=LINES)
def test_a_line_of_a_listing(line: str, expected: Line | None) -> None:
    """Both programs' ways of writing are understood, and what is no instruction is left out."""
    assert parsed(line) == expected


@pytest.mark.parametrize(
    ("tags", "form", "architecture", "counted", "least"), REAL.values(), ids=REAL
)
def test_counts_of_a_published_wheel(
    tags: str,
    form: Format,
    architecture: str,
    counted: Callable[[Member], Counter[str]],
    least: int,
) -> None:
    """What the disassembler says is what the scan says, for each extension."""
    tool = program(form, architecture)
    if shutil.which(tool) is None:
        pytest.skip(f"there is no {tool} (Debian's llvm or binutils) to compare with")
    try:
        (wheel,) = fetch_release("orjson==3.13.0", (tags,))
    except ReleaseGatesError as error:
        pytest.skip(f"orjson cannot be fetched: {str(error).splitlines()[0]}")
    for member in members(wheel, architecture):
        uses = {use.extension: use.count for use in member.code.uses}
        ours = {name: count for name, count in uses.items() if name not in _UNTOLD}
        assert len(ours) >= least
        assert ours == counted(member)
