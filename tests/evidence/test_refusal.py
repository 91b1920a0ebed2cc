"""The one reason that PyPI would give: the first over all gates, and of this artifact."""

from __future__ import annotations

from dataclasses import replace

import pytest

from release_tests.evidence.refusal import Refusal, refusal, refusals
from release_tests.evidence.summary import markdown
from release_tests.evidence.together import details
from tests.evidence.samples import FAILED, FINDING, NAME, SHA, artifact, row, run


def _finding(rule: str, rank: str, where: str = "METADATA") -> dict[str, str]:
    return {
        **FINDING,
        "rule": rule,
        "rank": rank,
        "where": where,
        "reason": f"PyPI answers: no {rule}",
    }


LATE, EARLY = _finding("REC001", "407"), _finding("META026", "117")


def test_the_lowest_rank_over_all_gates() -> None:
    """It does not matter which gate was asked first."""
    seen = artifact([row("record", FAILED, LATE), row("metadata", FAILED, EARLY)])
    assert refusal(seen) == Refusal("no META026", "META026", "METADATA")
    assert list(refusals(run(0, [seen]))) == [
        f"PyPI would refuse {NAME}: no META026 (META026: METADATA)"
    ]
    text = markdown(run(0, [seen]), ("record", "metadata"))
    assert "PyPI would answer: `no META026` (META026: `METADATA`)" in text


def test_equals_keep_their_order() -> None:
    """Of two at one rank the first that was told is the one."""
    other = _finding("META025", "117")
    assert refusal(artifact([row("metadata", FAILED, EARLY, other)])) == refusal(
        artifact([row("metadata", FAILED, EARLY)])
    )


@pytest.mark.parametrize("rank", ["", "one", "-1", "9" * 5000, "\u0663"])
def test_what_has_no_rank_is_no_answer(rank: str) -> None:
    """What PyPI does not look for it does not answer, whatever a record says."""
    assert refusal(artifact([row("record", FAILED, _finding("REC001", rank), FINDING)])) is None


def test_what_is_waived_is_no_answer() -> None:
    """It can be waived only where PyPI's answer depends on more than the file."""
    waived = {**EARLY, "waived": "the project is there already", "waived-until": "2026-12-31"}
    assert refusal(artifact([row("filename", FAILED, waived)])) is None


def test_advice_is_no_answer() -> None:
    """What a profile makes advice stops nothing, so nobody is told that it was refused."""
    softened = {**EARLY, "severity": "advice"}
    assert refusal(artifact([row("metadata", FAILED, softened)])) is None


def test_a_release_s_finding_is_about_the_file_that_it_names() -> None:
    """Of two files with the same bytes only the later one is refused."""
    found = replace(
        row("release", FAILED, _finding("REL003", "250", "b.whl")),
        details=details([("a.whl", SHA), ("b.whl", SHA)]),
    )
    assert refusal(artifact([found], "b.whl")) is not None
    assert refusal(artifact([found], "a.whl")) is None
