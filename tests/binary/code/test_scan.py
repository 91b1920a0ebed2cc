"""Counts are exact, data accuses nobody, and what is not decoded is said."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import pytest

from release_tests.binary.code.scan import scan
from release_tests.binary.regions import Executable, Region
from tests.binary.code.assembling import (
    ADDRESS,
    assembled,
    compiled,
    executable,
    mnemonics,
    text_of,
)

if TYPE_CHECKING:
    from pathlib import Path

    from release_tests.binary.facts import Code, Use

SAXPY = """
void saxpy(float *x, float *y, float a, int n) {
    for (int i = 0; i < n; i++) y[i] = a * x[i] + y[i];
}
int dot(unsigned char *x, signed char *y, int n) {
    int sum = 0;
    for (int i = 0; i < n; i++) sum += x[i] * y[i];
    return sum;
}
unsigned long long bits(unsigned long long *x, int n) {
    unsigned long long sum = 0;
    for (int i = 0; i < n; i++) sum += __builtin_popcountll(x[i]);
    return sum;
}
"""

# What gcc is told, and, for some extensions, what objdump's line for an instruction of it matches.
COMPILED = {
    "-O2": {"avx": "v", "avx512f": "v", "popcnt": "popcnt"},
    "-mavx2 -mfma": {"fma": r"vfn?m(add|sub)", "avx512f": r".*zmm|.*[xy]mm(1[6-9]|2\d|3[01])"},
    "-mavx512f": {"avx512f": r"(?!vzeroupper)(k\w|.*(zmm|\{k|[xy]mm(1[6-9]|2\d|3[01])|\{1to))"},
    "-mpopcnt": {"popcnt": "popcnt", "avx": "v"},
    "-mavx512f -mavx512vpopcntdq": {"avx512_vpopcntdq": "vpopcnt[dq]"},
    "-mavx512f -mavx512vnni -mavx512vl -mavx512bw": {"avx512_vnni": "vpdp"},
    "-mavxvnni": {"avx_vnni": r"\{vex\} vpdp"},
}

AN_EVEX = "vaddps zmm0, zmm1, zmm2"


def counts(code: Code) -> dict[str, int]:
    """Return how often each extension is used."""
    return {use.extension: use.count for use in code.uses}


def use(code: Code, extension: str) -> Use:
    """Return the use of one extension."""
    (found,) = (one for one in code.uses if one.extension == extension)
    return found


@pytest.mark.parametrize(("options", "expected"), COMPILED.items(), ids=COMPILED)
def test_compiled_code_is_counted_as_objdump_counts(
    tmp_path: Path, options: str, expected: dict[str, str]
) -> None:
    """Of what the compiler made, as many instructions are found as objdump prints."""
    made = compiled(tmp_path, SAXPY, "-O3", *options.split())
    lines = mnemonics(made)
    found = counts(scan(executable(text_of(made))))
    for extension, pattern in expected.items():
        assert found.get(extension, 0) == sum(bool(re.match(pattern, line)) for line in lines)


def test_code_of_the_baseline_uses_nothing(tmp_path: Path) -> None:
    """What gcc makes without options runs on every x86-64 processor."""
    found = scan(executable(text_of(compiled(tmp_path, SAXPY, "-O3"))))
    assert (found.uses, found.unknown, found.unexamined) == ((), 0, "")


def test_the_first_places_are_named(tmp_path: Path) -> None:
    """A place is the instruction's address, how it reads, and the function that it stands in."""
    code = assembled(tmp_path, "nop\nvaddps zmm0, zmm1, [rdi+64]\nret")
    image = executable(code)
    named = Executable(
        machine="x86_64", bits=64, regions=image.regions, symbol=lambda at: f"f_{at:x}"
    )
    (place,) = use(scan(named), "avx512f").places
    assert (place.address, place.symbol) == (ADDRESS + 1, "f_1001")
    assert place.instruction == "vaddps zmm0,zmm1,[rdi+40h]"


def test_uses_are_counted_by_function(tmp_path: Path) -> None:
    """Each function has its own number of uses, the greatest first."""
    one = assembled(tmp_path, f"{AN_EVEX}\nret")
    two = assembled(tmp_path, f"{AN_EVEX}\n{AN_EVEX}\nret")
    image = executable(one + two, functions=(0, len(one)))
    names = {ADDRESS: "one", ADDRESS + len(one): "two"}
    named = Executable(
        machine="amd64",
        bits=64,
        regions=image.regions,
        functions=image.functions,
        symbol=lambda at: names.get(at, ""),
    )
    assert use(scan(named), "avx512f").symbols == (("two", 2), ("one", 1))


def test_a_sweep_begins_anew_at_a_function(tmp_path: Path) -> None:
    """Data before a function does not swallow its first instruction."""
    function = assembled(tmp_path, f"{AN_EVEX}\nret")
    # The first bytes of `mov rax, imm64`, whose constant would be the function.
    code = bytes.fromhex("48b8") + function
    assert counts(scan(executable(code))) == {}
    assert counts(scan(executable(code, functions=(2,)))) == {"avx512f": 1}


