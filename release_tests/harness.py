"""One run of the gates: what is verified, under which policy, and where facts are shared.

The controller makes it from the command line; a worker is handed it, ready made, so that nothing
is looked up, fetched or decided twice.
"""

from __future__ import annotations

import dataclasses
import pickle
from dataclasses import dataclass
from typing import TYPE_CHECKING

from release_tests import policy, selection
from release_tests.errors import SelectionError
from release_tests.gates.catalogue import GATES
from release_tests.gates.grouping import Release, releases
from release_tests.processor import CPUINFO
from release_tests.room import trials_at_once
from release_tests.sandbox.progress import Say, quiet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from release_tests.index.staging import Staging
    from release_tests.side_by_side import SideBySide
    from release_tests.source.facts import SourceFacts


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asks for, as typed."""

    wheel_dirs: tuple[Path, ...] = ()
    wheels: tuple[Path, ...] = ()
    requirements: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    config: Path | None = None
    profile: str | None = None
    tree: Path | None = None
    installer: str | None = None
    no_network: bool = False
    staging: bool = False
    at_once: int | None = None


@dataclass(frozen=True, slots=True)
class Harness:
    """The artifacts and the policy of a run, and the day (UTC) that waivers are judged by.

    ``tree`` is what the project's source says, where it was asked; ``staging`` the index that the
    artifacts have to be on, where that was. ``shared`` is set where several processes work;
    ``at_once`` is how many artifacts, or Pythons of them, are tried at a time, by all of them.
    ``cpuinfo`` is where the kernel tells of the processor.
    """

    artifacts: tuple[Path, ...]
    source: policy.PolicySource
    today: date
    tree: SourceFacts | None = None
    staging: Staging | None = None
    shared: Path | None = None
    at_once: int = 1
    cpuinfo: Path = CPUINFO

    @property
    def releases(self) -> tuple[Release, ...]:
        """The artifacts, grouped by version."""
        return releases(self.artifacts)

    @property
    def gates(self) -> tuple[str, ...]:
        """The names of the gates that this run puts."""
        return tuple(gate.name for gate in GATES if not gate.option or self.staging)

    @property
    def places(self) -> SideBySide | None:
        """Where trials that are under way at once have their places, if any are."""
        from release_tests.side_by_side import SideBySide  # noqa: PLC0415 - not for one process

        return SideBySide(self.shared, self.at_once) if self.shared else None

    def packed(self) -> bytes:
        """Return the harness as it is handed to a worker."""
        return pickle.dumps(self)

    @staticmethod
    def unpacked(data: bytes) -> Harness:
        """Take the harness that the controller handed over."""
        harness = pickle.loads(data)  # noqa: S301 - from this run's own controller
        if not isinstance(harness, Harness):
            raise TypeError(f"the controller handed over {type(harness).__name__}")
        return harness


def prepare(request: Request, invocation: Path, today: date, say: Say = quiet) -> Harness:
    """Select, and where asked fetch, what is verified, and find its policy.

    Raises SelectionError, PolicyError, IndexUnavailable and DigestMismatch.
    """
    if request.tags and not request.requirements:
        raise SelectionError(
            "--fetch-tags says which files of a published release are fetched, but none is named",
            remedy="Name the release with --fetch REQUIREMENT, or leave out --fetch-tags.",
        )
    source = policy.load(request.config) if request.config else None
    fetched = _fetched(request) if request.requirements else []
    paths = selection.select(request.wheel_dirs, request.wheels, fetched)
    places = _projects(paths, fetched)
    source = source or policy.find(places, invocation)
    source = _as_asked(source, request)
    tree = _tree(request.tree, source.policy, say) if request.tree else None
    index = _staging(source.policy) if request.staging else None
    at_once = request.at_once or trials_at_once()
    return Harness(tuple(paths), source, today, tree, index, at_once=at_once)


def _staging(asked: policy.Policy) -> Staging:
    """Return the staging index, which must be none that dependencies come from."""
    from release_tests.index.locations import locate  # noqa: PLC0415 - few runs ask it
    from release_tests.index.staging import Staging, require_apart  # noqa: PLC0415
    from release_tests.sandbox.settings import read_settings  # noqa: PLC0415

    location = locate("staging", asked.indexes.staging)
    require_apart(location, read_settings(asked.install).options)
    return Staging(location, asked.indexes.staging.deadline)


def _fetched(request: Request) -> list[Path]:
    from release_tests.index.release import fetch_release  # noqa: PLC0415 - few runs fetch

    return [path for wanted in request.requirements for path in fetch_release(wanted, request.tags)]


def _tree(directory: Path, asked: policy.Policy, say: Say) -> SourceFacts:
    from release_tests.source.reading import read_source  # noqa: PLC0415 - few runs name one

    return read_source(directory, asked, say)


def _as_asked(source: policy.PolicySource, request: Request) -> policy.PolicySource:
    """Return the policy with what the command line says otherwise."""
    changed = source.policy
    if request.profile is not None:
        changed = dataclasses.replace(changed, profile=request.profile)
    install = changed.install
    if request.installer is not None:
        install = dataclasses.replace(install, installer=request.installer)
    if request.no_network:
        install = dataclasses.replace(install, network=False)
    changed = dataclasses.replace(changed, install=install)
    return dataclasses.replace(source, policy=changed)


def _projects(paths: Sequence[Path], fetched: Sequence[Path]) -> list[Path]:
    """Return where the projects being released are looked for: not in the download cache."""
    cached = {path.parent.resolve() for path in fetched}
    return sorted({path.parent for path in paths} - cached)
