"""Damage anywhere in a wheel: never an exception, never other bytes that pass."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

from release_tests.archive.digest import sha256_of
from release_tests.archive.reader import read_wheel
from release_tests.gates import archive, filename, metadata, record, structure, version
from release_tests.policy import Policy
from tests import forge

if TYPE_CHECKING:
    from pathlib import Path

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.findings import Finding

_GATES = (archive, filename, metadata, record, structure, version)

_SPARSE = 5
"""The gates that look into the contents are asked at one of so many places: they are slower."""

WHEELS: dict[str, forge.Wheel] = {
    "deflated": forge.Wheel(files={"demo.py": "__version__ = '1.0'\n" * 3}),
    "stored": forge.Wheel(files={"demo.py": "__version__ = '1.0'\n"}, method=forge.STORED),
}


def _judged(facts: ArtifactFacts) -> list[Finding]:
    return [finding for gate in _GATES for finding in gate.check(facts, Policy())]


def _digests(facts: ArtifactFacts) -> dict[str, str]:
    return {member.name: member.digests.get("sha256", "") for member in facts.members}


@pytest.fixture(params=WHEELS)
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a small good wheel."""
    return WHEELS[request.param].write(tmp_path)


def test_cut_off_at_every_byte(path: Path) -> None:
    """However little is missing at the end, the gate archive fails."""
    whole = path.read_bytes()
    for end in range(len(whole)):
        path.write_bytes(whole[:end])
        facts = read_wheel(path)
        assert archive.check(facts, Policy()), end
        assert facts.sha256 == sha256_of(path)


def test_cut_off_at_the_start(path: Path) -> None:
    """Bytes missing at the start are noticed too."""
    whole = path.read_bytes()
    for start in range(1, len(whole), _SPARSE):
        path.write_bytes(whole[start:])
        assert archive.check(read_wheel(path), Policy()), start


@pytest.mark.parametrize("mask", [0x01, 0xFF])
def test_every_byte_changed(path: Path, mask: int) -> None:
    """What still passes the gates archive and record has the same members with the same bytes.

    It is also what the standard library, and so pip, reads.
    """
    whole = path.read_bytes()
    good = _digests(read_wheel(path))
    passed = 0
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ mask]) + whole[at + 1 :])
        facts = read_wheel(path)
        if not any(gate.check(facts, Policy()) for gate in (archive, record)):
            passed += 1
            assert _digests(facts) == good, at
            with zipfile.ZipFile(path) as opened:
                assert opened.testzip() is None
                assert opened.namelist() == list(good)
        if not at % _SPARSE:
            assert all(finding.message for finding in _judged(facts))
    assert 0 < passed < len(whole) / 3


def test_two_wheels_in_one_file(path: Path) -> None:
    """A wheel after a wheel, which readers take for the second one, does not pass."""
    whole = path.read_bytes()
    path.write_bytes(whole + whole)
    assert archive.check(read_wheel(path), Policy())


def test_bytes_inserted_anywhere(path: Path) -> None:
    """A byte more, wherever it stands, does not pass the gate archive."""
    whole = path.read_bytes()
    for at in range(0, len(whole) + 1, _SPARSE):
        path.write_bytes(whole[:at] + b"\0" + whole[at:])
        assert archive.check(read_wheel(path), Policy()), at
