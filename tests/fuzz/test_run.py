"""The fuzzing that follows coverage, briefly; CI gives it more time by its command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fuzz import run
from tests.fuzz.readers import READERS
from tests.fuzz.shapes import shaped

if TYPE_CHECKING:
    from pathlib import Path

_WHY = "atheris is not installed: pip install 'release-gates[fuzz]'"


@pytest.mark.skipif(not run.available(), reason=_WHY)
@pytest.mark.parametrize("reader", READERS)
def test_fuzzing(tmp_path: Path, reader: str) -> None:
    """A few hundred inputs from the seeds on do not break a reader."""
    done = run.fuzz(reader, run.Budget(runs=400), tmp_path / "corpus", tmp_path / "findings")
    assert done.returncode == 0, done.output
    assert [*(tmp_path / "findings").iterdir()] == []


def test_unknown_readers_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A reader that is not there is named, with those that are."""
    assert run.main(["zip", "rar"]) == 2
    assert "no such reader: rar; there are zip, " in capsys.readouterr().out


@pytest.mark.skipif(run.available(), reason="atheris is installed")
def test_what_is_missing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """Without atheris the command says how to get it, and fails."""
    assert run.main(["zip"]) == 2
    assert "atheris is not installed" in capsys.readouterr().out


def test_time_is_shared() -> None:
    """All of the seconds are used, most of them for archives."""
    shares = run.shares(36.0, list(READERS))
    assert sum(budget.seconds or 0 for budget in shares.values()) == pytest.approx(36.0)
    assert max(shares, key=lambda name: shares[name].seconds or 0) == "zip"
    assert run.Budget(0.2, 5).options() == ["-max_total_time=1", "-runs=5"]


def test_shapes_are_archives() -> None:
    """No bytes at all choose an archive of nothing, any others one with an end record."""
    assert shaped(b"").startswith(b"PK\5\6")
    assert b"PK\5\6" in shaped(bytes(range(250)))
