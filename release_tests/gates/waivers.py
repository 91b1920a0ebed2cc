"""Which rules may be waived, and what is wrong with a waiver."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from release_tests.gates.catalogue import RULES
from release_tests.gates.catalogue.retired import RETIRED
from release_tests.gates.rules import Authority

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from release_tests.gates.rules import Rule
    from release_tests.policy import Policy
    from release_tests.waivers import Waiver

MALFORMED, EXPIRED, UNUSED, IDLE = "REL011", "REL012", "REL013", "REL014"
"""The rules about waivers themselves; waiving these would hide what they are for."""

_SAFETY = "archive"

BY_HISTORY = frozenset({"NAME011", "REL017"})
"""What PyPI refuses to new projects only, and whether a project is new the file does not tell."""


def waivable(rule: Rule) -> bool:
    """Whether a project may set the rule aside.

    Not what the index refuses to every project, nor an unsafe archive, nor that a gate could not
    look.
    """
    return not why_not(rule)


def why_not(rule: Rule) -> str:
    """Return why no project may set the rule aside; empty if it may."""
    if rule.authority is Authority.PYPI and rule.id not in BY_HISTORY:
        return "PyPI refuses the file, whatever the policy says"
    if rule.gate == _SAFETY:
        return "of an archive that readers take differently, nothing that was verified holds"
    if rule.is_unexamined:
        return "what a gate could not look at, it cannot vouch for"
    if rule.id in (MALFORMED, EXPIRED, UNUSED, IDLE):
        return "a waiver of waivers would hide what they are for"
    return ""


def problems(waiver: Waiver) -> Iterator[tuple[str, str, str, str]]:
    """Yield the key, what is wrong with it, what was expected, and what was found."""
    yield from _rule_problems(waiver.rule)
    if not waiver.artifacts.strip():
        yield "artifacts", "it does not say which artifacts it holds for", "a pattern", ""
    if not waiver.reason.strip():
        yield "reason", "it has no reason", "a sentence", ""
    if waiver.until is None:
        expected = "a date without quotes, such as 2027-01-31"
        yield "until", "it has no last day", expected, ""


def _rule_problems(rule: str) -> Iterator[tuple[str, str, str, str]]:
    if not rule.strip():
        yield "rule", "it names no rule", "a rule's id", ""
    elif rule not in RULES:
        if rule in RETIRED:
            yield "rule", "this rule is retired", f"{RETIRED[rule]}, in its place", rule
            return
        near = difflib.get_close_matches(rule, RULES, n=1, cutoff=0.5)
        expected = f"{near[0]}?" if near else "a rule's id (docs/rules/README.md has all)"
        yield "rule", "there is no such rule", expected, rule
    elif not waivable(RULES[rule]):
        authority = RULES[rule].authority.value
        message = f"this rule cannot be waived: {RULES[rule].title} ({authority})"
        yield "rule", message, "a rule that can be waived (see docs/waivers.md)", rule


def in_force(policy: Policy, today: date) -> Iterator[Waiver]:
    """Yield the waivers that are whole and whose last day has not passed."""
    for waiver in policy.waivers:
        if not waiver.expired(today) and not any(problems(waiver)):
            yield waiver


def waiver_for(rule: str, artifacts: Iterable[str], waivers: Iterable[Waiver]) -> Waiver | None:
    """Return the first waiver that sets *rule* aside for all of the artifacts."""
    names = tuple(artifacts)
    return next((one for one in waivers if one.rule == rule and one.names(names)), None)
