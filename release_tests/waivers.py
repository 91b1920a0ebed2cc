"""Waivers: a rule set aside for named artifacts, with a reason and a last day.

What a waiver lacks is a finding of the gate ``release``, not an error of the policy: an accident
in one of them must not keep the others from being judged, and must not pass in silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from release_tests.decoding import any_date, any_text, key

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """One waiver as it was written; what was missing or of a wrong type is empty or None."""

    rule: str = key(any_text, "The id of the rule, as in `VER003`. Required.", default="")
    artifacts: str = key(
        any_text,
        "A pattern (`*`, `?`, `[…]`) of the file names that it holds for, in full. Required.",
        default="",
    )
    reason: str = key(any_text, "Why the rule may be broken for now. Required.", default="")
    until: date | None = key(
        any_date,
        "The last day, in UTC, on which it holds: a date without quotes, as in 2027-01-31. "
        "Required.",
        default=None,
    )

    def names(self, artifacts: Iterable[str]) -> bool:
        """Whether each of the file names matches, and there is one."""
        found = [fnmatchcase(name, self.artifacts) for name in artifacts]
        return bool(found) and all(found)

    def expired(self, today: date) -> bool:
        """Whether its last day has passed."""
        return self.until is not None and self.until < today

    def __str__(self) -> str:
        """Return the waiver as it is called in messages."""
        return f"{self.rule or 'no rule'} for {self.artifacts or 'no artifacts'}"
