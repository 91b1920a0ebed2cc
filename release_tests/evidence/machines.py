"""The machine that a verdict came from, as far as that decides what running code on it shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from release_tests.evidence.matrix import Verdict

PLATFORM_TAG = "platform-tag"
"""Where a run's host says which wheels it takes, by the newest platform tag that is for it."""

_TAG = re.compile(r"(?P<family>[a-z]+)_(?P<major>\d{1,6})_(?P<minor>\d{1,6})_(?P<machine>\w+)")
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Machine:
    """What one run says of its machine; empty where it does not say it.

    ``features`` are those of the processor, ``pythons`` the versions, as in ``3.13``, on which the
    gate tried the artifact.
    """

    name: str
    processor: str
    tag: str
    features: frozenset[str]
    pythons: frozenset[str]

    @classmethod
    def of(cls, verdict: Verdict) -> Self:
        """Return the machine that a verdict came from."""
        host = verdict.run.host
        return cls(
            host.get("node", ""),
            host.get("processor", ""),
            host.get(PLATFORM_TAG, ""),
            frozenset(host.get("features", "").split()),
            frozenset(_tried(verdict.row.details)),
        )

    def lacks(self, other: Machine, *, pythons: bool = True) -> tuple[str, ...]:
        """Return in words what it lacks of what *other* has; of *pythons* only where asked for.

        What is not known of the other machine cannot be asked of this one; what is known of that
        and not of this one is lacking.
        """
        found = [_platform_lacking(self.tag, other.tag), self._processor_lacking(other)]
        found += [_listed("Python ", other.pythons - self.pythons)] if pythons else []
        return tuple(filter(None, found))

    def _processor_lacking(self, other: Machine) -> str:
        """Return the features that the other's processor has and this one's has not."""
        if other.features and not self.features:
            return "anything known of its processor"
        return _listed("", other.features - self.features)

    def __str__(self) -> str:
        """Name the machine for people, with what is known of it."""
        pythons = _listed("Python ", self.pythons)
        known = ", ".join(filter(None, (self.processor, self.tag, pythons)))
        return f"{self.name or 'a machine without a name'}{f' ({known})' if known else ''}"


def _tried(details: Mapping[str, object]) -> Iterator[str]:
    """Yield the minor versions of Python in the details of a row that come from trials."""
    trials = details.get("trials")
    for trial in trials if isinstance(trials, list) else ():
        interpreter = trial.get("interpreter") if isinstance(trial, dict) else None
        version = interpreter.get("version") if isinstance(interpreter, dict) else None
        if isinstance(version, str):
            yield ".".join(version.split(".")[:2])


def _platform_lacking(mine: str, other: str) -> str:
    """Return the other's platform tag where it is not one that this machine takes."""
    if not other or mine == other:
        return ""
    this, that = _TAG.fullmatch(mine), _TAG.fullmatch(other)
    if this and that and this.group("family", "machine") == that.group("family", "machine"):
        ours, theirs = (tuple(map(int, it.group("major", "minor"))) for it in (this, that))
        return other if ours < theirs else ""
    return other


def _listed(words: str, names: frozenset[str]) -> str:
    """Return the names in their order, after *words*; empty without any."""
    shown = sorted(names, key=_by_number)
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    return f"{words}{', '.join(shown[:_SHOWN])}{more}" if shown else ""


def _by_number(name: str) -> tuple[tuple[bool, int, str], ...]:
    """Order 3.9 before 3.10."""
    parts = re.split(r"(\d+)", name)
    return tuple((part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts)
