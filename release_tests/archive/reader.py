"""A wheel read once: RECORD and dist-info first, which say what to look for in the rest."""

from __future__ import annotations

import contextlib
import errno
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from release_tests.archive import limits, plan
from release_tests.archive.change import NO_OFFSET, changed, read_steadily
from release_tests.archive.crew import Crew
from release_tests.archive.depth import Depth
from release_tests.archive.directory import Directory, Entry, read_directory
from release_tests.archive.facts import (
    ArtifactFacts,
    ArtifactKind,
    BadName,
    Fault,
    FaultKind,
    Member,
    SdistName,
    WheelName,
)
from release_tests.archive.framing import walk
from release_tests.archive.hoard import Hoard
from release_tests.archive.members import Order, Yield, described, read_member
from release_tests.archive.names import is_sdist, is_tar, parse_sdist_name, parse_wheel_name
from release_tests.archive.naming import faults_of_names
from release_tests.archive.shown import shown_name
from release_tests.archive.source import Source, opened
from release_tests.archive.unreadable import Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from release_tests.archive import sdist
    from release_tests.archive.digests import Exchange
    from release_tests.binary.facts import Binary

    _Begin = Callable[
        [Source, Depth, ArtifactKind], AbstractContextManager["_Reading | sdist.Reading"]
    ]

_Result = tuple[Entry, Yield | Fault]
_Name = WheelName | SdistName | BadName


def read_wheel(path: Path, depth: Depth = Depth.MEMBERS) -> ArtifactFacts:
    """Read the file at *path* to its last byte; what is wrong with it is among the facts.

    Compiled members are examined as far as *depth* asks. Never raises for a bad file, writes
    nothing, and keeps to the limits in ``limits``.
    """
    name = parse_wheel_name(shown_name(path))
    return _read(path, depth, name, ArtifactKind.WHEEL, _of_zip)


def read_artifact(path: Path, depth: Depth = Depth.MEMBERS) -> ArtifactFacts:
    """Read the file at *path* as what its name says it is: an sdist, or else a wheel."""
    name, kind = _taken_for(shown_name(path))
    return _read(path, depth, name, kind, _of_tar if is_tar(path.name) else _of_zip)


def _read(
    path: Path, depth: Depth, name: _Name, kind: ArtifactKind, begin: _Begin
) -> ArtifactFacts:
    shown = shown_name(path)
    try:
        with opened(path) as source, begin(source, depth, kind) as reading:
            fault = read_steadily(source, reading.read)
    except OSError as error:
        fault = _unreadable(shown, error)
    if fault:
        return ArtifactFacts(str(path), shown, "", 0, name, kind, faults=(fault,))
    return ArtifactFacts(
        path=str(path),
        file_name=shown,
        sha256=reading.sha256,
        size=source.size,
        name=name,
        kind=kind,
        is_archive=reading.is_archive,
        is_framed=reading.is_framed,
        faults=tuple(reading.faults),
        members=tuple(reading.members),
        contents=reading.contents,
        secrets=reading.hoard.told(),
        untold=reading.hoard.untold(),
        binaries=_asked(reading.binaries, reading.depth),
    )


@contextlib.contextmanager
def _of_zip(source: Source, depth: Depth, kind: ArtifactKind) -> Iterator[_Reading]:
    with Crew() as crew:
        yield _Reading(source, crew, kind, depth)


@contextlib.contextmanager
def _of_tar(source: Source, depth: Depth, _: ArtifactKind) -> Iterator[sdist.Reading]:
    from release_tests.archive import sdist  # noqa: PLC0415 - loads tarfile

    yield sdist.Reading(source, depth)


def _asked(binaries: dict[str, Binary], depth: Depth) -> dict[str, Binary] | None:
    return binaries if depth >= Depth.BINARIES else None


def changed_artifact(path: Path) -> ArtifactFacts:
    """Return what is said of a file that is not the one that was read before under its name."""
    shown = shown_name(path)
    name, kind = _taken_for(shown)
    fault = changed("it is not the file any more that this run read before: it changed meanwhile")
    return ArtifactFacts(str(path), shown, "", 0, name, kind, faults=(fault,))


def _taken_for(shown: str) -> tuple[_Name, ArtifactKind]:
    """Return what the file's name says, and of what."""
    if is_sdist(shown):
        return parse_sdist_name(shown), ArtifactKind.SDIST
    return parse_wheel_name(shown), ArtifactKind.WHEEL


