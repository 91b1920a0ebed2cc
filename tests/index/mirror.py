"""An index on loopback that serves one artifact as PyPI does, or otherwise as a test says."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from release_tests.archive import dist_info
from release_tests.archive.reader import read_artifact
from release_tests.gates.identity import metadata_of, project_of
from release_tests.index.served import WantedFile
from tests.index.wire import Answer, Request, json_page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from release_tests.archive.facts import ArtifactFacts

BINARY = "application/octet-stream"


@dataclass(slots=True)
class Mirror:
    """Answers for one artifact; called with a request, it is what ``serving`` takes.

    - ``page``: what the file's entry on the page says otherwise; None leaves a key out.
    - ``beside``: further entries of the page.
    - ``body``, ``described``: answers to requests for the file and for its metadata.
    - ``first``: what is answered before anything else, request by request; by paths' ends.
    """

    path: Path
    page: Mapping[str, Any] = field(default_factory=dict)
    beside: Sequence[Mapping[str, Any]] = ()
    body: Answer | None = None
    described: Answer | None = None
    whole_page: Answer | None = None
    first: Mapping[str, Sequence[Answer]] = field(default_factory=dict)
    _left: dict[str, list[Answer]] = field(init=False)

    def __post_init__(self) -> None:
        """Begin with the first of each."""
        self._left = {end: list(answers) for end, answers in self.first.items()}

    @property
    def facts(self) -> ArtifactFacts:
        """The artifact as the gates know it."""
        return read_artifact(self.path)

    @property
    def wanted(self) -> WantedFile:
        """The artifact as it is looked for."""
        facts = self.facts
        return WantedFile(facts.file_name, facts.sha256, facts.size, project_of(facts))

    def __call__(self, request: Request) -> Answer:
        """Answer a request for the page, the file or its metadata."""
        kind = _kind(request.path)
        if self._left.get(kind):
            return self._left[kind].pop(0)
        if kind == "page":
            return self.whole_page or json_page(self._entry(), *self.beside)
        if kind == "metadata":
            return self.described or Answer(body=self.metadata, kind=BINARY)
        return self.body or Answer(body=self.path.read_bytes(), kind=BINARY)

    @property
    def metadata(self) -> bytes:
        """The artifact's own core metadata."""
        return dist_info.content(self.facts, "METADATA") or b""

    def _entry(self) -> dict[str, Any]:
        facts = self.facts
        entry = {
            "filename": facts.file_name,
            "url": f"../../files/{facts.file_name}",
            "hashes": {"sha256": facts.sha256},
            "requires-python": metadata_of(facts).raw.get("requires_python"),
            "core-metadata": {"sha256": hashlib.sha256(self.metadata).hexdigest()},
            "size": facts.size,
            "yanked": False,
            **self.page,
        }
        return {key: value for key, value in entry.items() if value is not None}


def _kind(path: str) -> str:
    if path.endswith("/"):
        return "page"
    return "metadata" if path.endswith(".metadata") else "file"
