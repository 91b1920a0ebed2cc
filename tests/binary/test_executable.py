"""What a scan of instructions is given: regions, roots, functions, names and pointers."""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING

import pytest

from release_tests.binary.examination import examine
from release_tests.binary.facts import Code, Format
from release_tests.binary.room import Room
from tests.binary.toolchain import COMPILER, MODULE, SHARED, built, readelf, rows

if TYPE_CHECKING:
    from release_tests.binary.regions import Executable

pytestmark = COMPILER

RESOLVED = """
static int one(void) { return 1; }
static void *chosen(void) { return one; }
__attribute__((ifunc("chosen"))) static int late(void);
int (*kept)(void) = late;
int user(void) { return late(); }
"""


def _seen(data: bytes) -> Executable:
    """Return what the scan was given; the bytes are only looked at while it runs."""
    seen: list[Executable] = []

    def scan(executable: Executable) -> Code:
        seen.append(executable)
        return Code("", 0)

    (image,) = examine(Format.ELF, "module.so", data, Room(1 << 30), scan).images
    assert image.code == Code("", 0)
    return seen[0]


def _addresses(data: bytes, table: str = "--symbols") -> dict[str, int]:
    """Return the functions' addresses as readelf reads them."""
    return {row[7]: int(row[1], 16) for row in rows(data, table) if row[3] in ("FUNC", "IFUNC")}


def test_regions_are_the_executable_segments() -> None:
    """Address and size are those of the program headers."""
    data = built(*SHARED)
    shape = r"LOAD +0x(\S+) 0x(\S+) \S+ 0x(\S+) 0x\S+ R E"
    found = [[int(word, 16) for word in row] for row in re.findall(shape, readelf(data, "-l"))]
    regions = _seen(data).regions
    assert [(one.address, len(one.data)) for one in regions] == [
        (address, size) for _, address, size in found
    ]
    assert [bytes(one.data) for one in regions] == [
        data[offset : offset + size] for offset, _, size in found
    ]


@pytest.mark.parametrize("packing", ["pack-relative-relocs", "nopack-relative-relocs"])
def test_roots_run_on_import(packing: str) -> None:
    """Constructors, after relocation, and the module's initialisation, but nothing else."""
    data = built(*SHARED, f"-Wl,-z,{packing}")
    addresses, roots = _addresses(data), _seen(data).roots
    assert {addresses[name] for name in ("begins", "PyInit_demo", "_init")} <= set(roots)
    assert not {addresses["helper"], addresses["shown"]} & set(roots)


def test_resolvers_are_roots() -> None:
    """The function that finds out which one to call runs when the file is loaded."""
    data = built(*SHARED, source=RESOLVED)
    addresses = _addresses(data)
    found = _seen(data)
    assert addresses["chosen"] in found.roots
    assert addresses["one"] not in found.roots


POINTED = """
static int one(void) { return 1; }
static void *chosen(void) { return one; }
__attribute__((ifunc("chosen"))) int late(void);
int user(void) { return late(); }
"""


@pytest.mark.parametrize(("more", "binding"), [("int (*kept)(void) = late;", "lazy"), ("", "now")])
def test_resolvers_of_exported_functions_are_roots(more: str, binding: str) -> None:
    """One is called at once for a pointer among data, or where stubs are bound at once."""
    data = built(*SHARED, f"-Wl,-z,{binding}", source=POINTED + more)
    assert _addresses(data)["chosen"] in _seen(data).roots


def test_a_resolver_that_is_asked_later_is_no_root() -> None:
    """Where only a stub leads to a function that is chosen, the first call chooses it."""
    data = built(*SHARED, "-Wl,-z,lazy", source=POINTED)
    assert _addresses(data)["chosen"] not in _seen(data).roots


def test_nothing_runs_at_the_header() -> None:
    """A file without DT_INIT has no root at the address 0, where its header may be executable."""
    data = built(*SHARED, "-nostdlib", "-Wl,-z,noseparate-code", source=POINTED)
    assert "(INIT)" not in readelf(data, "--dynamic")
    found = _seen(data)
    assert found.regions[0].address == 0
    assert 0 not in found.roots