def _unreadable(shown: str, error: OSError) -> Fault:
    where = f"{shown} ({NO_OFFSET})"
    if error.errno == errno.ELOOP:
        message = "it is a symbolic link: what it points to can change between two looks at it"
        return Fault(FaultKind.LINK, where, message, expected="the file itself")
    reason = error.strerror or str(error)
    return Fault(FaultKind.UNREADABLE, where, f"the file cannot be read: {reason}")


@dataclass(slots=True)
class _Reading:
    """One pass over one open archive."""

    source: Source
    crew: Crew
    kind: ArtifactKind
    depth: Depth
    is_archive: bool = False
    is_framed: bool = False
    sha256: str = ""
    faults: list[Fault] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    contents: dict[str, bytes] = field(default_factory=dict)
    hoard: Hoard = field(default_factory=Hoard)
    binaries: dict[str, Binary] = field(default_factory=dict)

    def read(self) -> None:
        """Read the directory, and the members; of a bomb only what an upload states of it."""
        large = self.source.size >= limits.PARALLEL_FROM
        digest = self.crew.begin(self.source.sha256) if large else None
        try:
            directory = read_directory(self.source)
        except Unreadable as error:
            self.faults.append(error.fault)
        else:
            self.is_archive = True
            self._read_members(directory)
        self.sha256 = digest.result() if digest else self.source.sha256()

    def _read_members(self, directory: Directory) -> None:
        entries = directory.entries
        framing = walk(self.source, directory)
        self.is_framed = all(fault.kind is FaultKind.COMMENT for fault in framing.faults)
        self.faults += [*framing.faults, *faults_of_names(entries)]
        results: dict[int, Member] = {}
        for wave in self._waves(entries):
            for entry, result in self._read_wave(self._orders(wave, framing.starts)):
                results[id(entry)] = self._taken(entry, result)
        self.members = [results.get(id(entry)) or described(entry) for entry in entries]

    def _waves(self, entries: list[Entry]) -> tuple[list[Entry], ...]:
        if fault := plan.bomb(entries, self.source.size):
            self.faults.append(fault)
            return (plan.stated(entries, self.kind),)
        return plan.waves(entries)

    def _orders(self, wave: Iterable[Entry], starts: dict[int, int]) -> list[Order]:
        algorithms = plan.algorithms(
            {name: data for name, data in self.contents.items() if name.endswith("/RECORD")},
            len(starts),
        )
        targets = plan.targets(self.contents)
        return [
            Order(
                entry,
                starts[entry.position],
                self.hoard,
                algorithms.get(entry.name, ("sha256",)),
                _describes(entry, self.kind) or plan.is_wanted(entry, targets),
                self.depth,
            )
            for entry in wave
            if entry.position in starts
        ]

    def _read_wave(self, orders: list[Order]) -> Iterable[_Result]:
        if sum(order.entry.size for order in orders) < limits.PARALLEL_FROM:
            return _read_all(self.source, orders)
        large, small = plan.batches(orders)
        jobs = [partial(_read_all, self.source, batch) for batch in (*large, *small)]
        return chain.from_iterable(self.crew.share(jobs, plan.aside(large, small)))

    def _taken(self, entry: Entry, result: Yield | Fault) -> Member:
        if isinstance(result, Fault):
            self.faults.append(result)
            return described(entry)
        if result.content is not None:
            self.contents[entry.name] = result.content
        if result.binary is not None:
            self.binaries[entry.name] = result.binary
        self.faults.extend(result.faults)
        return result.member


def _describes(entry: Entry, kind: ArtifactKind) -> bool:
    if kind is ArtifactKind.SDIST:
        return plan.describes_an_sdist(entry.name) and entry.size <= limits.KEPT_SOURCE
    directory = entry.name.partition("/")[0]
    return directory.endswith(plan.DIST_INFO) and entry.size <= limits.KEPT_DIST_INFO


def _read_all(
    source: Source, orders: Iterable[Order], exchange: Exchange | None = None
) -> list[_Result]:
    return [(order.entry, _read_one(source, order, exchange)) for order in orders]


def _read_one(source: Source, order: Order, exchange: Exchange | None) -> Yield | Fault:
    try:
        return read_member(source, order, exchange)
    except Unreadable as error:
        return error.fault
