"""The machine that a verdict came from, as far as that decides what running code on it shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from packaging.version import Version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from release_tests.evidence.matrix import Verdict

PLATFORM_TAG = "platform-tag"
"""Where a run's host says which wheels it takes, by the newest platform tag that is for it."""

_TAG = re.compile(r"(?P<family>[a-z]+)_((?P<version>\d{1,6}_\d{1,6})_)?(?P<machine>\w+)")
_ANY_LINUX = "linux_"
_PYTHON = re.compile(r"\d{1,3}\.\d{1,3}")
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Machine:
    """What one run says of its machine; empty where it does not say it.

    ``features`` are those of the processor, ``pythons`` the versions on which the gate tried the
    artifact, as in ``3.13``, or ``3.13t`` for one without the lock.
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
        found += [_pythons(other.pythons - self.pythons)] if pythons else []
        return tuple(filter(None, found))

    def _processor_lacking(self, other: Machine) -> str:
        """Return the features that the other's processor has and this one's has not."""
        if other.features and not self.features:
            return "anything known of its processor"
        return _listed(sorted(other.features - self.features))

    def __str__(self) -> str:
        """Name the machine for people, with what is known of it."""
        known = ", ".join(filter(None, (self.processor, self.tag, _pythons(self.pythons))))
        return f"{self.name or 'a machine without a name'}{f' ({known})' if known else ''}"


def telling_tag(tags: Iterable[str]) -> str:
    """Return the platform tag that tells most of a machine that takes *tags*, the newest first.

    What Linux calls itself, as in ``linux_x86_64``, says nothing of the C library.
    """
    taken = list(tags)
    return next((tag for tag in taken if not tag.startswith(_ANY_LINUX)), next(iter(taken), ""))


def _tried(details: Mapping[str, object]) -> Iterator[str]:
    """Yield the minor versions of Python in the details of a row that come from trials."""
    trials = details.get("trials")
    for trial in trials if isinstance(trials, list) else ():
        interpreter = trial.get("interpreter") if isinstance(trial, dict) else None
        if isinstance(interpreter, dict) and (
            minor := _PYTHON.match(str(interpreter.get("version", "")))
        ):
            yield f"{minor[0]}{'t' if interpreter.get('threaded') else ''}"


def _platform_lacking(mine: str, other: str) -> str:
    """Return the other's platform tag where it is not one that this machine takes."""
    if not other or mine == other:
        return ""
    this, that = _TAG.fullmatch(mine), _TAG.fullmatch(other)
    if not (this and that and this["machine"] == that["machine"]):
        return other
    if other.startswith(_ANY_LINUX) and this["family"].endswith("linux"):
        return ""
    return "" if this["family"] == that["family"] and _version(this) >= _version(that) else other


def _version(tag: re.Match[str]) -> Version:
    return Version((tag["version"] or "0").replace("_", "."))


def _pythons(minors: frozenset[str]) -> str:
    """Return the Pythons in the order of their versions; empty without any."""
    shown = _listed(sorted(minors, key=lambda minor: (Version(minor.removesuffix("t")), minor)))
    return f"Python {shown}" if shown else ""


def _listed(names: Sequence[str]) -> str:
    """Return the first names, and how many more there are; empty without any."""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{', '.join(names[:_SHOWN])}{more}"
