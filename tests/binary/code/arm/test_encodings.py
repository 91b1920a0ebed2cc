"""Each word is what the manual says, and nothing else counts as an instruction that needs more."""

from __future__ import annotations

import random
import re
import shutil
import struct
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from release_tests.binary.code.arm.encodings import KINDS, by_top_byte, is_odd, kind_of
from release_tests.binary.code.extensions import ARM, PART_OF
from tests.binary.code.arm.lines import LINES

TOOLS = pytest.mark.skipif(
    shutil.which("aarch64-linux-gnu-objdump") is None
    or shutil.which("aarch64-linux-gnu-as") is None,
    reason="there are no binutils for aarch64 here",
)

_ARCHITECTURES = {
    "asimddp": "dotprod",
    "i8mm": "i8mm",
    "bf16": "bf16",
    "asimdfhm": "fp16fml",
    "fphp": "fp16",
    "asimdhp": "fp16",
    "atomics": "lse",
    "sve": "sve",
    "sme": "sme",
}
"""GNU as's name for what brings an extension."""


@pytest.mark.parametrize(("word", "line", "needs"), LINES, ids=[line for _, line, _ in LINES])
def test_an_instruction_needs_what_it_needs(word: int, line: str, needs: tuple[str, ...]) -> None:
    """One line of assembly for every class, and lines of each neighbourhood that need nothing."""
    kind = kind_of(word)
    assert (kind.needs if kind else ()) == needs, line
    assert not is_odd(word)


def test_every_class_and_every_extension_is_shown() -> None:
    """The lines above meet all that is told apart."""
    met = {need for _, _, needs in LINES for need in needs}
    assert met == ARM - PART_OF.keys()
    assert met == set(_ARCHITECTURES)


def test_all_of_the_space_counts_as_its_first_extension() -> None:
    """SVE2's ``tbl z0.b, {z1.b, z2.b}, z3.b`` is told as what it is a part of."""
    kind = kind_of(0x05232820)
    assert kind is not None
    assert kind.needs == (PART_OF["sve2"],)


def test_no_two_classes_take_one_word() -> None:
    """A word is of one class; where one lies in another the narrower comes first."""
    for at, kind in enumerate(KINDS):
        for later in KINDS[at + 1 :]:
            both = kind.mask & later.mask
            if kind.value & both == later.value & both and later.needs != kind.needs:
                assert later.mask & ~kind.mask == 0, (kind, later)


@pytest.mark.parametrize("word", [0x00000000, 0x0000DEAD, 0x3F800000 >> 4, 0x65746E49 & 0x01FFFFFF])
def test_what_is_no_instruction_is_odd(word: int) -> None:
    """UDF, zeros and the unallocated spaces are met in data only."""
    assert is_odd(word)
    assert kind_of(word) is None


@TOOLS
def test_the_assembler_asks_for_the_same(tmp_path: Path) -> None:
    """GNU as takes each line for an architecture with the extensions, and not without them.

    SVE brings arithmetic in half precision, and SME brings SVE, there as in the manual.
    """
    for word, line, needs in LINES:
        base = "armv8-a" if needs in ((), ("atomics",)) else "armv8.2-a"
        named = [_ARCHITECTURES[need] for need in needs]
        assert _assembled(tmp_path, line, base, *named) == word, line
        for left_out in named:
            rest = [name for name in named if name != left_out]
            assert _assembled(tmp_path, line, base, *rest) is None, (line, left_out)


def _assembled(place: Path, line: str, base: str, *options: str) -> int | None:
    arch = "+".join((base, *options, *(["rcpc"] if line.startswith("ldapr") else [])))
    source, made, raw = (place / name for name in ("line.s", "line.o", "line.bin"))
    source.write_text(f".arch {arch}\n{line}\n", encoding="ascii")
    words: tuple[list[str | Path], ...] = (
        ["aarch64-linux-gnu-as", "-o", made, source],
        ["aarch64-linux-gnu-objcopy", "-O", "binary", "-j", ".text", made, raw],
    )
    for command in words:
        if subprocess.run(command, capture_output=True, check=False).returncode:
            return None
    (word,) = struct.unpack("<I", raw.read_bytes()[:4])
    return int(word)


_BY_MNEMONIC = (
    (r"(usdot|sudot|smmla|ummla|usmmla) ", "i8mm"),
    (r"bf(dot|mmla|mlalb|mlalt|cvt|cvtn|cvtn2|cvtnt) ", "bf16"),
    (r"(sdot|udot) v", "asimddp"),
    (r"(ld|st)(add|clr|eor|set|[su]max|[su]min)a?l?[bh]? |(swp|casp?)a?l?[bh]? ", "atomics"),
)


@TOOLS
def test_the_disassembler_reads_the_same() -> None:
    """Of random words of all classes and near them objdump names exactly those that are counted."""
    chance = random.Random(64)  # noqa: S311 - the same words in every run
    words = [chance.getrandbits(32) & ~kind.mask | kind.value for kind in KINDS for _ in range(60)]
    words += [chance.choice([*by_top_byte()]) << 24 | chance.getrandbits(24) for _ in range(6000)]
    for word, text in zip(words, _read(words), strict=True):
        if "undefined" in text or text.startswith(".inst"):
            continue
        kind = kind_of(word)
        needs = kind.needs if kind else ()
        for pattern, extension in _BY_MNEMONIC:
            if "sme" not in needs:
                assert (extension in needs) == bool(re.match(pattern, text)), (hex(word), text)
        if re.search(r"\b[zp]\d+\b", text):
            assert {"sve", "sme"} & set(needs), (hex(word), text)
        if {"fphp", "asimdhp"} & set(needs):
            assert re.search(r"\bh\d+|\.[48]h|\.2h|\.h\[", text), (hex(word), text)


def _read(words: list[int]) -> list[str]:
    with TemporaryDirectory() as place:
        raw = Path(place, "words.bin")
        raw.write_bytes(struct.pack(f"<{len(words)}I", *words))
        command = [
            "aarch64-linux-gnu-objdump",
            "-D",
            "-z",
            "-b",
            "binary",
            "-m",
            "aarch64",
            str(raw),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.findall(r"^ *[0-9a-f]+:\t[0-9a-f]{8} \t([^\n]*)$", done.stdout, re.MULTILINE)
    return [text.replace("\t", " ").partition(" //")[0] + " " for text in found]
