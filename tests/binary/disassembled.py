"""Compare what a scan counts with a full disassembly; run by hand, over real wheels.

    python -m tests.binary.disassembled WHEEL…

The disassembler (see ``listing``) says where instructions are and what is none; which extensions
the bytes of one need is looked up in the same table, whose rows
tests/binary/code/test_extensions.py holds against GNU as.
"""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

from iced_x86 import Decoder

from release_tests.binary.code import table
from tests.binary.listing import X86, compare, lines

if TYPE_CHECKING:
    from tests.binary.listing import Member


def counted(member: Member) -> Counter[str]:
    """Return how often the disassembler finds each extension in a member."""
    found = lines(member.data, member.form, X86)
    return Counter(extension for line in found for extension in _needs(line.data))


def _needs(data: bytes) -> tuple[str, ...]:
    return table.needs().get(Decoder(64, data).decode().code, ())


if __name__ == "__main__":
    compare(sys.argv[1:], X86, counted)
