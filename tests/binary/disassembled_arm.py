"""Compare what a scan counts of A64 code with a full disassembly; run by hand, over real wheels.

    python -m tests.binary.disassembled_arm WHEEL…

What an instruction needs is told by its mnemonic and its operands alone, as the disassembler writes
them (see ``listing``); nothing of the scan's own table takes part. Arithmetic in half precision is
left out, as no mnemonic tells it.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from typing import TYPE_CHECKING

from tests.binary.listing import ARM, compare, lines

if TYPE_CHECKING:
    from tests.binary.listing import Member

_GUARD = re.compile(r"cbz\s+w1[67],|tbz\s+w1[67], #0,")
_MNEMONICS = (
    (re.compile(r"([su]dot)\s+v"), "asimddp"),
    (re.compile(r"(usdot|sudot|smmla|ummla|usmmla)\s"), "i8mm"),
    (re.compile(r"bf(dot|mmla|mlalb|mlalt|cvtn?2?|cvtnt)\s"), "bf16"),
    (re.compile(r"fml[as]l2?\s+v"), "asimdfhm"),
    (
        re.compile(r"((ld|st)(add|clr|eor|set|[su]max|[su]min)|swp|casp?)a?l?[bh]?\s"),
        "atomics",
    ),
    (re.compile(r"(?!.*\bza\d*[hv]?[.\[]).*\b[zp]\d+\b"), "sve"),
    (re.compile(r"(cnt|inc|dec|[su]q(inc|dec))[bhwdp]\s+[xw]|rdvl|rdffr|setffr|add[vp]l"), "sve"),
    (re.compile(r"(ctermeq|ctermne|pfalse|wrffr|prf[bhwd])\s"), "sve"),
    (re.compile(r"(rdsvl|addsvl|addspl)\s"), "sme"),
    (re.compile(r".*\b(za\d*|za\d+[hv])\b(?!\s*$)"), "sme"),
)
"""What is told by how an instruction reads. ``smstart za`` and ``smstop za`` are left out."""


def counted(member: Member) -> Counter[str]:
    """Return how often the disassembler finds each extension in a member."""
    found: Counter[str] = Counter()
    before = ""
    for line in lines(member.data, member.form, ARM):
        found.update(_needs(line.text, before))
        before = line.text
    return found


def _needs(text: str, before: str) -> set[str]:
    """Return what an instruction needs.

    An atomic one behind a check, as libgcc's or that of Microsoft's compiler, is not counted.
    """
    words = text.partition("//")[0].partition(";")[0]
    needs = {extension for pattern, extension in _MNEMONICS if pattern.match(words)}
    return needs - {"atomics"} if _GUARD.match(before) else needs


if __name__ == "__main__":
    compare(sys.argv[1:], ARM, counted)
