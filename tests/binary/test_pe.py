"""Each fact about PE files: forged ones by the format, real ones against pefile."""

from __future__ import annotations

import struct
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from release_tests.binary.examination import examine
from release_tests.binary.facts import Binary, Code, Format, Import, Role
from release_tests.binary.room import Room
from tests.binary.small import BASE, CODE, Pe
from tests.binary.toolchain import image, read, scanned
from tests.binary.wheels import members_of

if TYPE_CHECKING:
    from release_tests.binary.regions import Executable

PE = Format.PE


def test_a_library() -> None:
    """Imports have their library, those by number a number; what is loaded later is optional."""
    found = image(Pe().data, PE)
    assert (found.machine, found.bits, found.role) == ("amd64", 64, Role.SHARED)
    assert (found.system, found.name) == ("windows", "demo.pyd")
    assert (found.needed, found.optional) == (("python311.dll",), ("maybe.dll",))
    assert found.imports == (
        Import("PyModule_Create2", "", "python311.dll"),
        Import("#7", "", "python311.dll"),
        Import("puts", "", "python311.dll"),
    )
    assert (found.undefined, found.exports, found.inits) == (4, 1, ("PyInit_demo",))
    assert (found.stack_protector, found.managed) == (True, False)
    assert found.build_paths == ("C:\\Users\\runner\\a",)


def test_paths_that_say_nothing() -> None:
    """A database that is named without a directory tells nothing of the building machine."""
    assert image(Pe(path="demo.pdb").data, PE).build_paths == ()


MACHINES = {0x14C: "win32", 0x8664: "amd64", 0xAA64: "arm64", 0x1234: "machine-4660"}


@pytest.mark.parametrize("number", MACHINES)
def test_architectures(number: int) -> None:
    """Architectures are spelled as Windows' platform tags do."""
    assert image(Pe(machine=number).data, PE).machine == MACHINES[number]


def test_programs_are_told_from_libraries() -> None:
    """What is no DLL is a program."""
    assert image(Pe(flags=0x22).data, PE).role is Role.EXECUTABLE


def test_what_only_begins_like_one() -> None:
    """Two letters make no PE file; one that is named like one and is none is damaged."""
    data = b"MZ" + bytes(200)
    assert read(data, PE, "table.dat") == Binary()
    assert read(data, PE, "demo.pyd").damage
    assert read(Pe().data[:70], PE, "demo.dll").damage


def test_the_code() -> None:
    """Executable sections are given with their roots, imports by their slots."""
    seen: list[Executable] = []

    def scan(executable: Executable) -> Code:
        seen.append(executable)
        assert [bytes(region.data) for region in executable.regions] == [CODE]
        assert executable.symbol(BASE + 0x1000 + 13) == "PyInit_demo"
        return Code("", 0)

    assert examine(PE, "a.pyd", Pe().data, Room(1), scan).images[0].code == Code("", 0)
    base = BASE + 0x1000
    assert seen[0].regions[0].address == base
    assert set(seen[0].roots) == {base, base + 6, base + 12}
    assert list(seen[0].functions) == [base, base + 12]


def test_every_callback_is_a_root() -> None:
    """However many functions run whenever a thread begins, the last of them is looked at, too."""
    roots: list[int] = []

    def scan(executable: Executable) -> Code:
        roots.extend(executable.roots)
        return Code("", 0)

    examine(PE, "a.pyd", Pe(callbacks=(6,) * 999 + (18,)).data, Room(1), scan)
    assert BASE + 0x1000 + 18 in roots


def test_cut_off_anywhere() -> None:
    """Wherever a file ends it is damaged, and its place is in the file."""
    data = Pe().data
    for size in range(len(data)):
        found = scanned(data[:size], PE, "demo.pyd")
        assert found.damage, size
        assert 0 <= found.offset <= size


@settings(deadline=None, database=None, max_examples=300)
@given(st.data())
def test_any_bytes_changed(draws: st.DataObject) -> None:
    """Whatever some bytes are changed to, facts come back."""
    data = bytearray(Pe().data)
    for _ in range(draws.draw(st.integers(1, 4))):
        at = draws.draw(st.integers(0, len(data) - 1))
        piece = draws.draw(st.one_of(st.binary(min_size=1, max_size=8), st.just(b"\xff" * 8)))
        data[at : at + len(piece)] = piece[: len(data) - at]
    found = scanned(bytes(data), PE, "demo.pyd")
    assert 0 <= found.offset <= len(data)


def test_imports_without_an_end() -> None:
    """A table of libraries that lies over itself ends where no honest one is as long."""
    data = bytearray(Pe().data)
    row = struct.pack("<5I", 0x2000, 0, 0, 0x2000, 0x2000)
    at = 64 + 24 + 112 + 8
    data[at : at + 8] = struct.pack("<2I", 0x3000, 1 << 30)
    section = 64 + 24 + 240 + 40
    data[section + 16 : section + 20] = struct.pack("<I", 1 << 20)
    forged = bytes(data)[:2048] + row * 20_000
    started = time.process_time()
    assert scanned(forged, PE, "demo.pyd").damage
    assert time.process_time() - started < 5


REAL = (
    ("markupsafe==2.1.5", "cp311-cp311-win*"),
    ("cffi==2.0.0", "cp311-cp311-win*"),
    ("pyyaml==6.0.2", "cp311-cp311-win_amd64"),
)


@pytest.mark.parametrize(("requirement", "tags"), REAL)
def test_real_files(requirement: str, tags: str) -> None:
    """Of published wheels the same is found as pefile finds."""
    pefile = pytest.importorskip("pefile")
    for data in members_of(requirement, tags, (".pyd", ".dll")):
        found = image(data, PE)
        opened = pefile.PE(data=data)
        libraries = [one.dll.decode() for one in opened.DIRECTORY_ENTRY_IMPORT]
        assert list(found.needed) == libraries
        names = [
            (one.name.decode() if one.name else f"#{one.ordinal}", library.dll.decode())
            for library in opened.DIRECTORY_ENTRY_IMPORT
            for one in library.imports
        ]
        assert found.undefined == len(names)
        assert {(one.name, one.library) for one in found.imports} <= set(names)
        python = {(name, library) for name, library in names if library.startswith("python")}
        assert python <= {(one.name, one.library) for one in found.imports}
        exports = [one.name.decode() for one in opened.DIRECTORY_ENTRY_EXPORT.symbols if one.name]
        assert set(found.inits) == {name for name in exports if name.startswith("PyInit")}
        assert found.exports == len(opened.DIRECTORY_ENTRY_EXPORT.symbols)
        assert (
            found.machine
            == {0x14C: "win32", 0x8664: "amd64", 0xAA64: "arm64"}[opened.FILE_HEADER.Machine]
        )
