"""What of a wheel is tried, and on which interpreter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from packaging.tags import Tag, sys_tags

from release_tests.archive import dist_info
from release_tests.archive.facts import ArtifactFacts, BadName, FaultKind, WheelName
from release_tests.archive.metadata import CoreMetadata, parse_metadata
from release_tests.archive.toplevel import importable
from release_tests.findings import Finding
from release_tests.gates.unexamined import unopened
from release_tests.sandbox.interpreter import NoInterpreter, choose, running
from release_tests.sandbox.observed import Trial
from release_tests.sandbox.progress import Say, quiet
from release_tests.sandbox.trial import Candidate, try_install

if TYPE_CHECKING:
    from release_tests.policy import Policy


def observe(
    wheel: ArtifactFacts, policy: Policy, say: Say = quiet, *, scratch: Path | None = None
) -> Trial | NoInterpreter:
    """Install the very bytes that *wheel* was read from, and import what users import.

    Without an interpreter for it on this machine nothing is run. Neither is anything of an
    archive that does not open or is a bomb: the trial then has no step. *say* and *scratch* are
    as for ``try_install``, which also says what is raised.
    """
    if not_to_run(wheel):
        return Trial(wheel.file_name, wheel.sha256, wheel.sha256, running())
    metadata = _metadata(wheel)
    interpreter = choose(_tags(wheel), metadata.requires_python)
    if isinstance(interpreter, NoInterpreter):
        return interpreter
    candidate = Candidate(
        Path(wheel.path), wheel.sha256, project_of(wheel), modules_of(wheel, policy)
    )
    return try_install(candidate, interpreter, policy.install, scratch=scratch, say=say)


def not_to_run(wheel: ArtifactFacts) -> list[Finding]:
    """Return why nothing of it is installed: not opened, framed badly, or a bomb."""
    bombs = [fault for fault in wheel.faults if fault.kind is FaultKind.BOMB]
    if wheel.is_archive and not wheel.is_framed:
        message = "not installed: its framing is faulty, and readers differ in what they see"
        return [Finding("INST000", wheel.file_name, f"{message} (see the gate archive)")]
    return unopened(wheel, "INST000") + [
        Finding("INST000", fault.where, f"not installed: {fault.message}", fault.expected)
        for fault in bombs
    ]


def modules_of(wheel: ArtifactFacts, policy: Policy) -> tuple[str, ...]:
    """Return the modules to import: the policy's, else the wheel's; and those with a version."""
    modules = importable(wheel) if policy.imports is None else policy.imports
    return tuple(dict.fromkeys([*modules, *(policy.version_modules or ())]))


def project_of(wheel: ArtifactFacts) -> str:
    """Return the normalized name of the project, from the file name, else from METADATA."""
    return _metadata(wheel).name if isinstance(wheel.name, BadName) else wheel.name.name


def _tags(wheel: ArtifactFacts) -> frozenset[Tag]:
    """Return the file name's tags; of an sdist or a bad name those of the running Python."""
    return wheel.name.tags if isinstance(wheel.name, WheelName) else frozenset(sys_tags())


def _metadata(wheel: ArtifactFacts) -> CoreMetadata:
    return parse_metadata(dist_info.content(wheel, "METADATA") or b"")
