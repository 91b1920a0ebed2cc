"""What a scan says of A64 code: counts, doubts, names, and what runs on import."""

from __future__ import annotations

import shutil
import struct
import subprocess
from typing import TYPE_CHECKING

import pytest

from release_tests.binary.code.scan import scan
from release_tests.binary.examination import examine
from release_tests.binary.facts import Code, Format, Use
from release_tests.binary.regions import Executable, Region
from release_tests.binary.room import Room

if TYPE_CHECKING:
    from pathlib import Path

ADDRESS = 0x10000
NOP, RET, SDOT, CNTB, LDADD, BFCVT = (
    *(0xD503201F, 0xD65F03C0, 0x4E829420),
    *(0x0420E3E0, 0xB8200041, 0x1E634020),
)
CBZ_W16, CBZ_X0, BRK, UDF = 0x34000050, 0xB4000040, 0xD4207D00, 0
MRS_ISAR0, SVC = 0xD5380600, 0xD4000001
BL_NEXT_BUT_ONE = 0x94000002
"""Calls what stands two words further."""

GCC = "aarch64-linux-gnu-gcc"
COMPILER = pytest.mark.skipif(shutil.which(GCC) is None, reason=f"there is no {GCC}")


def code(*words: int, **fields: object) -> Code:
    """Return what a scan says of these words at ``ADDRESS``."""
    data = struct.pack(f"<{len(words)}I", *words)
    given = {"machine": "aarch64", "bits": 64, "regions": (Region(ADDRESS, data),), **fields}
    return scan(Executable(**given))  # type: ignore[arg-type]


def counts(found: Code) -> dict[str, tuple[int, int]]:
    """Return the number of uses of each extension, and of the doubtful ones."""
    return {use.extension: (use.count, use.doubtful) for use in found.uses}


def ran(found: Code) -> dict[str, int]:
    """Return what runs on import for certain."""
    return {use.extension: use.count for use in found.on_import}


def test_uses_are_counted_with_their_places() -> None:
    """Each extension has its number, the first places, and the function's name."""
    found = code(NOP, SDOT, SDOT, CNTB, RET, symbol=lambda _: "kernel")
    assert counts(found) == {"asimddp": (2, 0), "sve": (1, 0)}
    assert (found.unexamined, found.unknown, found.size) == ("", 0, 20)
    use = found.uses[0]
    assert use.symbols == (("kernel", 2),)
    assert [place.address for place in use.places] == [ADDRESS + 4, ADDRESS + 8]
    assert use.places[0].instruction == "sdot or udot (0x4e829420)"


def test_only_the_first_places_are_kept() -> None:
    """Three of each are enough to look at."""
    assert len(code(*[SDOT] * 9).uses[0].places) == 3


def test_plain_code_uses_nothing() -> None:
    """What every processor of the architecture has is not told."""
    assert code(NOP, RET) == Code(code(NOP, RET).digest, 8)


@pytest.mark.parametrize("machine", ["aarch64", "arm64", "arm64e"])
def test_all_formats_names_are_known(machine: str) -> None:
    """Linux, macOS and Windows call the architecture by names of their own."""
    assert counts(code(SDOT, machine=machine)) == {"asimddp": (1, 0)}


def test_data_among_code_accuses_nobody() -> None:
    """Beside words that are no instructions one that reads like one is counted, in doubt."""
    found = code(NOP, *[UDF] * 3, SDOT, *[UDF] * 3)
    assert counts(found) == {"asimddp": (1, 1)}
    assert found.uses[0].certain == 0
    assert found.uses[0].symbols == ()
    assert found.uses[0].places[0].address == ADDRESS + 16


@pytest.mark.parametrize("end", [RET, BRK, SVC, 0x14000004, 0xD61F0000])
def test_what_control_does_not_come_to_accuses_nobody(end: int) -> None:
    """After a return or a jump stands what is jumped to, or data: only known functions are sure."""
    assert counts(code(NOP, end, SDOT, SDOT, NOP, SDOT)) == {"asimddp": (3, 2)}
    begins = code(NOP, end, SDOT, SDOT, functions=(ADDRESS + 8,))
    assert counts(begins) == {"asimddp": (2, 0)}
    assert counts(code(NOP, 0xD63F0000, SDOT)) == {"asimddp": (1, 0)}


def test_code_of_x86_in_between_accuses_nobody() -> None:
    """Windows's files for both have stubs of x86-64, padded with its breakpoints."""
    stub = (0x48C48B48, 0x55205889, 0x0F92E95D, 0xCCCCFFFB)
    assert counts(code(*stub, *stub)) == {"asimddp": (2, 2)}


