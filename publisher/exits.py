"""What the publisher ends with, and what it says of an ending that nobody wished for."""

from __future__ import annotations

import errno
from enum import IntEnum
from tempfile import gettempdir
from typing import TYPE_CHECKING

from publisher.errors import Conflict, OutcomeUnknown, PublishedUnfit, StagedVerificationFailed
from release_tests.errors import CallerMistake, ReleaseGatesError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from publisher.log import Log


class ExitCode(IntEnum):
    """What the publisher ended with; every value is part of its interface."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    CONFLICT = 3
    OUTCOME_UNKNOWN = 4
    STAGED_VERIFICATION_FAILED = 5
    FAULT = 6
    PUBLISHED_UNFIT = 7
    INTERRUPTED = 130

    @property
    def meaning(self) -> str:
        """The code in a few words, for --help."""
        return _MEANINGS[self]


_MEANINGS = {
    ExitCode.DONE: "done; also when there was nothing left to do",
    ExitCode.REFUSED: "refused: not admitted, not confirmed, an index said no or did not answer",
    ExitCode.USAGE: "usage: the options, the policy, or where credentials are kept",
    ExitCode.CONFLICT: "conflict: an index has other bytes under a name; nothing was overwritten",
    ExitCode.OUTCOME_UNKNOWN: "outcome unknown: an upload may have landed; run again to find out",
    ExitCode.STAGED_VERIFICATION_FAILED: "staged verification failed: production was not touched",
    ExitCode.FAULT: "a fault of the publisher itself, before any upload was attempted",
    ExitCode.PUBLISHED_UNFIT: "published, and what production serves does not install: yank it",
    ExitCode.INTERRUPTED: "interrupted; running again is safe",
}

# The first that fits counts.
_CODES: tuple[tuple[type[BaseException], ExitCode], ...] = (
    (CallerMistake, ExitCode.USAGE),
    (Conflict, ExitCode.CONFLICT),
    (OutcomeUnknown, ExitCode.OUTCOME_UNKNOWN),
    (StagedVerificationFailed, ExitCode.STAGED_VERIFICATION_FAILED),
    (PublishedUnfit, ExitCode.PUBLISHED_UNFIT),
    (ReleaseGatesError, ExitCode.REFUSED),
)

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)

_GO_ON = "Run the same command again: it asks the indexes what is there and goes on from that."
_NOTHING_SENT = "Nothing went out; running it again is safe."


def ending(error: BaseException, console: Log, attempts: Sequence[str]) -> tuple[ExitCode, str]:
    """Return what a run that ended with *error* ends with, and what is said of it."""
    if isinstance(error, ReleaseGatesError):
        return next(code for kind, code in _CODES if isinstance(error, kind)), str(error)
    next_step = _GO_ON if attempts else _NOTHING_SENT
    if isinstance(error, KeyboardInterrupt):
        signal = f" ({error})" if str(error) else ""
        return ExitCode.INTERRUPTED, f"interrupted{signal}. {next_step}"
    tried = "".join(f"  An upload was attempted: {what}\n" for what in attempts)
    code = ExitCode.OUTCOME_UNKNOWN if attempts else ExitCode.FAULT
    return code, f"{_what(error, console)}\n{tried}  {next_step}"


def _what(error: BaseException, console: Log) -> str:
    """Say what ended the run: the machine, where it was that, and else the publisher."""
    if isinstance(error, BrokenPipeError):
        return "nobody reads the output any more"
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        where = f"that of temporary files ({gettempdir()}), or of the output"
        return f"a disk of this machine is full, {where}: {error}"
    return f"a fault of the publisher itself:\n{console.redact.traceback(error)}".rstrip("\n")
