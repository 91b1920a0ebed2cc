"""Findings: a rule broken, where, and what was expected and found. Values, never exceptions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule broken at one place of one artifact.

    ``where`` is a member, a line or a field; ``message`` says what is wrong there, in one
    sentence. What the rule means and how to mend it stands in the catalogue, under its id.
    ``artifacts`` are the file names that a finding about a whole release is about; empty where
    the finding is about the one artifact that was looked at. ``answer`` is what PyPI would say
    to it, with its values, where the rule has only the form of that; ``rank`` its place in the
    order in which PyPI looks, where that depends on more than the rule.
    """

    rule: str
    where: str
    message: str
    expected: str = ""
    found: str = ""
    artifacts: tuple[str, ...] = ()
    answer: str = ""
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """A gate's answer when the artifact's bytes give it nothing to ask."""

    reason: str


Answer = list[Finding] | NotApplicable
