"""Files for tests, made by gcc, and what readelf, which knows nothing of ours, says of them."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from release_tests.binary.examination import Examination, examine
from release_tests.binary.facts import Binary, Code, Format, Image
from release_tests.binary.room import Room

if TYPE_CHECKING:
    from release_tests.binary.regions import Executable

COMPILER = pytest.mark.skipif(shutil.which("gcc") is None, reason="there is no gcc")

MODULE = """
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
extern void *PyModule_Create2(void *, int);
extern int PyOptional(void) __attribute__((weak));
int counter;
__attribute__((constructor)) static void begins(void) { counter = 1; }
static void shown(char *text) { char copy[64]; strcpy(copy, text); puts(copy); }
__attribute__((noinline)) int helper(int x) { return x * counter; }
void *PyInit_demo(void) {
    shown(getenv("HOME"));
    return helper(2) ? PyModule_Create2(0, PyOptional ? PyOptional() : 3) : 0;
}
"""
SHARED = ("-shared", "-fPIC")


@cache
def built(*flags: str, source: str = MODULE, name: str = "module.so") -> bytes:
    """Return the file that gcc makes of C *source*."""
    with TemporaryDirectory() as directory:
        text, made = Path(directory, "module.c"), Path(directory, name)
        text.write_text(source, encoding="utf-8")
        command: list[str | Path] = ["gcc", "-o", made, text, *flags]
        subprocess.run(command, check=True, cwd=directory, capture_output=True)
        return made.read_bytes()


def readelf(data: bytes, *options: str) -> str:
    """Return what readelf says of a file."""
    with TemporaryDirectory() as directory:
        path = Path(directory, "module")
        path.write_bytes(data)
        command: list[str | Path] = ["readelf", "--wide", *options, path]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return str(done.stdout)


def rows(data: bytes, table: str) -> list[list[str]]:
    """Return the rows of a table of symbols, of ``--dyn-syms`` or ``--symbols``."""
    lines = readelf(data, table).splitlines()
    return [line.split() for line in lines if re.match(r" *[1-9][0-9]*: ", line)]


def read(data: bytes, form: Format = Format.ELF, name: str = "module.so") -> Binary:
    """Return the facts of a file without its instructions."""
    return examine(form, name, data, Room(1 << 30))


def image(data: bytes, form: Format = Format.ELF) -> Image:
    """Return the facts of the one image of a file that is not damaged."""
    found = read(data, form)
    assert (found.damage, len(found.images)) == ("", 1)
    return found.images[0]


def scanned(data: bytes, form: Format = Format.ELF, name: str = "module.so") -> Binary:
    """Return the facts with a scan that asks for all that it may ask for."""
    return examine(form, name, data, Room(1 << 30), curious)


def in_pieces(data: bytes, size: int, form: Format = Format.ELF) -> Binary:
    """Return the facts of a file that comes in pieces of *size* bytes."""
    with Examination(form, "module.so", len(data), Room(1 << 30)) as examination:
        for at in range(0, len(data), size):
            examination.feed(data[at : at + size])
        return examination.finish()


def curious(executable: Executable) -> Code:
    """Ask an executable for everything, as a scan may."""
    inside = [(region.address, region.end) for region in executable.regions]
    assert inside == sorted(inside)
    assert all(begin < end for begin, end in inside)
    asked = [*executable.roots, *executable.functions[:20]]
    for address in asked:
        assert any(begin <= address < end for begin, end in inside)
        assert isinstance(executable.symbol(address), str)
        assert isinstance(executable.imported(address), str)
        executable.target(address)
        executable.stored(address)
    assert list(executable.functions) == sorted(set(executable.functions))
    return Code(digest="", size=sum(len(region.data) for region in executable.regions))
