"""The same code is counted once, and only the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.binary.code import known
from tests.binary.code.assembling import assembled, executable

if TYPE_CHECKING:
    from pathlib import Path

    from release_tests.binary.code.counting import Report
    from release_tests.binary.regions import Executable


def report(image: Executable) -> Report:
    """Return the report on an image."""
    return known.report(image, 0)[1]


def test_the_same_code_is_counted_once(tmp_path: Path) -> None:
    """What was counted for one variant is there for the next."""
    code = assembled(tmp_path, "vaddps zmm0, zmm1, zmm2\nret")
    first = report(executable(code))
    assert report(executable(bytes(code))) is first
    assert first.pieces


def test_other_code_at_the_same_places_is_counted(tmp_path: Path) -> None:
    """Code is told apart by its digest, too, which comes with the report."""
    images = [
        executable(assembled(tmp_path, f"{one} eax, eax\nret")) for one in ("popcnt", "lzcnt")
    ]
    told = [known.report(image, 0) for image in images]
    assert [digest for digest, _ in told] == [image.digest() for image in images]
    uses = [next(iter(found.pieces.values())) for _, found in told]
    assert [list(use) for use in uses] == [["popcnt"], ["abm"]]


def test_code_that_is_swept_otherwise_is_not_the_same(tmp_path: Path) -> None:
    """The same bytes with another function in them may hold other instructions."""
    code = bytes.fromhex("48b8") + assembled(tmp_path, "vaddps zmm0, zmm1, zmm2\nret\nnop")
    assert not report(executable(code)).pieces
    assert report(executable(code, functions=(2,))).pieces


def test_few_reports_are_kept() -> None:
    """However much code is looked at, memory does not grow without end."""
    first = report(executable(b"\x90", functions=()))
    for offset in range(100):
        report(executable(b"\x90" * (offset + 2)))
    assert report(executable(b"\x90")) is not first
