"""What the readers promise of any bytes, and the one error that says that a promise is broken."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from release_tests.archive.depth import Depth
from release_tests.archive.reader import read_artifact
from release_tests.gates import (
    abi3,
    archive,
    cpu,
    filename,
    metadata,
    platform,
    record,
    structure,
    tags,
    torch,
    version,
)
from release_tests.gates.explain import stops, text
from release_tests.policy import Policy

if TYPE_CHECKING:
    from release_tests.archive.facts import ArtifactFacts

_OF_FILES = (archive, filename, record, structure, metadata, version)
_GATES = (*_OF_FILES, tags, platform, abi3, cpu, torch)
_SCRATCH = tempfile.TemporaryDirectory(prefix="fuzz-")


class BrokenWord(AssertionError):
    """A reader gave facts that contradict themselves, or what every other reader sees."""


def require(kept: bool, what: str) -> None:  # noqa: FBT001 - reads as an assertion
    """Raise BrokenWord, saying *what*, unless the word is kept."""
    if not kept:
        raise BrokenWord(what)


def judged(file_name: str, data: bytes) -> tuple[ArtifactFacts, bool]:
    """Read a file of these bytes under a name and put all gates to it.

    Returns the facts, and whether the gate archive lets it pass.
    """
    path = Path(_SCRATCH.name) / file_name
    path.write_bytes(data)
    facts = read_artifact(path, Depth.CODE)
    require(facts.sha256 == hashlib.sha256(data).hexdigest(), "the digest is another file's")
    require(facts.is_archive or bool(facts.faults), "not an archive, and no fault says why")
    answers = [gate.check(facts, Policy()) for gate in _GATES]
    findings = [one for answer in answers if isinstance(answer, list) for one in answer]
    shown = text(file_name, findings).replace("\n", "")
    require(shown.isprintable(), "a finding cannot be printed")
    require([*path.parent.iterdir()] == [path], "something was written")
    path.unlink()
    return facts, not any(stops(finding) for finding in archive.check(facts, Policy()))
