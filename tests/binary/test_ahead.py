"""Code of which the rest of the file is still to come: begun sooner, and the same in the end."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from release_tests.binary import limits
from release_tests.binary.code.scan import Scanner
from release_tests.binary.code.staff import ENOUGH, STAFF
from release_tests.binary.content import Content
from release_tests.binary.elf.ahead import announced, executable_so_far
from release_tests.binary.examination import Examination, examine
from release_tests.binary.facts import Code, Format
from release_tests.binary.room import Room
from tests.binary.toolchain import COMPILER, SHARED, built

if TYPE_CHECKING:
    from release_tests.binary.facts import Binary
    from release_tests.binary.regions import Executable

SOURCE = """
__asm__(".text\\nlong: .skip %d, 0x90\\n.byte 0x62, 0xf1, 0x74, 0x48, 0x58, 0xc2\\nret\\n");
int counted(unsigned x) { return __builtin_popcount(x) + 1; }
static int hidden(int x) { return x * 3; }
int (*kept)(int) = hidden;
"""
PIECE = 512 << 10


@cache
def module(size: int) -> bytes:
    """Return a module with so many bytes of code, and as many after what is loaded."""
    data = built(*SHARED, "-mpopcnt", source=SOURCE % size)
    return data + bytes(limits.WHOLE + size)


class Witness(Scanner):
    """Writes down what it was told, and how much of the file it had been given by then."""

    def __init__(self) -> None:
        """Begin with nothing told."""
        super().__init__()
        self.fed = 0
        self.expected: list[tuple[str, int, int]] = []
        self.begun: list[tuple[int, Executable]] = []
        self.whole: list[Executable] = []

    def expect(self, machine: str, bits: int, size: int) -> None:
        """Note it."""
        self.expected.append((machine, bits, size))
        super().expect(machine, bits, size)

    def begin(self, executable: Executable) -> None:
        """Note it."""
        self.begun.append((self.fed, executable))
        super().begin(executable)

    def __call__(self, executable: Executable) -> Code:
        """Note it."""
        self.whole.append(executable)
        return super().__call__(executable)


def read(data: bytes, witness: Witness) -> Binary:
    """Return the facts about a file that comes piece by piece."""
    room = Room(limits.UNKNOWN)
    with (
        Examination(Format.ELF, "a.so", len(data), room, witness, witness) as examination,
        witness,
    ):
        for start in range(0, len(data), PIECE):
            witness.fed = start + PIECE
            examination.feed(data[start : start + PIECE])
        return examination.finish()


@COMPILER
def test_code_is_begun_before_the_rest_has_come() -> None:
    """It is announced by the first piece, and begun when it is there with its unwind table."""
    data, witness = module(1 << 20), Witness()
    found = read(data, witness)
    [(machine, bits, size)] = witness.expected
    assert (machine, bits) == ("x86_64", 64)
    [(fed, early)], [whole] = witness.begun, witness.whole
    assert size == sum(len(region.data) for region in whole.regions) > 1 << 20
    assert fed < len(data) // 2
    assert early.places() == whole.places()
    assert set(early.functions) < set(whole.functions)
    assert found == examine(Format.ELF, "a.so", data, Room(limits.UNKNOWN), Scanner())


@COMPILER
def test_what_was_begun_counts_as_if_nothing_had_been() -> None:
    """Enough code for processes gives the same facts, begun ahead or not, the second time too."""
    data = module(ENOUGH)
    facts = [read(data, Witness()) for _ in range(2)]
    STAFF.dismiss()
    code = facts[0].images[0].code
    assert code is not None
    assert {use.extension: use.count for use in code.uses} == {"avx512f": 1, "popcnt": 1}
    assert facts[0] == facts[1]


@COMPILER
def test_a_file_that_ends_too_soon_leaves_nothing_at_work() -> None:
    """Where the member turns out to be damaged, what was begun is let go."""
    data, room = module(ENOUGH + 4096), Room(1 << 30)
    with pytest.raises(ZeroDivisionError):
        _read_half(data, room)
    with room.taken(1 << 30):
        pass
    STAFF.dismiss()


def _read_half(data: bytes, room: Room) -> None:
    witness = Witness()
    with Examination(Format.ELF, "a.so", len(data), room, witness, witness) as one, witness:
        for start in range(0, len(data) * 3 // 4, PIECE):
            one.feed(data[start : start + PIECE])
        assert witness.begun
        raise ZeroDivisionError


@pytest.mark.parametrize("head", [b"", b"\x7fELF", b"\x7fELF\x02\x01" + bytes(200)])
def test_a_beginning_that_tells_nothing_announces_nothing(head: bytes) -> None:
    """Whatever the bytes are."""
    assert announced(head) is None
    assert executable_so_far(Content(len(head), [(0, head)])) is None
