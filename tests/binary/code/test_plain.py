"""What is passed over as plain is what decoding would have found to be plain."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from iced_x86 import Code, Decoder

from release_tests.binary.code import table
from release_tests.binary.code.counting import count
from release_tests.binary.code.grammar import MARK, TWIN
from release_tests.binary.code.plain import PLAIN
from release_tests.binary.code.skipping import Searched, Swept, able
from tests.binary.code.assembling import assembled, compiled, text_of
from tests.binary.code.test_scan import SAXPY

needs_re2 = pytest.mark.skipif(not able(), reason="RE2 is not installed (the extra `fast`)")

ONE = re.compile(b"(?s:" + PLAIN + b")")
PREFIXES = st.lists(st.sampled_from(b"\x26\x2e\x36\x3e\x64\x65\x66\x67\xf0\xf2\xf3"), max_size=3)
REX = st.sampled_from([b"", *(bytes([byte]) for byte in range(0x40, 0x50))])
MAPS = st.sampled_from([b"", b"\x0f"])
OPCODES = st.integers(0, 255)
SIXTEEN = st.binary(min_size=16, max_size=16)

FRAGMENTS = [
    *("push rbp", "mov rax, 0x1122334455667788", "lea rcx, [rip+0x1000]", "call 1f\n1:", "ret"),
    *("mov dword ptr [rsp+rax*8-0x7b04fb05], 0xfbfbfbfb", "movaps xmm3, [rbx]", "ud2"),
    *("lock add [rdi], eax", "psubq xmm1, xmm2", "psubd xmm3, xmm3", "sub edi, ebx", "fadd st(3)"),
    *("vaddps zmm0, zmm1, [rdi+0x12345678]", "popcnt rax, rcx", "vpdpbusd ymm0, ymm17, ymm2"),
    *("pshufb xmm0, xmm1", "vzeroupper", "tdpbf16ps tmm0, tmm1, tmm2", "lahf", "sti", "cli"),
    *("in al, dx", "hlt", ".zero 40", ".byte 0x06", ".byte 0xfb, 0xfb", '.ascii "some text"'),
    ".fill 16, 1, 0x66",
]


def is_plain(code: bytes) -> int:
    """Return how many bytes the expression takes for one plain instruction, 0 for none."""
    found = ONE.match(code.replace(bytes([MARK]), bytes([TWIN])))
    return found.end() if found else 0


@given(PREFIXES, REX, MAPS, OPCODES, SIXTEEN)
@example([], b"", b"", 0, bytes(16))
@example([], b"", b"\x0f", MARK, b"\xfb" * 16)
@example([0x66] * 15, b"", b"", 0x90, bytes(16))
@example([0x66] * 7, b"\x40", b"", 0x01, b"\x84" * 16)
@example([*[0x66] * 7, 0x2E], b"", b"\x0f", 0x1F, b"\x84" * 16)
def test_plain_instructions_are_decoded_alike(
    prefixes: list[int], rex: bytes, opcode_map: bytes, opcode: int, rest: bytes
) -> None:
    """The decoder finds the same length, no extension that is needed, and nothing odd."""
    code = bytes(prefixes) + rex + opcode_map + bytes([opcode]) + rest
    length = is_plain(code)
    if length:
        decoder = Decoder(64, code)
        instruction = decoder.decode()
        assert decoder.position == length
        assert instruction.code not in table.needs()
        assert instruction.code not in table.odd() | {Code.INVALID}
        assert code[:length] != bytes(2)


@pytest.mark.parametrize("mode", [0x05, 0x04, 0x44, 0x84, 0xC7], ids=hex)
def test_every_opcode_is_decoded_alike(mode: int) -> None:
    """Each opcode of both maps, with each prefix and each kind of operand."""
    plain = 0
    for prefix in (b"", b"\x66", b"\xf2", b"\xf3", b"\x48", b"\x66\x48", b"\xf0"):
        for opcode in [bytes([one]) for one in range(256)]:
            for field in range(8):
                for opcode_map in (b"", b"\x0f"):
                    code = prefix + opcode_map + opcode + bytes([mode | field << 3]) + b"\x25" * 14
                    length = is_plain(code)
                    plain += bool(length)
                    decoder = Decoder(64, code)
                    assert not length or decoder.decode().code not in table.needs()
                    assert length in (0, decoder.position)
    assert plain > 3000


@needs_re2
def test_most_compiled_code_is_plain(tmp_path: Path) -> None:
    """Of what the compiler makes without options, next to nothing is decoded."""
    code = text_of(compiled(tmp_path, SAXPY, "-O3"))
    assert count(code, 0, [(0, len(code))]).decoded < len(code) / 20


@needs_re2
@given(st.data())
def test_passing_over_changes_no_count(assembly: dict[str, bytes], data: st.DataObject) -> None:
    """Counts, doubts, places and unknown bytes are the same as where all is decoded.

    Pieces begin anywhere, in the middle of instructions too.
    """
    names = data.draw(st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=40))
    plain = data.draw(st.integers(0, 300))
    code = b"".join(assembly[name] for name in names) + assembly["push rbp"] * plain
    code += data.draw(st.binary(max_size=30)) + b"".join(assembly[name] for name in names)
    cuts = sorted(data.draw(st.sets(st.integers(1, len(code) - 1), max_size=5)))
    spans = list(zip([0, *cuts], [*cuts, len(code)], strict=True))
    passed, decoded = count(code, 0, spans, Searched), count(code, 0, spans, Swept)
    assert replace(passed, decoded=0) == replace(decoded, decoded=0)
    assert decoded.decoded == len(code)


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the bytes of each fragment."""
    directory = tmp_path_factory.mktemp("fragments")
    return {name: assembled(directory, name) for name in FRAGMENTS}


@needs_re2
def test_real_code_is_counted_alike() -> None:
    """In a megabyte of a program of this machine, whose first byte begins no function."""
    program = Path(sys.executable).read_bytes()
    code = program[len(program) // 3 :][: 1 << 20]
    spans = [(at, min(at + 5003, len(code))) for at in range(0, len(code), 5003)]
    passed, decoded = count(code, 0, spans, Searched), count(code, 0, spans, Swept)
    assert replace(passed, decoded=0) == replace(decoded, decoded=0)


def test_without_re2_all_is_decoded(assembly: dict[str, bytes]) -> None:
    """Where RE2 is not installed, the counts are the same."""
    code = assembly["popcnt rax, rcx"] + assembly["ret"]
    command = [sys.executable, "-m", "tests.binary.code.without_re2"]
    done = subprocess.run(command, input=code, capture_output=True, check=True)
    assert done.stdout.decode() == "False {0: {'popcnt': (1, 0)}}\n"
