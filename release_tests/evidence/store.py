"""The directories that runs leave behind: written so that a crash shows, read strictly.

A run's directory is named by its id and holds ``run.json`` (see ``record``), ``evidence.jsonl``
(one statement a line), ``summary.md``, and the ``junit.xml`` that pytest writes. run.json is
there from the first moment, in the state running, and is replaced last: as long as it says
running, the run came to no end, whatever else there is.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from release_tests.errors import EvidenceError
from release_tests.evidence import durable, record
from release_tests.evidence.folding import Folding, unfolded
from release_tests.evidence.model import ArtifactEvidence, Run, State
from release_tests.evidence.statements import from_statement, to_statement
from release_tests.evidence.strict import REMEDY, dumps, loads

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from release_tests.evidence.record import Record

RUN, EVIDENCE, SUMMARY = "run.json", "evidence.jsonl", "summary.md"


@dataclass(frozen=True, slots=True)
class Damaged:
    """A run whose record cannot be read or does not hold together, and why."""

    run_id: str
    reason: str

    @property
    def started(self) -> datetime:
        """When the run started, to the second, as its id says."""
        with contextlib.suppress(ValueError):
            return datetime.strptime(self.run_id[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        return datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RunDirectory:
    """The directory of the run that is going on."""

    path: Path

    @classmethod
    def begin(cls, root: Path, run: Run) -> RunDirectory:
        """Create the run's directory under *root*, with a record that it is running.

        The directory appears with its record in it. Raises EvidenceError if it cannot be written.
        """
        path, beside = root / run.id, root / f".{run.id}.tmp"
        running = record.encode(_running(run), None, {})
        with _writing(path):
            beside.mkdir(parents=True)
            try:
                durable.write(beside / RUN, running)
                beside.rename(path)
            finally:
                shutil.rmtree(beside, ignore_errors=True)
            durable.sync(root)
        return cls(path)

    def finish(self, run: Run, summary: str) -> None:
        """Record how the run ended and what it saw; a run that is running raises ValueError.

        A crash between the steps leaves the state running. Raises EvidenceError if the
        directory cannot be written.
        """
        if run.state is State.RUNNING or run.finished is None:
            raise ValueError(f"run {run.id} cannot be recorded as ended: it is {run.state}")
        folding = Folding()
        kept = map(folding.fold, run.artifacts)
        lines = b"".join(dumps(to_statement(run, artifact)) for artifact in kept)
        ended = record.encode(run, hashlib.sha256(lines).hexdigest(), folding.lists)
        with _writing(self.path):
            durable.write(self.path / EVIDENCE, lines)
            durable.write(self.path / SUMMARY, summary.encode(errors="backslashreplace"))
            durable.write(self.path / RUN, ended)


def load_runs(root: Path) -> list[Run | Damaged]:
    """Return every run recorded under *root*, by id; none when there is no such directory.

    A run in the state running has no finish, and the artifacts it recorded before it broke off,
    if any. What is no run's directory is passed over.
    """
    if not root.is_dir():
        return []
    return [_load(path) for path in sorted(root.iterdir()) if _is_run_directory(path)]


def _running(run: Run) -> Run:
    return replace(run, state=State.RUNNING, finished=None, artifacts=())


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EvidenceError(
            f"{path}: the evidence of this run cannot be written: {error}",
            remedy="Make room there, or name another directory with --evidence-dir.",
        ) from error


def _is_run_directory(path: Path) -> bool:
    return re.fullmatch(record.RUN_ID, path.name) is not None and path.is_dir()


def _load(directory: Path) -> Run | Damaged:
    try:
        return _read(directory)
    except EvidenceError as error:
        return Damaged(directory.name, error.what)
    except OSError as error:
        return Damaged(directory.name, f"{directory}: cannot be read: {error.strerror or error}")


def _read(directory: Path) -> Run:
    found = record.decode((directory / RUN).read_bytes(), str(directory / RUN))
    run, digest = found.run, found.evidence
    if run.id != directory.name:
        raise EvidenceError(f"{directory / RUN}: is the record of run {run.id}", remedy=REMEDY)
    if digest is None and not (directory / EVIDENCE).exists():
        return run
    data = (directory / EVIDENCE).read_bytes()
    if digest is not None and hashlib.sha256(data).hexdigest() != digest:
        raise EvidenceError(
            f"{directory / EVIDENCE}: is not what {RUN} says it was when the run ended",
            remedy=REMEDY,
        )
    return replace(run, artifacts=tuple(_artifacts(data, directory / EVIDENCE, found)))


def _artifacts(data: bytes, path: Path, found: Record) -> Iterator[ArtifactEvidence]:
    *lines, rest = data.split(b"\n")
    if rest:
        raise EvidenceError(f"{path}, line {len(lines) + 1}: is cut short", remedy=REMEDY)
    for number, line in enumerate(lines, 1):
        where = f"{path}, line {number}"
        artifact = from_statement(loads(line, where).value, where, run_id=found.run.id)
        lists = found.together
        yield artifact if lists is None else unfolded(artifact, lists, where)
