"""What a run did with each artifact, as it is told at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from publisher.artifact import Artifact


@dataclass(slots=True)
class Story:
    """One artifact's way: a word for each step that was done, nothing for what was not."""

    artifact: Artifact
    gates: str = ""
    staging: str = ""
    fetched_from_staging: bool = False
    installed: str = ""
    production: str = ""
    fetched_from_production: bool = False
    github: str = ""
    runs: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """Yield the way, step by step."""
        yield self.artifact.name
        yield f"  sha256:{self.artifact.sha256}"
        if self.gates:
            yield f"  verified      {self.gates}"
        for place, done, back in (
            ("staging", self.staging, self.fetched_from_staging),
            ("production", self.production, self.fetched_from_production),
        ):
            if done:
                same = ", fetched back, same bytes" if back else ""
                yield f"  {place:13} {done}{same}"
            if place == "staging" and self.installed:
                yield f"  installed     from staging's bytes, in {self.installed}"
        if self.github:
            yield f"  github        {self.github}"


@dataclass(slots=True)
class Report:
    """Every artifact's story, in the order of the release."""

    stories: dict[str, Story] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    """The steps that were not done, each with why."""

    def begin(self, artifact: Artifact, gates: str, runs: tuple[str, ...]) -> None:
        """Begin the story of an admitted artifact; *runs* are those that are relied on."""
        self.stories[artifact.sha256] = Story(artifact, gates, runs=runs)

    def of(self, artifact: Artifact) -> Story:
        """Return the story of *artifact*."""
        return self.stories[artifact.sha256]

    def lines(self) -> Iterator[str]:
        """Yield every story."""
        for story in self.stories.values():
            yield from story.lines()
        yield from self.left_out
