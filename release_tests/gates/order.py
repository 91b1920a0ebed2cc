"""The order in which findings are told: first what the index would answer first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.gates.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from release_tests.findings import Finding

_LAST = 1 << 30


def ranked(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings with those first that PyPI answers, the first answer first of all.

    Findings of equal rank, and those that PyPI does not look for, keep their order.
    """
    return sorted(findings, key=_place)


def rank_of(finding: Finding) -> int | None:
    """Return the finding's place in the order in which PyPI looks, None if it does not."""
    return RULES[finding.rule].rank if finding.rank is None else finding.rank


def _place(finding: Finding) -> int:
    rank = rank_of(finding)
    return _LAST if rank is None else rank
