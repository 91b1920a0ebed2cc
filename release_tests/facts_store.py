"""Facts about artifacts, computed once a run whatever the number of workers.

What is shared between processes is keyed by the file's identity (path, device, inode, size and
times), so facts of other bytes are never taken for these; the digest is part of the facts. A file
that has other bytes at a later look of the same run changed, and nothing else is said of it.
"""

from __future__ import annotations

import hashlib
import os
import pickle
from collections import OrderedDict
from typing import TYPE_CHECKING

from release_tests.archive.depth import Depth
from release_tests.archive.facts import ArtifactFacts
from release_tests.archive.limits import MIB
from release_tests.archive.reader import changed_artifact, read_artifact
from release_tests.archive.source import Identity
from release_tests.keeping import keep, kept

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path


_KEPT = 96 * MIB
"""Facts of about so many bytes are kept in memory; beyond that they are kept on disk."""

_MEMBER = 600
"""Bytes that the facts about one member take, as measured with tracemalloc."""

_BINARY, _IMPORT = 6000, 250
"""And those about one compiled member, and one import of it."""


class FactsStore:
    """Reads each artifact once, and where the directory is shared, once for all processes.

    What lies in the directory is believed only if a process of this run has kept it there. Nothing
    is read less deep than ``depth``, so that one pass gives what all gates of a run ask for.
    """

    def __init__(self, directory: Callable[[], Path], *, shared: bool, kept: int = _KEPT) -> None:
        """Keep up to *kept* bytes in memory, the rest in *directory*; all of it if *shared*."""
        self._directory = directory
        self._shared = shared
        self._room = kept
        self._known: OrderedDict[str, ArtifactFacts] = OrderedDict()
        self._spilled: set[str] = set()
        self._first: dict[Path, str] = {}
        self.depth = Depth.MEMBERS

    def of(self, path: Path, depth: Depth = Depth.MEMBERS) -> ArtifactFacts:
        """Return the facts of the file as it is now; other bytes than before are a fault.

        It is read at least as deep as *depth*; what was read less deep before is read again.
        """
        facts = self._now(path, max(depth, self.depth))
        if facts.sha256 and facts.sha256 != self._first_digest(path, facts.sha256):
            return changed_artifact(path)
        return facts

    def _now(self, path: Path, depth: Depth) -> ArtifactFacts:
        keys = _keys(path, depth)
        known = (key for key in keys if key in self._known or key in self._spilled)
        key = next(known, keys[0])
        if key not in self._known:
            self._known[key] = facts = self._obtain(path, key, depth)
            self._room -= _weight(facts)
            self._make_room()
        self._known.move_to_end(key)
        return self._known[key]

    def _first_digest(self, path: Path, digest: str) -> str:
        """Return the digest that the file had when this run first read it, now or before."""
        if path not in self._first:
            self._first[path] = self._shared_first(path, digest) if self._shared else digest
        return self._first[path]

    def _shared_first(self, path: Path, digest: str) -> str:
        place = self._directory() / f"{hashlib.sha256(os.fsencode(path)).hexdigest()}.first"
        with _locked(place):
            if (first := kept(place)) is not None:
                return str(first, "ascii")
            keep(place, digest.encode("ascii"))
            return digest

    def _make_room(self) -> None:
        while self._room < 0 and len(self._known) > 1:
            key, facts = self._known.popitem(last=False)
            self._room += _weight(facts)
            if not self._shared and key not in self._spilled:
                _save(self._place(key), facts)
                self._spilled.add(key)

    def _obtain(self, path: Path, key: str, depth: Depth) -> ArtifactFacts:
        if not self._shared:
            spilled = _load(self._place(key)) if key in self._spilled else None
            return spilled or read_artifact(path, depth)
        place = self._place(key)
        with _locked(place):
            facts = _load(place)
            if facts is None:
                facts = read_artifact(path, depth)
                _save(place, facts)
            return facts

    def _place(self, key: str) -> Path:
        return self._directory() / f"{key}.facts"


def _weight(facts: ArtifactFacts) -> int:
    binaries = (facts.binaries or {}).values()
    imports = sum(len(image.imports) for binary in binaries for image in binary.images)
    held = sum(map(len, facts.contents.values())) + _MEMBER * len(facts.members)
    return held + _BINARY * len(binaries) + _IMPORT * imports


def _keys(path: Path, least: Depth) -> list[str]:
    """Return what is known by when the file, as it is now, was read so deep or deeper."""
    try:
        identity = repr(Identity.of(path.stat()))
    except OSError as error:
        identity = repr(error)
    words = (f"{depth.name} {identity}".encode() for depth in Depth if depth >= least)
    return [hashlib.sha256(os.fsencode(path) + word).hexdigest() for word in words]


def _locked(place: Path) -> AbstractContextManager[object]:
    """Return a lock on what lies at *place*, between processes."""
    from filelock import FileLock  # noqa: PLC0415 - a session of one process never locks

    return FileLock(place.with_suffix(".lock"))


def _load(place: Path) -> ArtifactFacts | None:
    """Return the facts that were kept there, None if none are."""
    if (data := kept(place)) is None:
        return None
    facts = pickle.loads(data)  # noqa: S301 - sealed by this run
    if not isinstance(facts, ArtifactFacts):
        raise TypeError(f"{place} holds {type(facts).__name__}, not ArtifactFacts")
    return facts


def _save(place: Path, facts: ArtifactFacts) -> None:
    keep(place, pickle.dumps(facts, pickle.HIGHEST_PROTOCOL))
