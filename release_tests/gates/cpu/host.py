"""Whether this machine's processor has what a wheel's code needs, so that running it shows it.

A skip says nothing of the wheel: it asks for evidence from a machine that has what is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from release_tests.archive.facts import ArtifactKind, WheelName
from release_tests.binary.code.extensions import listed
from release_tests.gates.compiled.machines import canonical
from release_tests.gates.compiled.members import Compiled, Kind, compiled
from release_tests.gates.cpu.dispatch import entries, guards_all
from release_tests.gates.cpu.families import about
from release_tests.variants import variant_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.binary.facts import Image
    from release_tests.gates.cpu.dispatch import Entry
    from release_tests.policy import Policy
    from release_tests.processor import Processor
    from release_tests.variants import Variant

_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Lack:
    """What the processor lacks: ``features``, sorted, and ``why`` each sort of them is needed."""

    processor: Processor
    features: tuple[str, ...]
    why: tuple[str, ...]

    @property
    def reason(self) -> str:
        """Why the wheel's code is not run."""
        name = self.processor.name or self.processor.machine
        return (
            f"its code is not run: this machine's processor ({name}, by {self.processor.source}) "
            f"lacks {_shown(self.features)}; {'; '.join(self.why)}"
        )

    @property
    def elsewhere(self) -> str:
        """What machine the evidence has to come from."""
        return f"a machine whose processor has {_shown(self.features)}"


def lack_of(wheel: ArtifactFacts, policy: Policy, processor: Processor) -> Lack | None:
    """Return what *processor* lacks of what the wheel needs; None where it lacks nothing.

    Needed is what the policy says of the variant, baseline and uses, and what certainly runs when
    a member is loaded. Nothing is needed by a wheel without code for this architecture. Where the
    facts do not go as deep as the code, only the policy is asked.
    """
    wanted: dict[str, set[str]] = {}
    for why, names in _needs(wheel, policy, canonical(processor.machine)):
        wanted.setdefault(why, set()).update(filter(processor.lacks, names))
    missing = {why: names for why, names in wanted.items() if names}
    if not missing:
        return None
    features = tuple(sorted(set().union(*missing.values())))
    return Lack(processor, features, tuple(_because(*one) for one in missing.items()))


def _because(why: str, names: set[str]) -> str:
    return f"{why} {_shown(sorted(names))}"


def _needs(
    wheel: ArtifactFacts, policy: Policy, machine: str
) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield words for who needs something, and what."""
    if wheel.kind is ArtifactKind.SDIST or not _has_code(wheel, machine):
        return
    name = wheel.name.name if isinstance(wheel.name, WheelName) else ""
    variant = variant_of(policy.variants, name)
    if variant is not None:
        baseline, uses = (about(names, machine) for names in (variant.baseline, variant.uses))
        yield f"every processor that {name} is for has, by its baseline,", listed(baseline)
        yield f"{name} claims to use", listed(uses)
    for member in compiled(wheel):
        if member.kind in (Kind.MODULE, Kind.LIBRARY) and not member.is_aside:
            yield from _loading(member, variant, machine)


def _has_code(wheel: ArtifactFacts, machine: str) -> bool:
    if wheel.binaries is None:
        return any(member.kind.compiled for member in wheel.members)
    images = (image for member in compiled(wheel) for image in member.images)
    return any(canonical(image.machine) == machine for image in images)


def _loading(
    member: Compiled, variant: Variant | None, machine: str
) -> Iterator[tuple[str, frozenset[str]]]:
    lines = entries(variant)
    for image in member.images:
        if canonical(image.machine) == machine:
            yield f"as soon as it is loaded, {member.name} runs", _runs(image, member.name, lines)
            yield f"the loader refuses {member.name} without", listed(_levels(image))


def _runs(image: Image, name: str, lines: tuple[Entry, ...]) -> frozenset[str]:
    uses = image.code.on_import if image.code is not None else ()
    return frozenset(use.extension for use in uses if not guards_all(lines, name, use))


def _levels(image: Image) -> tuple[str, ...]:
    return tuple(level for level in image.isa_needed if level != "x86-64-baseline")


def _shown(names: tuple[str, ...] | list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
