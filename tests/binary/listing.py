"""Full disassemblies by programs that know nothing of ours, and a scan's counts beside theirs.

GNU objdump reads ELF, llvm-objdump (Debian's ``llvm``) also Mach-O and PE.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from release_tests.archive.depth import Depth
from release_tests.archive.reader import read_wheel
from release_tests.binary.facts import Format
from release_tests.gates.compiled.machines import canonical

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterable, Iterator

    from release_tests.binary.facts import Code

X86, ARM = "x86_64", "aarch64"
_ALL_OF_ARM = (
    "--mattr=+v9.3a,+sve2,+sve2-aes,+sve2-sm4,+sve2-sha3,+sve2-bitperm,+sme,+sme-f64,+sme-i64,"
    "+bf16,+i8mm,+f32mm,+f64mm,+dotprod,+fullfp16,+fp16fml,+lse,+aes,+sm4,+sha3,+mte,+ls64"
)
_LLVM = ("llvm-objdump", "-d")
_COMMANDS = {
    (Format.ELF, X86): ("objdump", "-d", "-z", "-w", "-M", "intel"),
    (Format.MACH_O, X86): (*_LLVM, "-M", "intel", "--arch=x86_64"),
    (Format.PE, X86): (*_LLVM, "-M", "intel"),
    (Format.ELF, ARM): ("aarch64-linux-gnu-objdump", "-d", "-z"),
    (Format.MACH_O, ARM): (*_LLVM, _ALL_OF_ARM, "--arch=arm64"),
    (Format.PE, ARM): (*_LLVM, _ALL_OF_ARM),
}
_LINE = re.compile(
    r"\s*(?P<address>[0-9a-f]+):\s+"
    r"(?:(?P<word>[0-9a-f]{8})|(?P<bytes>[0-9a-f]{2}(?: [0-9a-f]{2})*))\s+(?P<text>\S.*)"
)
"""GNU objdump writes an instruction of Arm's as a number, everybody else bytes."""


class Line(NamedTuple):
    """An instruction: where, its bytes in memory's order, and how it reads."""

    address: int
    data: bytes
    text: str


class Member(NamedTuple):
    """A member's code for one architecture, and the file that it stands in."""

    name: str
    form: Format
    code: Code
    data: bytes


def program(form: Format, architecture: str) -> str:
    """Return the name of the program that disassembles such files."""
    return _COMMANDS[form, architecture][0]


def lines(data: bytes, form: Format, architecture: str) -> Iterator[Line]:
    """Yield each instruction of a file; where the program knows none, nothing."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        command = [*_COMMANDS[form, architecture], file.name]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as listing:
            assert listing.stdout is not None
            yield from filter(None, map(parsed, listing.stdout))
        assert listing.returncode == 0, command


def parsed(line: str) -> Line | None:
    """Return the instruction that a line of a listing shows, if it shows one."""
    found = _LINE.match(line)
    if found is None or found["text"].startswith(("(bad)", "<unknown>", ".")):
        return None
    data = bytes.fromhex(found["word"] or found["bytes"])
    return Line(int(found["address"], 16), data[::-1] if found["word"] else data, found["text"])


def members(wheel: Path, architecture: str) -> Iterator[Member]:
    """Yield the members of a wheel that hold code for the architecture, as they are scanned."""
    with zipfile.ZipFile(wheel) as archive:
        for name, binary in (read_wheel(wheel, Depth.CODE).binaries or {}).items():
            for image in binary.images:
                if image.code is not None and canonical(image.machine) == architecture:
                    yield Member(name, image.format, image.code, archive.read(name))


def compare(
    wheels: Iterable[str], architecture: str, reference: Callable[[Member], Counter[str]]
) -> None:
    """Print a table in Markdown: what the scan counts of each extension, and *reference*."""
    print("| member | bytes | extension | counted | by the disassembler | doubtful |")
    print("| --- | ---: | --- | ---: | ---: | ---: |")
    for wheel in map(Path, wheels):
        for member in members(wheel, architecture):
            for row in _rows(member.code, reference(member)):
                print(f"| {member.name} | {member.code.size} | {row} |", flush=True)


def _rows(code: Code, reference: Counter[str]) -> Iterator[str]:
    uses = {use.extension: use for use in code.uses}
    for extension in sorted({*uses, *reference}):
        use = uses.get(extension)
        counted, doubtful = (use.count, use.doubtful) if use else (0, 0)
        yield f"{extension} | {counted} | {reference[extension]} | {doubtful}"
