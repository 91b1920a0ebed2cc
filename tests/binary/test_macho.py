"""Each fact about Mach-O files: forged ones by the format, real ones against macholib."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from release_tests.binary.examination import examine
from release_tests.binary.facts import Code, Format, Import, Role
from release_tests.binary.room import Room
from tests.binary.small import BASE, CODE, MachO, command, universal
from tests.binary.toolchain import image, read, scanned
from tests.binary.wheels import members_of, saved

if TYPE_CHECKING:
    from pathlib import Path

    from release_tests.binary.regions import Executable

MACH_O = Format.MACH_O


def test_a_library() -> None:
    """Names are as C spells them, symbols have the library they are bound to."""
    found = image(MachO().data, MACH_O)
    assert (found.machine, found.bits, found.role) == ("arm64", 64, Role.SHARED)
    assert (found.system, found.minimum_os, found.signed) == ("macos", (11, 2), True)
    assert found.name == "@rpath/libdemo.dylib"
    assert found.needed == ("/usr/lib/libSystem.B.dylib",)
    assert found.optional == ("@rpath/libmaybe.dylib",)
    assert found.rpaths == ("@loader_path/lib",)
    assert (found.undefined, found.exports, found.inits) == (4, 1, ("PyInit_demo",))
    assert found.imports == (
        Import("PyModule_Create2"),
        Import("__stack_chk_fail", "", "/usr/lib/libSystem.B.dylib"),
        Import("PyOptional", "", "@rpath/libmaybe.dylib", weak=True),
    )
    assert (found.stack_protector, found.fortified) == (True, False)
    assert found.build_paths == ("/Users/runner/work/demo",)


def test_every_architecture_is_an_image() -> None:
    """A universal file has one image for each, in their order."""
    intel = MachO(cpu=0x01000007, variant=3, versions=command(0x24, struct.pack("<2I", 0xA0900, 0)))
    found = read(universal(MachO(), intel), MACH_O)
    assert found.damage == ""
    assert [(one.machine, one.minimum_os) for one in found.images] == [
        ("arm64", (11, 2)),
        ("x86_64", (10, 9)),
    ]
    assert found.images[0] == image(MachO().data, MACH_O)


def test_a_universal_file_of_wide_records() -> None:
    """Where offsets have 64 bits the architectures are the same."""
    intel = MachO(cpu=0x01000007, variant=3)
    found = read(universal(MachO(), intel, wide=True), MACH_O)
    assert found == read(universal(MachO(), intel), MACH_O)
    assert [one.machine for one in found.images] == ["arm64", "x86_64"]


def test_a_record_for_another_architecture() -> None:
    """A file whose universal header says another architecture than the part's own is damaged."""
    data = bytearray(universal(MachO()))
    data[8:12] = struct.pack(">I", 0x01000007)
    found = read(bytes(data), MACH_O)
    assert "record is for x86_64, and its header for arm64" in found.damage
    assert found.offset == 0x1000


VARIANTS = {
    (0x0100000C, 2): "arm64e",
    (0x0100000C, 0x80000002): "arm64e",
    (0x01000007, 8): "x86_64h",
    (0x01000007, 3): "x86_64",
    (7, 3): "i386",
    (99, 0): "machine-99",
}


@pytest.mark.parametrize(("cpu", "variant"), VARIANTS)
def test_architectures(cpu: int, variant: int) -> None:
    """Architectures are spelled as macOS's platform tags do."""
    found = image(MachO(cpu=cpu, variant=variant).data, MACH_O)
    assert found.machine == VARIANTS[cpu, variant]


SYSTEMS = {
    "ios": command(0x32, struct.pack("<4I", 2, 13 << 16, 0, 0)),
    "ios-simulator": command(0x32, struct.pack("<4I", 7, 13 << 16, 0, 0)),
    "platform-77": command(0x32, struct.pack("<4I", 77, 13 << 16, 0, 0)),
    "tvos": command(0x2F, struct.pack("<2I", 13 << 16, 0)),
}


