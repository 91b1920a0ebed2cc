"""What a run did with each artifact, as it is told at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from publisher.artifact import Artifact


PLACES = {
    "disk": "it is on disk",
    "staging": "staging serves it",
    "production": "production serves it",
}
"""From where a file was installed, in words that follow "as"."""

_DIGITS = 12


@dataclass(slots=True)
class Story:
    """One artifact's way: a word for each step that was done, nothing for what was not.

    By target: ``done`` is whether it was uploaded or there already, ``back`` after how many seconds
    the index showed it, ``installed`` in what it was tried (also ``disk``), ``digests`` are those
    of the bytes that came from there.
    """

    artifact: Artifact
    gates: str = ""
    done: dict[str, str] = field(default_factory=dict)
    back: dict[str, float] = field(default_factory=dict)
    installed: dict[str, str] = field(default_factory=dict)
    github: str = ""
    digests: dict[str, str] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        """Yield the way, step by step."""
        yield self.artifact.name
        yield f"  sha256:{self.artifact.sha256}"
        if self.gates:
            yield f"  verified      {self.gates}"
        for place, words in PLACES.items():
            if place in self.done:
                yield f"  {place:13} {self.done[place]}{self._back(place)}"
            if place in self.installed:
                yield f"  installed     as {words}, in {self.installed[place]}"
        if self.github:
            yield f"  github        {self.github}"
        yield f"  digests       {self._digests()}"

    def _back(self, place: str) -> str:
        if place not in self.back:
            return ""
        return f", shown after {self.back[place]:.0f} s, fetched back, same bytes"

    def _digests(self) -> str:
        """Return the digests everywhere on one line, cut to a length that is still compared."""
        known = {"disk": self.artifact.sha256} | self.digests
        return "  ".join(f"{place} {digest[:_DIGITS]}" for place, digest in known.items())


@dataclass(slots=True)
class Report:
    """Every artifact's story, in the order of the release."""

    stories: dict[str, Story] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    """The steps that were not done, each with why."""

    def begin(self, artifact: Artifact, gates: str) -> None:
        """Begin the story of an artifact."""
        self.stories[artifact.sha256] = Story(artifact, gates)

    def of(self, artifact: Artifact) -> Story:
        """Return the story of *artifact*."""
        return self.stories[artifact.sha256]

    @property
    def ending(self) -> str:
        """What is true once the whole road is gone, in a sentence."""
        asked = " that was not left out" if self.left_out else ""
        return f"published: every target{asked} has exactly these bytes"

    def lines(self) -> Iterator[str]:
        """Yield every story."""
        for story in self.stories.values():
            yield from story.lines()
        yield from self.left_out