LOADS = {
    "ldr w0, 12 bytes on": (0x18000060, 1),
    "ldr s0, 12 bytes on": (0x1C000060, 1),
    "ldrsw x0, 12 bytes on": (0x98000060, 1),
    "ldr x0, 12 bytes on": (0x58000060, 2),
    "ldr d0, 12 bytes on": (0x5C000060, 2),
    "ldr q0, 12 bytes on": (0x9C000060, 4),
    "prfm, 12 bytes on, which loads nothing": (0xD8000060, 0),
}
"""Literals as GNU as puts them: behind a return and what aligns them."""


@pytest.mark.parametrize(("load", "words"), LOADS.values(), ids=LOADS)
def test_what_code_loads_accuses_nobody(load: int, words: int) -> None:
    """A constant behind a function is data however it reads, as far as the load reaches."""
    found = code(load, RET, NOP, *[SDOT] * 5)
    assert counts(found) == {"asimddp": (5, words)}


def test_what_is_loaded_may_stand_before_the_load() -> None:
    """Offsets have a sign; code in one region may load what stands in another."""
    back_by_two = 0x58FFFFC0
    assert counts(code(SDOT, NOP, back_by_two, RET)) == {"asimddp": (1, 1)}
    literal = Region(ADDRESS - 8, struct.pack("<2I", SDOT, NOP))
    load = Region(ADDRESS, struct.pack("<2I", back_by_two, RET))
    assert counts(code(regions=(literal, load))) == {"asimddp": (1, 1)}


def test_words_that_are_no_instructions_are_counted() -> None:
    """Each has four bytes; zeros between functions are nothing strange, objects are data."""
    odd = (0x02000000, 0x46464646, 0x0DEAD000 << 2 & 0x06FFFFFF)
    assert code(NOP, *odd, UDF, RET).unknown == 12
    assert code(NOP, *odd, RET, objects=((ADDRESS + 4, ADDRESS + 8),)).unknown == 8


def test_what_symbols_call_data_is_left_out() -> None:
    """So is what no section header calls code."""
    words = (SDOT, SDOT, SDOT, NOP)
    objects = ((ADDRESS, ADDRESS + 4),)
    sections = ((ADDRESS, ADDRESS + 8),)
    assert counts(code(*words, objects=objects, sections=sections)) == {"asimddp": (1, 0)}


def test_words_are_where_addresses_say() -> None:
    """A region that begins between two words is read from the next one on, to the last whole."""
    data = b"\xff\xff" + struct.pack("<2I", SDOT, NOP) + b"\x20\x94"
    found = code(regions=(Region(ADDRESS - 2, data),))
    assert [place.address for place in found.uses[0].places] == [ADDRESS]


def test_an_atomic_instruction_behind_its_check_is_not_counted() -> None:
    """Libgcc's helpers ask for it in the word before; others do not."""
    assert counts(code(CBZ_W16, LDADD, RET)) == {}
    assert counts(code(0x36000070, LDADD, RET)) == {}
    assert counts(code(CBZ_X0, LDADD, RET)) == {"atomics": (1, 0)}
    assert counts(code(LDADD, RET)) == {"atomics": (1, 0)}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((CNTB, RET), {"sve": 1}),
        ((CBZ_X0, CNTB, BFCVT, RET), {"bf16": 1}),
        ((BL_NEXT_BUT_ONE, CNTB, RET), {"sve": 1}),
        ((BL_NEXT_BUT_ONE, CNTB, BRK), {}),
        ((0x14000002, CNTB, BFCVT, RET), {"bf16": 1}),
        ((0x36000040, CNTB, BFCVT, RET), {"bf16": 1}),
        ((0x54000040, CNTB, BFCVT, RET), {"bf16": 1}),
        ((SVC, CNTB, RET), {}),
        ((BRK, CNTB, RET), {}),
        ((UDF, CNTB, RET), {}),
        ((0xD63F0000, CNTB, RET), {}),
        ((0xD61F0000, CNTB, RET), {}),
        ((CNTB,), {"sve": 1}),
        ((0x17FFFFFF, CNTB), {}),
    ],
    ids=[
        *("straight", "either way", "after a call that returns", "after a call that stops"),
        *("jump", "tbz", "b.cond", "system call", "trap", "undefined", "pointer called"),
        *("pointer jumped to", "end of the region", "jump out of the region"),
    ],
)
def test_what_every_way_passes_runs(words: tuple[int, ...], expected: dict[str, int]) -> None:
    """From a root on, calls and jumps are followed, and nothing is certain after what may stop."""
    assert ran(code(*words, roots=(ADDRESS,))) == expected


