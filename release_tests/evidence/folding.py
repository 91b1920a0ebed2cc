"""What was judged together stands once in the record of a run, and in its rows by its digest.

Were the list in each row, the evidence of a release would grow with the square of its files.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from release_tests.evidence.strict import Node, dumps
from release_tests.evidence.together import KEY, is_of_release

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from release_tests.evidence.model import ArtifactEvidence, Row

    Lists = Mapping[str, object]
    """Lists by their digests, as ``digest_of`` returns them."""

_DIGEST = "sha256"


def digest_of(listed: object) -> str:
    """Return the SHA-256 of a list as one line of JSON (see ``strict.dumps``), in hex."""
    return hashlib.sha256(dumps(listed)).hexdigest()


@dataclass(frozen=True, slots=True)
class Folding:
    """Takes the lists out of artifacts' rows, and keeps each of them once in ``lists``.

    What is folded has to live as long as this does.
    """

    lists: dict[str, object] = field(default_factory=dict)
    _known: dict[int, str] = field(default_factory=dict)

    def fold(self, artifact: ArtifactEvidence) -> ArtifactEvidence:
        """Return the artifact with the digest of each list in its place."""
        return _of_release(artifact, self._folded)

    def _folded(self, row: Row) -> Row:
        return _with(row, {_DIGEST: self._kept(row.details[KEY])})

    def _kept(self, listed: object) -> str:
        """Keep a list, and return its digest; the rows of a release share one, hashed once."""
        if id(listed) not in self._known:
            digest = self._known[id(listed)] = digest_of(listed)
            self.lists[digest] = listed
        return self._known[id(listed)]


def unfolded(artifact: ArtifactEvidence, lists: Lists, where: str) -> ArtifactEvidence:
    """Return the artifact with each list in the place of its digest; rows share the lists.

    Raises EvidenceError, naming *where*, for a row that does not name one of *lists*.
    """

    def unfold(row: Row) -> Row:
        node = Node(row.details[KEY], f"{where}: {row.gate}: {KEY}").fields((_DIGEST,))[_DIGEST]
        if node.digest() not in lists:
            node.fail("the SHA-256 of a list of files in the record of the run")
        return _with(row, lists[node.digest()])

    return _of_release(artifact, unfold)


def _of_release(artifact: ArtifactEvidence, change: Callable[[Row], Row]) -> ArtifactEvidence:
    rows = (change(row) if is_of_release(row) else row for row in artifact.rows)
    return replace(artifact, rows=tuple(rows))


def _with(row: Row, together: object) -> Row:
    return replace(row, details={**row.details, KEY: together})
