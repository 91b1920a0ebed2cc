"""What can be told of an ELF file's code before the file has come to its end.

Linkers write what is loaded first: the code, then where its functions begin. Debug information,
symbols for debuggers and section headers follow, which may be most of the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.binary.announced import Announced
from release_tests.binary.content import Content, Damages
from release_tests.binary.elf.executable import regions_of
from release_tests.binary.elf.file import EH_FRAME, EXECUTABLE, LOAD, read_elf
from release_tests.binary.elf.machines import machine_name
from release_tests.binary.elf.unwinding import function_starts
from release_tests.binary.functions import Functions
from release_tests.binary.regions import Executable

if TYPE_CHECKING:
    from release_tests.binary.elf.file import Elf


def announced(head: bytes) -> Announced | None:
    """Return what the program headers in the *head* announce; None where they tell of no code."""
    elf = _read(Content(len(head), [(0, head)]))
    code = [one for one in elf.of_type(LOAD) if one.flags & EXECUTABLE] if elf else []
    if elf is None or not code:
        return None
    needed = (*code, *elf.of_type(EH_FRAME))
    return Announced(
        machine=machine_name(elf),
        bits=elf.layout.bits,
        size=sum(segment.size for segment in code),
        needed=tuple((segment.offset, segment.offset + segment.size) for segment in needed),
    )


def executable_so_far(content: Content) -> Executable | None:
    """Return what is known of the code of a file of which *content* is the beginning."""
    elf = _read(content)
    regions = regions_of(elf) if elf else ()
    if elf is None or not regions:
        return None
    functions = Functions(regions, lambda: iter(()), str)
    with Damages():
        functions.add(function_starts(elf))
    return Executable(
        machine=machine_name(elf),
        bits=elf.layout.bits,
        regions=regions,
        functions=functions.starts(),
    )


def _read(content: Content) -> Elf | None:
    damages = Damages()
    with damages:
        return read_elf(content, damages)
    return None
