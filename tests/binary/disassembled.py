"""Compare what a scan counts with objdump's full disassembly; run by hand, over real wheels.

    python -m tests.binary.disassembled WHEEL…

objdump says where instructions are and what is none; which extensions the bytes of one need is
looked up in the same table, whose rows tests/binary/code/test_extensions.py holds against GNU as.
Prints a table in Markdown: member, bytes of code, extension, our count, objdump's, doubtful ones.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from iced_x86 import Decoder

from release_tests.archive.depth import Depth
from release_tests.archive.reader import read_wheel
from release_tests.binary.code import table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.binary.facts import Code

_COLUMNS = 3


def main(wheels: list[str]) -> None:
    """Print the table of each wheel."""
    print("| member | bytes | extension | counted | by objdump | doubtful |")
    print("| --- | ---: | --- | ---: | ---: | ---: |")
    for wheel in map(Path, wheels):
        for name, code in _codes(wheel):
            for row in _rows(code, _reference(wheel, name)):
                print(f"| {name} | {code.size} | {row} |", flush=True)


def _codes(wheel: Path) -> Iterator[tuple[str, Code]]:
    for name, binary in (read_wheel(wheel, Depth.CODE).binaries or {}).items():
        for image in binary.images:
            if image.code is not None and not image.code.unexamined:
                yield name, image.code


def _reference(wheel: Path, name: str) -> Counter[str]:
    """Return how often objdump finds each extension in a member."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(zipfile.ZipFile(wheel).read(name))
        file.flush()
        command = ["objdump", "-d", "-z", "-w", "-M", "intel", file.name]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as objdump:
            assert objdump.stdout is not None
            return Counter(one for line in objdump.stdout for one in _needs(line))


def _needs(line: str) -> tuple[str, ...]:
    columns = line.split("\t")
    if len(columns) < _COLUMNS or "(bad)" in columns[2]:
        return ()
    code = Decoder(64, bytes.fromhex(columns[1])).decode().code
    return table.needs().get(code, ())


def _rows(code: Code, reference: Counter[str]) -> Iterator[str]:
    uses = {use.extension: use for use in code.uses}
    for extension in sorted({*uses, *reference}):
        use = uses.get(extension)
        counted, doubtful = (use.count, use.doubtful) if use else (0, 0)
        yield f"{extension} | {counted} | {reference[extension]} | {doubtful}"


if __name__ == "__main__":
    main(sys.argv[1:])