def test_functions_are_named() -> None:
    """Every address of a function has its name, one between functions has none."""
    data = built(*SHARED)
    addresses, found = _addresses(data), _seen(data)
    assert {addresses["helper"], addresses["shown"]} <= set(found.functions)
    assert found.symbol(addresses["shown"] + 1) == "shown"
    assert found.symbol(0) == ""
    stripped = _seen(built(*SHARED, "-s"))
    assert stripped.symbol(addresses["helper"]) == "helper"
    assert addresses["shown"] in stripped.functions  # by the unwind table


def test_a_slot_of_the_image_s_own_function_leads_to_it() -> None:
    """A call through the table of stubs ends at the definition if that is here, else by name."""
    data = built(*SHARED, "-Wl,-z,lazy", source=MODULE)
    listed = readelf(data, "--relocs")
    shape = re.compile(r"^([0-9a-f]{16}).*JUMP_SLO\S* +\S+ (\w+)", re.MULTILINE)
    slots = {name: int(place, 16) for place, name in shape.findall(listed)}
    found = _seen(data)
    assert found.target(slots["helper"]) == _addresses(data)["helper"]
    assert found.target(slots["getenv"]) is None
    assert [found.imported(slots[name]) for name in ("helper", "getenv")] == ["helper", "getenv"]
    assert (found.target(1), found.imported(1)) == (None, "")


def test_a_program_begins_at_its_entry() -> None:
    """The entry point is a root of a program, and none of a library."""
    program = built("-no-pie", source="int main(void) { return 0; }\n")
    (entry,) = re.findall(r"Entry point address: +0x(\S+)", readelf(program, "-h"))
    assert int(entry, 16) in _seen(program).roots


def test_object_files_have_no_code_to_run() -> None:
    """Nothing of an object file is loaded, so there is nothing to scan."""
    (image,) = examine(
        Format.ELF, "m.o", built("-c", name="m.o"), Room(1), lambda _: Code("", 0)
    ).images
    assert image.code is None


TABLED = r"""
__asm__(".text\n.type table, @object\n.globl table\ntable: .quad 1, 2, 3\n.size table, 24");
int after(void) { return 1; }
"""


def test_sections_are_what_section_headers_call_code() -> None:
    """Of a segment that holds constants as well, only the sections with code are code."""
    data = built(*SHARED, "-Wl,-z,noseparate-code")
    lines = re.findall(r"PROGBITS +(\S+) \S+ (\S+) \S+ +AX ", readelf(data, "--sections"))
    expected = tuple((int(at, 16), int(at, 16) + int(size, 16)) for at, size in lines)
    seen = _seen(data)
    assert seen.sections == expected
    assert sum(end - start for start, end in expected) < sum(len(one.data) for one in seen.regions)


def test_section_headers_are_not_believed_that_leave_out_what_runs() -> None:
    """A loader never reads them: where they leave out the module's own code, all is code."""
    data = bytearray(built(*SHARED))
    (number,) = re.findall(r"\[ *(\d+)\] \.text ", readelf(bytes(data), "--sections"))
    (table,) = struct.unpack_from("<Q", data, 40)
    struct.pack_into("<Q", data, table + 64 * int(number) + 8, 2)
    assert _seen(bytes(data)).sections == ()


def test_segments_that_overlap_hide_nothing() -> None:
    """Of code that two segments hold, what the second adds is looked at, too."""
    data = bytearray(built(*SHARED))
    (table,), (count,) = struct.unpack_from("<Q", data, 32), struct.unpack_from("<H", data, 56)
    rows = {
        at: struct.unpack_from("<2I6Q", data, at) for at in range(table, table + 56 * count, 56)
    }
    (code,) = (row for row in rows.values() if row[0] == 1 and row[1] & 1)
    note = next(at for at, row in rows.items() if row[0] == 4)
    struct.pack_into("<2I6Q", data, note, 1, 5, code[2] - 16, code[3] - 16, 0, 32, 32, 1)
    first, second = _seen(bytes(data)).regions
    assert (first.address, first.end) == (code[3] - 16, code[3] + 16)
    assert (second.address, second.end) == (code[3] + 16, code[3] + code[5])
    assert bytes(second.data) == data[code[2] + 16 : code[2] + code[5]]


def test_objects_are_what_symbols_call_data() -> None:
    """A table among the code, which its symbol marks as an object, is told."""
    data = built(*SHARED, source=TABLED)
    (address,) = {int(row[1], 16) for row in rows(data, "--symbols") if row[7:] == ["table"]}
    assert (address, address + 24) in _seen(data).objects
