"""In which order files go out: what most users install first, so that a stop leaves least harm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.archive.facts import WheelName
from release_tests.archive.names import parse_wheel_name
from release_tests.binary.code.extensions import expanded
from release_tests.variants import variant_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from publisher.artifact import Artifact
    from release_tests.policy import Policy

_PLATFORMS = ("any", "manylinux_x86_64", "win_amd64", "macosx_arm64", "manylinux_aarch64")
_LAST = len(_PLATFORMS)


def widest_first(artifacts: Iterable[Artifact], policy: Policy) -> list[Artifact]:
    """Return *artifacts* in the order in which they are uploaded.

    First the variants that the fewest processors lack something for, by the policy's baselines;
    of a variant its wheels before its sdist, which installers would build in their absence; of
    wheels those for the most machines; then by name.
    """
    return sorted(artifacts, key=lambda one: (_demands(one, policy), *_reach(one), one.name))


def _demands(artifact: Artifact, policy: Policy) -> int:
    """Return how many extensions a processor needs for the variant."""
    variant = variant_of(policy.variants, artifact.project)
    return len(expanded(variant.baseline)) if variant else 0


def _reach(artifact: Artifact) -> tuple[bool, int]:
    name = parse_wheel_name(artifact.name)
    if not isinstance(name, WheelName):
        return True, _LAST
    return False, min((_rank(tag.platform) for tag in name.tags), default=_LAST)


def _rank(platform: str) -> int:
    for rank, known in enumerate(_PLATFORMS):
        family, _, machine = known.partition("_")
        if platform.startswith(family) and platform.endswith(machine):
            return rank
    return _LAST
