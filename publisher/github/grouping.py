"""Which artifacts go into one release."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.version import Version

from publisher.github.intent import latest_of, tag_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from publisher.artifact import Artifact


@dataclass(frozen=True, slots=True)
class Group:
    """The artifacts of one release; ``latest`` says whether it may become the latest one."""

    tag: str
    artifacts: tuple[Artifact, ...]
    latest: bool

    @property
    def name(self) -> str:
        """The project that the release is named after."""
        return latest_of(one.project for one in self.artifacts)

    def has_any(self, artifacts: Iterable[Artifact]) -> bool:
        """Whether one of *artifacts* is among its own."""
        return not {one.sha256 for one in artifacts}.isdisjoint(it.sha256 for it in self.artifacts)

    @property
    def version(self) -> str:
        """The version of all of them."""
        return self.artifacts[0].version


def groups(artifacts: Sequence[Artifact], template: str) -> list[Group]:
    """Return the releases that the artifacts belong to; of one version one may be the latest."""
    tagged: dict[str, list[Artifact]] = {}
    for one in artifacts:
        tagged.setdefault(tag_of(one, template), []).append(one)
    if not tagged:
        return []
    newest = max(Version(one.version) for one in artifacts)
    first = latest_of(one.project for one in artifacts if Version(one.version) == newest)
    return [
        Group(
            tag,
            tuple(held),
            latest=any(one.project == first and Version(one.version) == newest for one in held),
        )
        for tag, held in tagged.items()
    ]
