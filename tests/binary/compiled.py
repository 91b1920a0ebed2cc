"""ELF files for tests, compiled by gcc: small modules and the libraries that they are linked to.

Nothing of the machine's own libraries is linked: libraries are made here, by name, with the symbol
versions that a test asks for, so that the same source gives the same facts everywhere. Each is
made once a process.
"""

from __future__ import annotations

import platform
import shutil
import struct
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

HARDENED = ("-Wl,-z,relro,-z,now", "-Wl,-z,noexecstack")
AARCH64, POWER, X86_64 = 183, 21, 62


@dataclass(frozen=True)
class Library:
    """A library to link to: its SONAME, and symbols by the version that each has, if any."""

    soname: str
    symbols: tuple[tuple[str, str], ...] = (("used", ""),)


LIBC = Library("libc.so.6", (("puts", "GLIBC_2.2.5"),))
MUSL_LIBC = Library("libc.musl-x86_64.so.1", (("puts", ""),))


@dataclass(frozen=True)
class Elf:
    """A shared library to compile.

    ``exports`` are functions that it defines, ``calls`` those that it only uses and that nobody
    need have when it is linked; of each of the ``libraries`` it uses every symbol.
    """

    exports: tuple[str, ...] = ("PyInit_core",)
    calls: tuple[str, ...] = ("PyLong_FromLong",)
    libraries: tuple[Library, ...] = (LIBC,)
    flags: tuple[str, ...] = ()
    assembly: str = ""
    weak: tuple[str, ...] = ()

    @property
    def data(self) -> bytes:
        """The bytes; the test is skipped where they cannot be made."""
        return _compiled(self)

    def on(self, machine: int) -> bytes:
        """Return the bytes with another architecture in the header, ``e_machine``."""
        return self.data[:18] + struct.pack("<H", machine) + self.data[20:]


def module(name: str = "core", *calls: str, **fields: object) -> Elf:
    """Return a module that is initialised by its name and uses these functions of Python."""
    return Elf((f"PyInit_{name}",), calls or ("PyLong_FromLong",), **fields)  # type: ignore[arg-type]


@cache
def _compiled(elf: Elf) -> bytes:
    if shutil.which("gcc") is None or platform.machine() != "x86_64":
        pytest.skip("there is no gcc for x86-64 that could compile the module")
    with tempfile.TemporaryDirectory() as folder:
        return _linked(Path(folder), elf)


def _linked(folder: Path, elf: Elf) -> bytes:
    libraries = [str(_library(folder, one)) for one in elf.libraries]
    used = [*elf.calls, *(name for one in elf.libraries for name, _ in one.symbols)]
    source = [f"extern int {name}();" for name in used]
    source += [f"extern int {name}() __attribute__((weak));" for name in elf.weak]
    calls = " + ".join(f"{name}()" for name in [*used, *elf.weak]) or "0"
    source += [f"int {name}() {{ return {calls}; }}" for name in elf.exports]
    source += [f'__asm__("{elf.assembly}");'] if elf.assembly else []
    (folder / "source.c").write_text("\n".join(source), encoding="ascii")
    flags = (*HARDENED, "-Wl,--no-as-needed", *elf.flags)
    return _gcc(folder, "source.c", *flags, *libraries)


def _library(folder: Path, library: Library) -> Path:
    """Make the library that is linked to; it is not what a test looks at."""
    versions: dict[str, list[str]] = {}
    for name, version in library.symbols:
        versions.setdefault(version, []).append(name)
    script = [f"{version} {{ {'; '.join(names)}; }};" for version, names in versions.items()]
    source = "".join(f"int {name}() {{ return 0; }}\n" for name, _ in library.symbols)
    (folder / "library.c").write_text(source, encoding="ascii")
    (folder / "versions").write_text("\n".join(script), encoding="ascii")
    flags = [f"-Wl,-soname,{library.soname}"]
    flags += ["-Wl,--version-script,versions"] if any(versions) else []
    path = folder / f"{len(list(folder.iterdir()))}.so"
    path.write_bytes(_gcc(folder, "library.c", *flags))
    return path


def _gcc(folder: Path, *arguments: str) -> bytes:
    base = ("gcc", "-w", "-O1", "-shared", "-fPIC", "-nostdlib", "-fno-builtin", "-o", "made")
    done = subprocess.run(
        [*base, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return (folder / "made").read_bytes()