@pytest.mark.parametrize("system", SYSTEMS)
def test_systems(system: str) -> None:
    """Other systems than macOS are named, of a file for two it is macOS that counts."""
    found = image(MachO(versions=SYSTEMS[system]).data, MACH_O)
    assert (found.system, found.minimum_os) == (system, (13, 0))
    both = image(MachO(more=(SYSTEMS[system],)).data, MACH_O)
    assert (both.system, both.minimum_os) == ("macos", (11, 2))


def test_the_code() -> None:
    """Sections of instructions are given with their roots and the starts of functions."""
    seen: list[Executable] = []

    def scan(executable: Executable) -> Code:
        seen.append(executable)
        assert [bytes(region.data) for region in executable.regions] == [CODE]
        assert executable.symbol(BASE + 0x1003) == "PyInit_demo"
        return Code("", 0)

    assert examine(MACH_O, "a.so", MachO().data, Room(1), scan).images[0].code == Code("", 0)
    assert seen[0].regions[0].address == BASE + 0x1000
    assert set(seen[0].roots) == {BASE + 0x1000, BASE + 0x1006}
    assert list(seen[0].functions) == [BASE + 0x1000, BASE + 0x1006]


def test_marks_of_sections_are_not_believed_that_leave_out_what_runs() -> None:
    """Where a module is initialised in no section of instructions, all of the segment is code."""
    seen: list[Executable] = []

    def scan(executable: Executable) -> Code:
        seen.append(executable)
        return Code("", 0)

    moved = MachO(symbols=(("_PyInit_demo", 0x0F, 0, BASE + 0x800),))
    examine(MACH_O, "a.so", moved.data, Room(1), scan)
    assert seen[0].regions[0].address == BASE
    assert BASE + 0x800 in seen[0].roots


def test_cut_off_anywhere() -> None:
    """Wherever a file ends it is damaged, and its place is in the file."""
    whole = universal(MachO())[:0x1000] + MachO().data
    for data in (MachO().data, whole):
        for size in range(len(data)):
            found = scanned(data[:size], MACH_O)
            assert found.damage, size
            assert 0 <= found.offset <= size


@settings(deadline=None, database=None, max_examples=300)
@given(st.data())
def test_any_bytes_changed(draws: st.DataObject) -> None:
    """Whatever some bytes are changed to, facts come back."""
    data = bytearray(universal(MachO(), MachO()) if draws.draw(st.booleans()) else MachO().data)
    for _ in range(draws.draw(st.integers(1, 4))):
        at = draws.draw(st.integers(0, len(data) - 1))
        piece = draws.draw(st.one_of(st.binary(min_size=1, max_size=8), st.just(b"\xff" * 8)))
        data[at : at + len(piece)] = piece[: len(data) - at]
    found = scanned(bytes(data), MACH_O)
    assert 0 <= found.offset <= len(data)


REAL = (("markupsafe==2.1.5", "cp311-cp311-macosx*"), ("cffi==2.0.0", "cp311-cp311-macosx*arm64"))


@pytest.mark.parametrize(("requirement", "tags"), REAL)
def test_real_files(tmp_path: Path, requirement: str, tags: str) -> None:
    """Of published wheels the same is found as macholib finds."""
    macholib = pytest.importorskip("macholib.MachO")
    tables = pytest.importorskip("macholib.SymbolTable")
    for data in members_of(requirement, tags, (".so", ".dylib")):
        found = read(data, MACH_O)
        assert found.damage == ""
        opened = macholib.MachO(str(saved(tmp_path, data)))
        assert len(opened.headers) == len(found.images) > 0
        for header, mine in zip(opened.headers, found.images, strict=True):
            loaded = {name for _, kind, name in header.walkRelocatables() if name != mine.name}
            assert {*mine.needed, *mine.optional} == loaded
            table = tables.SymbolTable(opened, header=header)
            assert mine.undefined == len(table.undefsyms)
            assert {f"_{name}" for name in mine.inits} <= {
                name.decode() for _, name in table.extdefsyms
            }
