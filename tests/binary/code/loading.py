"""Modules made by gcc, what runs when they are loaded, and whether they live through it."""

from __future__ import annotations

import subprocess
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from elftools.elf.elffile import ELFFile

from release_tests.binary.regions import Executable, Region

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


def loaded(library: Path) -> Executable:
    """Return what a scan is given of a shared library, read by pyelftools."""
    with library.open("rb") as stream:
        return _executable(ELFFile(stream), library.read_bytes())


def _executable(elf: Any, data: bytes) -> Executable:
    parts = [part for part in elf.iter_segments() if part["p_type"] == "PT_LOAD"]
    symbols = [s for s in elf.get_section_by_name(".symtab").iter_symbols() if s["st_value"]]
    functions = sorted((s["st_value"], s.name) for s in symbols if _is_function(s))
    addresses = [address for address, _ in functions]
    slots = _slots(elf)
    own = {name: address for address, name in functions}

    def named(address: int) -> str:
        index = bisect_right(addresses, address) - 1
        return functions[index][1] if index >= 0 else ""

    return Executable(
        machine="x86_64",
        bits=64,
        regions=tuple(
            Region(p["p_vaddr"], data[p["p_offset"] : p["p_offset"] + p["p_filesz"]])
            for p in parts
            if p["p_flags"] & 1
        ),
        roots=(*_initialisers(elf), *(a for a, name in functions if name.startswith("PyInit_"))),
        functions=sorted(set(addresses)),
        sections=tuple(
            (s["sh_addr"], s["sh_addr"] + s["sh_size"])
            for s in elf.iter_sections()
            if s["sh_flags"] & 4
        ),
        symbol=named,
        target=lambda slot: own.get(slots.get(slot, "")),
        imported=lambda slot: slots.get(slot, ""),
    )


def _is_function(symbol: Any) -> bool:
    return symbol["st_info"]["type"] in {"STT_FUNC", "STT_LOOS"}


def _relocations(elf: Any) -> Any:
    for name in (".rela.dyn", ".rela.plt"):
        if section := elf.get_section_by_name(name):
            yield from (
                (elf.get_section(section["sh_link"]), r) for r in section.iter_relocations()
            )


def _slots(elf: Any) -> dict[int, str]:
    return {
        r["r_offset"]: table.get_symbol(r["r_info_sym"]).name
        for table, r in _relocations(elf)
        if r["r_info_type"] in (6, 7)
    }


def _initialisers(elf: Any) -> list[int]:
    """Return the entries of .init_array after relocation, and resolvers of indirect functions."""
    array = elf.get_section_by_name(".init_array")
    start, end = array["sh_addr"], array["sh_addr"] + array["sh_size"]
    entries = sorted(
        (r["r_offset"], r["r_addend"])
        for _, r in _relocations(elf)
        if start <= r["r_offset"] < end and r["r_info_type"] == 8
    )
    resolvers = [r["r_addend"] for _, r in _relocations(elf) if r["r_info_type"] == 37]
    return [*resolvers, *(address for _, address in entries)]


def _gcc(*words: str) -> None:
    command = ["gcc", *words]
    subprocess.run(command, check=True, capture_output=True)
