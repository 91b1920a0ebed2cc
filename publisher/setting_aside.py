"""What the evidence relied on owes to waivers, and whether these still hold."""

from __future__ import annotations

from datetime import UTC, date
from typing import TYPE_CHECKING

from release_tests.evidence.remarks import UNTIL, WAIVED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from release_tests.evidence.matrix import Verdict


def is_waived(finding: Mapping[str, str]) -> bool:
    """Whether a waiver sets the finding aside."""
    return WAIVED in finding


def lines(verdicts: Iterable[Verdict]) -> Iterator[str]:
    """Yield a line for each rule that a pass needed a waiver of."""
    yield from dict.fromkeys(
        f"{finding.get('rule', '')} until {finding.get(UNTIL, '')}: {finding[WAIVED]}"
        for verdict in verdicts
        for finding in verdict.row.findings
        if is_waived(finding)
    )


def expired(verdicts: Iterable[Verdict], now: datetime) -> Iterator[str]:
    """Yield a reason for each waiver that held when the gates ran and holds no more.

    A last day that cannot be read has passed.
    """
    reasons = (
        f"waived until {finding.get(UNTIL, '')} only: {finding.get('rule', '')}, gate "
        f"{verdict.gate} in run {verdict.run.id}; mend it or decide on the waiver anew, and run "
        "the gates again"
        for verdict in verdicts
        for finding in verdict.row.findings
        if is_waived(finding) and _has_passed(finding.get(UNTIL, ""), now)
    )
    yield from dict.fromkeys(reasons)


def _has_passed(until: str, now: datetime) -> bool:
    try:
        return date.fromisoformat(until) < now.astimezone(UTC).date()
    except ValueError:
        return True