def test_what_symbols_call_data_is_passed_over(tmp_path: Path) -> None:
    """A table in the code that a symbol marks as an object is not read as instructions."""
    evex = assembled(tmp_path, AN_EVEX)
    ret = assembled(tmp_path, "ret")
    code = ret + evex + ret
    image = Executable(
        machine="x86_64",
        bits=64,
        regions=(Region(ADDRESS, code),),
        objects=((ADDRESS + 1, ADDRESS + 1 + len(evex)),),
    )
    assert counts(scan(image)) == {}
    assert counts(scan(executable(code))) == {"avx512f": 1}


def test_constants_in_the_segment_are_passed_over(tmp_path: Path) -> None:
    """Where section headers tell code from constants, constants are not read as instructions."""
    evex = assembled(tmp_path, f"{AN_EVEX}\nret")
    image = Executable(
        machine="x86_64",
        bits=64,
        regions=(Region(ADDRESS, evex + evex),),
        sections=((ADDRESS, ADDRESS + len(evex)),),
    )
    assert counts(scan(image)) == {"avx512f": 1}


@pytest.mark.parametrize(
    "around",
    [
        bytes(range(256)),
        b"sixty-two abad numbers, and the words between them\0" * 4,
        bytes(64),
        bytes.fromhex("0000803f000000400000404000008040") * 4,
    ],
    ids=["bytes in order", "text", "zeros", "floats"],
)
def test_an_instruction_among_data_is_doubtful(tmp_path: Path, around: bytes) -> None:
    """What reads like an instruction in a table is counted, and proves nothing."""
    evex = assembled(tmp_path, AN_EVEX)
    function = assembled(tmp_path, "push rbp\nmov rbp, rsp\n" * 8 + "ret")
    start = len(function) + len(around)
    table = function + around + evex + around + function
    found = use(scan(executable(table, functions=(0, start))), "avx512f")
    assert (found.certain, found.symbols) == (0, ())


def test_an_instruction_among_instructions_is_certain(tmp_path: Path) -> None:
    """The same instruction in a function without unwind table or symbol is beyond doubt."""
    around = "push rbp\nmov rbp, rsp\nmov eax, [rdi+8]\n" * 8
    code = assembled(tmp_path, f"{around}{AN_EVEX}\n{around}ret")
    assert use(scan(executable(code)), "avx512f").certain == 1


@pytest.mark.parametrize(
    ("line", "extension", "certain"), [("sahf", "lahf_lm", 0), ("pabsb xmm0, xmm1", "ssse3", 1)]
)
def test_an_instruction_of_one_byte_takes_more_to_be_certain(
    tmp_path: Path, line: str, extension: str, certain: int
) -> None:
    """Every byte of a table may be one, so it is looked further for what no code contains."""
    plain = assembled(tmp_path, "mov rbp, rsp\n" * 11)
    code = plain * 4 + assembled(tmp_path, line) + plain + b"\x06" + plain * 4
    found = use(scan(executable(code)), extension)
    assert (found.count, found.certain) == (1, certain)


def test_a_table_does_not_cast_doubt_on_the_whole_function(tmp_path: Path) -> None:
    """Beside a table, what stands further away in the same piece of code remains certain."""
    code = assembled(tmp_path, f"{AN_EVEX}\n" * 100 + "ret") + bytes(range(256))
    found = use(scan(executable(code)), "avx512f")
    assert found.certain >= 60
    assert found.places[0].address == ADDRESS


def test_bytes_that_are_no_instructions_are_counted(tmp_path: Path) -> None:
    """Each byte at which the decoder knows no instruction counts as unknown."""
    code = assembled(tmp_path, "ret") + bytes.fromhex("060e16") + assembled(tmp_path, "ret")
    assert scan(executable(code)).unknown == 3


def test_the_digest_is_of_the_code(tmp_path: Path) -> None:
    """Digest and size are those of the executable segments, wherever they are loaded."""
    code = assembled(tmp_path, "ret")
    found = scan(executable(code))
    assert (found.digest, found.size) == (hashlib.sha256(code).hexdigest(), 1)


@pytest.mark.parametrize(("machine", "bits"), [("i686", 32), ("riscv64", 64), ("x86_64", 32)])
def test_other_machines_are_said_not_to_be_examined(machine: str, bits: int) -> None:
    """Where code is not decoded, the facts say so, instead of that nothing is used."""
    found = scan(Executable(machine=machine, bits=bits, regions=(Region(ADDRESS, b"\x90"),)))
    assert machine in found.unexamined


def test_an_image_without_code_is_examined() -> None:
    """No code uses nothing."""
    found = scan(Executable(machine="x86_64", bits=64, regions=()))
    assert (found.uses, found.size, found.unexamined) == ((), 0, "")
