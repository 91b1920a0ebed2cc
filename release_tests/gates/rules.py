"""What a rule is: a check with an id that never changes its meaning."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypedDict, Unpack


class Authority(StrEnum):
    """Who says so; the sterner comes first."""

    PYPI = "PyPI refuses it"
    INSTALLERS = "installers refuse it"
    SPEC = "the specification forbids it"
    PRACTICE = "good practice"


class Severity(StrEnum):
    """Whether a finding stops the release or is only shown."""

    ERROR = "error"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One check inside a gate, as data.

    ``id`` is a prefix for the gate and three digits; ``title`` says in a few words what is wrong;
    ``why`` says what it does to users, ``mend`` what to do; ``reference`` is where the rule comes
    from: a specification's name and section, or an address. Where PyPI refuses the file,
    ``reason`` is what it answers, shortened, with a name in braces for each value that it puts
    in, and ``rank`` the rule's place in the order in which it evaluates: of several defects it
    names the one of the lowest rank. A finding fills in the values.
    """

    id: str
    gate: str
    title: str
    why: str
    mend: str
    authority: Authority
    severity: Severity
    reference: str
    reason: str = ""
    rank: int | None = None

    @property
    def is_unexamined(self) -> bool:
        """Whether it says that the gate could not look, for a reason that the finding names."""
        return self.id.endswith("000")


class Others(TypedDict, total=False):
    """What a rule may have other than its family: fields of ``Rule``."""

    authority: Authority
    severity: Severity
    reference: str
    reason: str
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Makes the rules of one gate: what most of them have in common is said once."""

    prefix: str
    gate: str
    reference: str = "release-gates"
    authority: Authority = Authority.PRACTICE
    mend: str = ""

    def __call__(
        self, number: str, title: str, why: str, mend: str = "", **others: Unpack[Others]
    ) -> Rule:
        """Return the rule of that number; what is left out is what the others have."""
        rule = Rule(
            id=f"{self.prefix}{number}",
            gate=self.gate,
            title=title,
            why=why,
            mend=mend or self.mend,
            authority=self.authority,
            severity=Severity.ERROR,
            reference=self.reference,
        )
        return replace(rule, **others)
