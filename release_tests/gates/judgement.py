"""What findings come to under a policy on a day: what stops, what is advice, what is waived."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from release_tests.gates import explain
from release_tests.gates.catalogue import RULES
from release_tests.gates.profiles import severity_of
from release_tests.gates.rules import Severity
from release_tests.gates.waivers import in_force, waiver_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from release_tests.findings import Finding
    from release_tests.policy import Policy
    from release_tests.waivers import Waiver


MOST = 100
"""So many findings of one rule about one artifact are kept; the last tells how many more are."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding, how stern the policy takes it, and the waiver that sets it aside, if any."""

    finding: Finding
    severity: Severity
    waiver: Waiver | None = None

    @property
    def stops(self) -> bool:
        """Whether it stops the release."""
        return self.waiver is None and self.severity is Severity.ERROR

    @property
    def softened(self) -> bool:
        """Whether the profile makes advice of what is an error in our own wheels."""
        return self.severity is not RULES[self.finding.rule].severity

    def plain(self) -> dict[str, str]:
        """Return it as plain data; a waived one with ``waived``, the reason, and its last day."""
        data = explain.explain(self.finding) | {"severity": self.severity.value}
        if self.waiver is not None:
            until = "" if self.waiver.until is None else self.waiver.until.isoformat()
            data |= {"waived": self.waiver.reason, "waived-until": until}
        return data


def judge(
    findings: Iterable[Finding], artifacts: Sequence[str], policy: Policy, today: date
) -> list[Judged]:
    """Judge a gate's findings on the day *today* (UTC).

    *artifacts* are the file names that a finding is about which names none itself. Of one rule
    about the same artifacts at most ``MOST`` findings are judged. What stops the release comes
    first; otherwise they keep their order.
    """
    waivers = tuple(in_force(policy, today))
    judged = (
        Judged(
            finding,
            severity_of(finding.rule, policy.profile),
            waiver_for(finding.rule, finding.artifacts or artifacts, waivers),
        )
        for finding in _capped(findings)
    )
    return sorted(judged, key=lambda one: not one.stops)


def _capped(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings in their order, of each kind up to the limit, the last with the rest."""
    findings = list(findings)
    all_of = Counter(map(_kind, findings))
    seen: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for finding in findings:
        kind = _kind(finding)
        seen[kind] += 1
        more = all_of[kind] - MOST
        if seen[kind] == MOST and more > 0:
            words = f"{finding.message} (and {more} more of {finding.rule}, which are not kept)"
            yield replace(finding, message=words)
        elif seen[kind] <= MOST:
            yield finding


def _kind(finding: Finding) -> tuple[str, tuple[str, ...]]:
    return finding.rule, finding.artifacts


def text(title: str, judged: Sequence[Judged]) -> str:
    """Return what a maintainer reads: in full what counts as it is, in short what was set aside."""
    plain = [one.finding for one in judged if one.waiver is None and not one.softened]
    aside = [one for one in judged if one.waiver is not None or one.softened]
    return "\n\n".join([explain.text(title, plain), *_aside(aside)])


def _aside(judged: Iterable[Judged]) -> Iterator[str]:
    places: dict[str, list[str]] = {}
    for one in judged:
        data = one.plain()
        how = _waived(data) if one.waiver else "advice only, in wheels that are not ours"
        head = f"  {data['rule']} {how}\n    {data['title']}"
        places.setdefault(head, []).append(
            f"    at    {data['where']}\n          {data['message']}"
        )
    yield from ("\n".join([head, *found]) for head, found in places.items())


def _waived(data: dict[str, str]) -> str:
    return f"waived until {data['waived-until']}: {data['waived']}"