def _stub(slot: int) -> tuple[int, ...]:
    """Return a stub of the PLT that jumps through *slot*, in the page after this one."""
    return (0xB0000010, 0xF9400211 | slot // 8 << 10, 0x91000210, 0xD61F0220)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("PyModule_Create2", {"sve": 1}), ("abort", {}), ("unknown_to_us", {}), ("", {})],
)
def test_a_call_of_another_library_comes_back_if_it_is_known_to(
    name: str, expected: dict[str, int]
) -> None:
    """The stub's pointer tells whose function it is."""
    words = (0x94000003, CNTB, RET, *_stub(0x18))
    asked: list[int] = []

    def imported(slot: int) -> str:
        asked.append(slot)
        return name

    assert ran(code(*words, roots=(ADDRESS,), imported=imported)) == expected
    assert set(asked) == {ADDRESS + 0x1018}


def test_a_stub_of_its_own_function_is_followed() -> None:
    """Where the loader fills in the image's own definition, that is what runs."""
    words = (0x94000004, RET, CNTB, RET, *_stub(0x18))
    found = code(
        *words,
        roots=(ADDRESS,),
        imported=lambda _: "kernel",
        target=lambda _: ADDRESS + 8,
    )
    assert ran(found) == {"sve": 1}


@pytest.mark.parametrize("look", [MRS_ISAR0, 0x94000006])
def test_what_refuses_the_processor_ends_the_certainty(look: int) -> None:
    """After a root that asks what the processor is and may stop, the next one may never run."""
    words = (look, CBZ_X0, BRK, RET, CNTB, RET, *_stub(0x18))
    names = {ADDRESS + 0x1018: "getauxval"}
    found = code(
        *words,
        roots=(ADDRESS, ADDRESS + 16),
        imported=lambda slot: names.get(slot, ""),
    )
    assert ran(found) == {}
    assert ran(code(NOP, *words[1:], roots=(ADDRESS, ADDRESS + 16))) == {"sve": 1}


SOURCE = r"""
#include <sys/auxv.h>
typedef unsigned long word;
word lanes;
%s
void kernel(void) { __asm__ volatile("sdot v0.4s, v1.16b, v2.16b"); }
void *PyInit_demo(void) { return (void *)kernel; }
__asm__(".text\n.globl table\n.type table, %%object\ntable: .word 0x0420e3e0\n.size table, 4");
"""
EARLY = '__attribute__((constructor)) void early(void) { __asm__("cntb %0" : "=r"(lanes)); }'
CHECKED = EARLY.replace("{ ", "{ if (getauxval(AT_HWCAP) & HWCAP_SVE) ")


def built(place: Path, source: str, *options: str) -> Code:
    """Return what is said of the library that gcc for aarch64 makes of *source*."""
    text, library = place / "module.c", place / "module.so"
    text.write_text(source, encoding="ascii")
    command = [GCC, "-O2", "-march=armv8.2-a+sve+dotprod", "-shared", "-fPIC", "-nostdlib"]
    command += [*options, "-o", str(library), str(text)]
    subprocess.run(command, check=True, capture_output=True)
    data = library.read_bytes()
    (image,) = examine(Format.ELF, "module.so", data, Room(1 << 20), scan).images
    assert image.code is not None
    return image.code


def _named(found: Code, extension: str) -> Use:
    return next(use for use in found.uses if use.extension == extension)


@COMPILER
def test_a_compiled_module_is_understood(tmp_path: Path) -> None:
    """Constructors are found by relocation, symbols by name, and tables in the code are data."""
    found = built(tmp_path, SOURCE % EARLY)
    assert ran(found) == {"sve": 1}
    assert counts(found) == {"asimddp": (1, 0), "sve": (1, 0)}
    assert _named(found, "asimddp").symbols == (("kernel", 1),)
    assert _named(found, "sve").symbols == (("early", 1),)


@COMPILER
def test_a_check_at_run_time_is_seen(tmp_path: Path) -> None:
    """What stands behind a question for the processor is no certain death."""
    found = built(tmp_path, SOURCE % CHECKED)
    assert ran(found) == {}
    assert counts(found)["sve"] == (1, 0)


@COMPILER
def test_mapping_symbols_tell_data_from_code(tmp_path: Path) -> None:
    """The assembler marks words in the code as data; once stripped nobody knows."""
    source = SOURCE.replace(".type table, %%object\\n", "").replace(".size table, 4", "") % ""
    assert "sve" not in counts(built(tmp_path, source))
    assert counts(built(tmp_path, source, "-s"))["sve"] == (1, 0)
