"""Compare what a scan counts of A64 code with a full disassembly; run by hand, over real wheels.

    python -m tests.binary.disassembled_arm WHEEL…

objdump for aarch64 reads ELF, llvm-objdump Mach-O and PE. What an instruction needs is told by its
mnemonic and its operands alone, nothing of the scan's own table takes part; arithmetic in half
precision is left out, as no mnemonic tells it. Prints a table in Markdown.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from release_tests.archive.depth import Depth
from release_tests.archive.reader import read_wheel
from release_tests.binary.facts import Format

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from release_tests.binary.facts import Code

_MACHINES = ("aarch64", "arm64")
_COMMANDS: dict[Format, Sequence[str]] = {
    Format.ELF: ("aarch64-linux-gnu-objdump", "-d", "-z"),
    Format.MACH_O: ("llvm-objdump", "-d", "--arch=arm64", "--mattr=+all"),
    Format.PE: ("llvm-objdump", "-d", "--mattr=+all"),
}
_LINE = re.compile(r"\s*(?P<address>[0-9a-f]+): *\t?(?P<word>[0-9a-f]{8})\s+(?P<text>[a-z].*)")
_GUARD = re.compile(r"cbz\s+w1[67],")
_MNEMONICS = (
    (re.compile(r"([su]dot)\s+v"), "asimddp"),
    (re.compile(r"(usdot|sudot|smmla|ummla|usmmla)\s"), "i8mm"),
    (re.compile(r"bf(dot|mmla|mlalb|mlalt|cvtn?2?|cvtnt)\s"), "bf16"),
    (re.compile(r"fml[as]l2?\s+v"), "asimdfhm"),
    (
        re.compile(r"((ld|st)(add|clr|eor|set|[su]max|[su]min)|swp|casp?)a?l?[bh]?\s"),
        "atomics",
    ),
    (re.compile(r"(?!.*\bza\d*[hv]?[.\[]).*\b[zp]\d+\b"), "sve"),
    (re.compile(r"(cnt|inc|dec|[su]q(inc|dec))[bhwdp]\s+[xw]|rdvl|rdffr|setffr|add[vp]l"), "sve"),
    (re.compile(r"(ctermeq|ctermne|pfalse|wrffr|prf[bhwd])\s"), "sve"),
    (re.compile(r"(rdsvl|addsvl|addspl)\s"), "sme"),
    (re.compile(r".*\b(za\d*|za\d+[hv])\b(?!\s*$)"), "sme"),
)
"""What is told by how an instruction reads. ``smstart za`` and ``smstop za`` are left out."""


def main(wheels: list[str]) -> None:
    """Print the table of each wheel."""
    print("| member | bytes | extension | counted | by the disassembler | doubtful |")
    print("| --- | ---: | --- | ---: | ---: | ---: |")
    for wheel in map(Path, wheels):
        for name, form, code in _codes(wheel):
            for row in _rows(code, _reference(wheel, name, form)):
                print(f"| {name} | {code.size} | {row} |", flush=True)


def _codes(wheel: Path) -> Iterator[tuple[str, Format, Code]]:
    for name, binary in (read_wheel(wheel, Depth.CODE).binaries or {}).items():
        for image in binary.images:
            if image.code is not None and image.machine in _MACHINES:
                yield name, image.format, image.code


def _reference(wheel: Path, name: str, form: Format) -> Counter[str]:
    """Return how often a disassembler finds each extension in a member."""
    found: Counter[str] = Counter()
    with tempfile.NamedTemporaryFile() as file:
        file.write(zipfile.ZipFile(wheel).read(name))
        file.flush()
        with subprocess.Popen(
            [*_COMMANDS[form], file.name], stdout=subprocess.PIPE, text=True
        ) as listing:
            assert listing.stdout is not None
            before = ""
            for line in listing.stdout:
                if match := _LINE.match(line):
                    found.update(_needs(match["text"], before))
                    before = match["text"]
    return found


def _needs(text: str, before: str) -> set[str]:
    """Return what an instruction needs; an atomic one behind libgcc's check is not counted."""
    words = text.partition("//")[0].partition(";")[0]
    needs = {extension for pattern, extension in _MNEMONICS if pattern.match(words)}
    return needs - {"atomics"} if _GUARD.match(before) else needs


def _rows(code: Code, reference: Counter[str]) -> Iterator[str]:
    uses = {use.extension: use for use in code.uses if use.extension not in ("fphp", "asimdhp")}
    for extension in sorted({*uses, *reference}):
        use = uses.get(extension)
        counted, doubtful = (use.count, use.doubtful) if use else (0, 0)
        yield f"{extension} | {counted} | {reference[extension]} | {doubtful}"


if __name__ == "__main__":
    main(sys.argv[1:])
