"""Modules made by gcc, what runs when they are loaded, and whether they live through it."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from release_tests.binary.code.scan import scan
from release_tests.binary.examination import examine
from release_tests.binary.facts import Code, Format
from release_tests.binary.room import Room

if TYPE_CHECKING:
    from pathlib import Path

LOADER = r"""
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
int main(int count, char **words) {
    void *module = dlopen(words[1], RTLD_NOW);
    if (!module) { fprintf(stderr, "%s\n", dlerror()); return 2; }
    void *(*init)(void) = (void *(*)(void))dlsym(module, "PyInit_module");
    if (init) init();
    _Exit(0);
}
"""


def made(directory: Path, source: str, *options: str) -> Path:
    """Return the shared library that gcc makes of C *source*."""
    text, library = directory / "module.c", directory / "module.so"
    text.write_text(source, encoding="utf-8")
    _gcc("-O2", "-shared", "-fPIC", *options, "-o", str(library), str(text))
    return library


def loader(directory: Path) -> Path:
    """Return a program that loads a library and calls its PyInit_module, if it has one."""
    text, program = directory / "loader.c", directory / "loader"
    text.write_text(LOADER, encoding="utf-8")
    _gcc("-O1", "-o", str(program), str(text), "-ldl")
    return program


def outcome(program: Path, library: Path, processor: str) -> int:
    """Return how loading *library* ends on an emulated *processor*: 0, or the code of its end.

    128 and the number of the signal is what a shell gives for one; SIGILL is 132.
    """
    command = ["qemu-x86_64-static", "-cpu", processor, str(program), str(library)]
    code = subprocess.run(command, capture_output=True, check=False, timeout=60).returncode
    return 128 - code if code < 0 else code


def code_of(library: Path) -> Code:
    """Return what the code of a shared library says."""
    (image,) = examine(Format.ELF, library.name, library.read_bytes(), Room(1 << 20), scan).images
    assert image.code is not None
    return image.code


def _gcc(*words: str) -> None:
    command = ["gcc", *words]
    subprocess.run(command, check=True, capture_output=True)
