"""Code for tests, made and read by the GNU tools, which know nothing of the decoder."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from release_tests.binary.regions import Executable, Region

if TYPE_CHECKING:
    from pathlib import Path

ADDRESS = 0x1000


def assembled(directory: Path, source: str, march: str = "") -> bytes:
    """Return the bytes that GNU as makes of *source*; raise CalledProcessError where it refuses.

    *march* is the processor that it may assemble for, as in ``generic64+avx2``.
    """
    text, made, raw = (directory / name for name in ("code.s", "code.o", "code.bin"))
    text.write_text(f".intel_syntax noprefix\n.text\n{source}\n", encoding="utf-8")
    options = [f"-march={march}"] if march else []
    _run("as", "--64", *options, "-o", str(made), str(text))
    _run("objcopy", "-O", "binary", "-j", ".text", str(made), str(raw))
    return raw.read_bytes()


def compiled(directory: Path, source: str, *options: str) -> Path:
    """Return the object file that gcc makes of C *source*."""
    text, made = directory / "code.c", directory / "code.o"
    text.write_text(source, encoding="utf-8")
    _run("gcc", "-O2", "-c", "-fno-asynchronous-unwind-tables", *options, "-o", made, text)
    return made


def text_of(made: Path) -> bytes:
    """Return the section .text of an object file."""
    raw = made.with_suffix(".bin")
    _run("objcopy", "-O", "binary", "-j", ".text", str(made), str(raw))
    return raw.read_bytes()


def mnemonics(made: Path) -> list[str]:
    """Return each instruction of an object file as objdump names it, with its operands."""
    listing = _run("objdump", "-d", "-z", "--no-show-raw-insn", "-M", "intel", str(made))
    return [line.strip() for line in re.findall(r"^ *[0-9a-f]+:\t(.*)$", listing, re.MULTILINE)]


def executable(code: bytes, *, functions: tuple[int, ...] = ()) -> Executable:
    """Return *code* as the code of an x86-64 image; *functions* are offsets."""
    return Executable(
        machine="x86_64",
        bits=64,
        regions=(Region(ADDRESS, code),),
        functions=tuple(ADDRESS + offset for offset in functions),
    )


def _run(*command: str | Path) -> str:
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True)
    return done.stdout
