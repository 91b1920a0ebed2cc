"""What is shown at the end although it stops nothing."""

from __future__ import annotations

from dataclasses import replace

from release_tests.evidence.remarks import unconfined
from tests.evidence.samples import artifact, row, run

_REASON = "open: this system cannot cut it off (a network namespace: not permitted)"


def test_a_network_that_stayed_open_is_told_of_once() -> None:
    """Where code was not to have a network and had one, that is said with the reason and where."""
    trials = [{"network": _REASON}, {"network": _REASON}]
    tried = replace(row("install"), details={"trials": trials})
    found = unconfined(run(0, [artifact([tried, tried], "a.whl"), artifact([tried], "b.whl")]))
    assert list(found) == [f"the wheels' code had a network, {_REASON}: a.whl (and 1 more)"]


def test_a_network_that_was_cut_off_or_allowed_is_no_remark() -> None:
    """Nothing is said where it is as it was asked for, nor of gates that tried nothing."""
    trials = [{"network": "open"}, {"network": "cut off: only a loopback of its own"}, {}]
    rows = [row("archive"), replace(row("install"), details={"trials": trials})]
    assert list(unconfined(run(0, [artifact(rows)]))) == []
