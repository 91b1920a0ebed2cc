"""Whether the policy's waivers are whole, hold, and are needed: REL011 to REL014."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from release_tests.archive.depth import Depth
from release_tests.findings import Finding
from release_tests.gates import (
    abi3,
    archive,
    filename,
    metadata,
    platform,
    record,
    structure,
    tags,
    torch,
    version,
)
from release_tests.gates.catalogue import RULES, gate
from release_tests.gates.version.tree import SOURCE_RULES
from release_tests.gates.waivers import EXPIRED, IDLE, MALFORMED, UNUSED, problems

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.findings import Answer
    from release_tests.policy import Policy
    from release_tests.waivers import Waiver

_FILE_GATES: Mapping[str, Callable[[ArtifactFacts, Policy], Answer]] = {
    "filename": filename.check,
    "archive": archive.check,
    "record": record.check,
    "structure": structure.check,
    "metadata": metadata.check,
    "version": version.check,
    "tags": tags.check,
    "platform": platform.check,
    "abi3": abi3.check,
    "torch": torch.check,
}
"""The gates whose answer costs little, so that they can be asked again."""

OWN = "release"


class State(StrEnum):
    """What a waiver came to in this run."""

    MALFORMED = "malformed"
    EXPIRED = "expired"
    IDLE = "matches no artifact of this run"
    USED = "used"
    UNUSED = "not needed"
    ELSEWHERE = "for another release of this run"
    UNKNOWN = "not looked at: its gate runs code"
    UNREAD = "not looked at: compiled members were not read in this run"
    OUTSIDE = "not looked at: it is about the source tree"


_RULES = {
    State.MALFORMED: MALFORMED,
    State.EXPIRED: EXPIRED,
    State.IDLE: IDLE,
    State.UNUSED: UNUSED,
}


@dataclass(frozen=True, slots=True)
class Looked:
    """A waiver, its place in the policy, and what it came to."""

    at: int
    waiver: Waiver
    state: State

    @property
    def where(self) -> str:
        """The place in the policy."""
        return f"waivers[{self.at}]"

    def plain(self) -> dict[str, str]:
        """Return it as plain data, for the evidence."""
        until = "" if self.waiver.until is None else self.waiver.until.isoformat()
        return {
            "rule": self.waiver.rule,
            "artifacts": self.waiver.artifacts,
            "reason": self.waiver.reason,
            "until": until,
            "state": self.state.value,
        }


@dataclass(frozen=True, slots=True)
class Scene:
    """What waivers are looked at in: the release, the rest of the run, the day, its findings."""

    wheels: tuple[ArtifactFacts, ...]
    others: tuple[str, ...]
    read: Callable[[str], ArtifactFacts]
    today: date
    findings: Sequence[Finding]

    @property
    def names(self) -> tuple[str, ...]:
        """The file names of the release."""
        return tuple(wheel.file_name for wheel in self.wheels)

    def meant(self, waiver: Waiver) -> Iterator[ArtifactFacts]:
        """Yield the wheels of the run that a waiver is for."""
        yield from (wheel for wheel in self.wheels if waiver.names((wheel.file_name,)))
        yield from (self.read(name) for name in self.others if waiver.names((name,)))


def look(scene: Scene, policy: Policy) -> list[Looked]:
    """Find out what each waiver came to.

    A waiver is needed if any artifact of the run needs it. Whether one of a rule of a gate that
    runs code was, cannot be told without running it again: such a one is never called unneeded,
    nor one of a gate over compiled code where no gate of the run had that read.
    """
    return [
        Looked(at, waiver, _state(waiver, scene, policy))
        for at, waiver in enumerate(policy.waivers)
    ]


def _state(waiver: Waiver, scene: Scene, policy: Policy) -> State:
    if any(problems(waiver)):
        return State.MALFORMED
    if waiver.expired(scene.today):
        return State.EXPIRED
    if not any(waiver.names((name,)) for name in (*scene.names, *scene.others)):
        return State.IDLE
    asked = RULES[waiver.rule].gate
    if gate(asked).runs_code or waiver.rule in SOURCE_RULES:
        return State.UNKNOWN if gate(asked).runs_code else State.OUTSIDE
    if asked == OWN:
        return _state_of_own(waiver, scene)
    return _state_of_files(waiver, list(scene.meant(waiver)), policy)


def _state_of_files(waiver: Waiver, wheels: Sequence[ArtifactFacts], policy: Policy) -> State:
    """Ask the rule's gate again of the files that the waiver is for."""
    asked = gate(RULES[waiver.rule].gate)
    if asked.depth > Depth.MEMBERS and any(wheel.binaries is None for wheel in wheels):
        return State.UNREAD
    answers = (_FILE_GATES[asked.name](wheel, policy) for wheel in wheels)
    return State.USED if any(_names(waiver, answer) for answer in answers) else State.UNUSED


def _state_of_own(waiver: Waiver, scene: Scene) -> State:
    """Return what a waiver of a rule of this gate came to: only its own findings are known."""
    if not any(waiver.names((name,)) for name in scene.names):
        return State.ELSEWHERE
    used = any(
        finding.rule == waiver.rule and waiver.names(finding.artifacts or scene.names)
        for finding in scene.findings
    )
    return State.USED if used else State.UNUSED


def _names(waiver: Waiver, answer: Answer) -> bool:
    return isinstance(answer, list) and any(finding.rule == waiver.rule for finding in answer)


def findings(looked: Iterable[Looked]) -> Iterator[Finding]:
    """Yield a finding for each waiver that is not as it should be."""
    for one in looked:
        if one.state is State.MALFORMED:
            yield from _malformed(one)
        elif one.state in _RULES:
            yield Finding(_RULES[one.state], one.where, _words(one), found=str(one.waiver))


def _malformed(looked: Looked) -> Iterator[Finding]:
    for name, message, expected, found in problems(looked.waiver):
        where = f"{looked.where}.{name}"
        yield Finding(
            MALFORMED, where, f"{message}, in the waiver of {looked.waiver}", expected, found
        )


def _words(looked: Looked) -> str:
    match looked.state:
        case State.EXPIRED:
            return f"its last day was {looked.waiver.until}"
        case State.UNUSED:
            return "no artifact that it is for breaks the rule"
    return "no file name matches its pattern"
