"""One file to one index with twine, and the truth of the outcome.

Neither an exit code nor an HTTP status says whether a file landed: after anything but success
the index itself is asked.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher import advice
from publisher.environment import for_twine
from publisher.errors import OutcomeUnknown, Refused
from publisher.index.looking import look, require_same
from publisher.index.waiting import await_file
from release_tests import process
from release_tests.errors import CommandTimedOut, IndexUnavailable
from release_tests.index.progress import size

if TYPE_CHECKING:
    from pathlib import Path

    from publisher.artifact import Artifact
    from publisher.desk import Desk
    from publisher.index.looking import Seen
    from publisher.index.place import Place

# A hanging index would hang twine for ever; the slowest line that is waited for is 50 kB/s.
_LEAST_DEADLINE = 180.0
_SLOWEST_LINE = 50_000.0
# After a failure the index is asked for this part of the time that it may lag.
_SETTLING = 0.1

_STATUS = re.compile(r"ERROR\s+HTTPError: (\d{3})\b")
_PASSING = frozenset({"408", "425"})
# What twine raises before it sends anything, by name, since its exit code is always 1.
_NOT_SENT = re.compile(
    r"\b(NonInteractive|InvalidConfiguration|InvalidDistribution|TrustedPublishingFailure|"
    r"UnableToReadConfigurationFile|InvalidPyPIUploadURL|UnreachableRepositoryURLDetected)\b"
)
_LINES_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Attempt:
    """What twine did: whether it succeeded, and the end of what it wrote, redacted."""

    done: bool
    output: str


def upload(
    place: Place, artifact: Artifact, copy: Path, desk: Desk, *, deadline: float | None = None
) -> None:
    """Upload the private *copy* of the artifact, in *deadline* seconds, by default by its size.

    Returns when the index took it. Raises Refused when it definitely did not, with its reason;
    Conflict when it has other bytes; OutcomeUnknown when neither can be said.
    """
    desk.console.info(f"uploading {artifact.name}, {size(artifact.size)}, to {place}")
    limit = _LEAST_DEADLINE + artifact.size / _SLOWEST_LINE if deadline is None else deadline
    desk.attempts.append(f"{artifact.name} to {place}")
    attempt = _run_twine(place, copy, desk, limit)
    if attempt.done:
        desk.console.success(f"uploaded {artifact.name} to {place}")
        return
    desk.console.warning(f"twine did not succeed with {artifact.name}; asking {place} what is true")
    _find_out(place, artifact, attempt, desk)
    desk.console.success(f"{artifact.name} landed on {place} although twine failed")


def _run_twine(place: Place, copy: Path, desk: Desk, deadline: float) -> Attempt:
    try:
        done = process.run(
            [*_command(place), str(copy)],
            deadline=deadline,
            env=for_twine(place.login, desk.environ),
            cwd=copy.parent,
            check=False,
            while_running=desk.console.under_way(f"uploading {copy.name} to {place}"),
        )
    except CommandTimedOut as error:
        return Attempt(done=False, output=desk.console.redact(f"{error.output}\n{error.what}"))
    finally:
        desk.console.settle()
    return Attempt(done.returncode == 0, desk.console.redact(done.output))


def _command(place: Place) -> list[str]:
    words = [sys.executable, "-m", "twine", "upload"]
    words += ["--non-interactive", "--disable-progress-bar"]
    if place.location.repository is not None:
        return [*words, "--repository", place.location.repository]
    return [*words, "--repository-url", str(place.location.upload_url)]


def _find_out(place: Place, artifact: Artifact, attempt: Attempt, desk: Desk) -> None:
    """Return if the artifact landed; else raise what is true of it."""
    refusal = _refusal(artifact, attempt.output)
    found = _ask(place, artifact, desk, patient=refusal is None)
    if found is not None and found.file is not None:
        require_same(place, artifact, found)
        return
    if refusal is not None:
        raise Refused(
            f"{place} did not take {artifact.name}: {refusal}\n{_tail(attempt.output)}",
            remedy=advice.on_refusal(refusal, attempt.output, place.login),
        )
    raise OutcomeUnknown(
        f"whether {artifact.name} landed on {place} is not known; twine wrote:\n"
        + _tail(attempt.output),
        remedy="Run the same command again later: it asks the index first and goes on from there.",
    )


def _refusal(artifact: Artifact, output: str) -> str | None:
    """Return why the file is definitely not there, as far as twine's words can tell."""
    match = _STATUS.search(output)
    if match and match[1].startswith("4") and match[1] not in _PASSING:
        return f"HTTP status {match[1]}"
    if (match := _NOT_SENT.search(output)) and f"Uploading {artifact.name}" not in output:
        return f"twine sent nothing ({match[1]})"
    return None


def _ask(place: Place, artifact: Artifact, desk: Desk, *, patient: bool) -> Seen | None:
    """Ask the index, again and again if *patient*; None when it shows nothing or is silent."""
    try:
        if patient:
            limit = place.deadline * _SETTLING
            return await_file(place, artifact, desk, deadline=limit)
        return look(place, artifact, desk)
    except IndexUnavailable as error:
        desk.console.warning(str(error))
        return None


def _tail(output: str) -> str:
    lines = [line.rstrip() for line in output.strip().splitlines() if line.strip()]
    return "\n".join(f"    {line}" for line in lines[-_LINES_SHOWN:])
