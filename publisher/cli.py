"""The command line, and the one place that turns errors into exit codes."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import time
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.confirmation import Asker
from publisher.desk import Desk
from publisher.errors import Conflict, OutcomeUnknown, StagedVerificationFailed
from publisher.interruption import interruptible
from publisher.log import Log
from publisher.redaction import Redactor
from publisher.seclusion import seclude
from publisher.streams import tolerant_streams
from release_tests import __version__
from release_tests.errors import CallerMistake, ReleaseGatesError, SelectionError
from release_tests.sandbox.scratch import scratch_directory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from publisher.order import Order
    from release_tests.policy import PolicySource


class ExitCode(IntEnum):
    """What the publisher ended with; every value is part of its interface."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    CONFLICT = 3
    OUTCOME_UNKNOWN = 4
    STAGED_VERIFICATION_FAILED = 5
    FAULT = 6
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
    ExitCode.INTERRUPTED: "interrupted; running again is safe",
}

# The first that fits counts.
_CODES: tuple[tuple[type[BaseException], ExitCode], ...] = (
    (CallerMistake, ExitCode.USAGE),
    (Conflict, ExitCode.CONFLICT),
    (OutcomeUnknown, ExitCode.OUTCOME_UNKNOWN),
    (StagedVerificationFailed, ExitCode.STAGED_VERIFICATION_FAILED),
    (ReleaseGatesError, ExitCode.REFUSED),
)

_GO_ON = "Run the same command again: it asks the indexes what is there and goes on from that."
_NOTHING_SENT = "Nothing went out; running it again is safe."


def run() -> None:
    """Do what the command line says and end the process with its exit code."""
    seclude()
    with tolerant_streams():
        code = main(sys.argv[1:])
    sys.exit(code)


def main(arguments: Sequence[str]) -> int:
    """Do what *arguments* say and return the exit code; secrets are shown by no way out."""
    options = parser().parse_args(arguments)
    console = Log(Redactor())
    attempts: list[str] = []
    try:
        with interruptible(), scratch_directory() as scratch:
            return _COMMANDS[options.command](options, _desk(console, scratch, attempts))
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - a traceback may hold a secret
        code, text = _ending(error, console, attempts)
        # What cannot be said any more, on a full disk, does not change what is true.
        with contextlib.suppress(OSError):
            (console.warning if code is ExitCode.INTERRUPTED else console.error)(text)
        return code


def _ending(error: BaseException, console: Log, attempts: Sequence[str]) -> tuple[ExitCode, str]:
    """Return what a run that ended with *error* ends with, and what is said of it."""
    if isinstance(error, ReleaseGatesError):
        return next(code for kind, code in _CODES if isinstance(error, kind)), str(error)
    next_step = _GO_ON if attempts else _NOTHING_SENT
    if isinstance(error, KeyboardInterrupt):
        signal = f" ({error})" if str(error) else ""
        return ExitCode.INTERRUPTED, f"interrupted{signal}. {next_step}"
    tried = "".join(f"  An upload was attempted: {what}\n" for what in attempts)
    code = ExitCode.OUTCOME_UNKNOWN if attempts else ExitCode.FAULT
    if isinstance(error, BrokenPipeError):
        what = "nobody reads the output any more\n"
    else:
        what = f"a fault of the publisher itself:\n{console.redact.traceback(error)}"
    return code, f"{what}{tried}  {next_step}"


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    it = argparse.ArgumentParser(
        prog="python -m publisher",
        description="Publish exactly the wheels that passed the release gates: staging index, "
        "back from there and installed, a yes, production index.",
        epilog="exit codes:\n" + "\n".join(f"  {code.value:<4}{code.meaning}" for code in ExitCode),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    it.add_argument(
        "command",
        nargs="?",
        choices=list(_COMMANDS),
        default="publish",
        help="publish: the whole road (default); check: only say what may go out; rehearse: the "
        "whole road against two indexes on this machine",
    )
    _add_options(it)
    it.add_argument("--version", action="version", version=f"release-gates {__version__}")
    return it


def _add_options(it: argparse.ArgumentParser) -> None:
    add = it.add_argument
    add("--wheel-dir", metavar="DIR", type=Path, action="append", default=[],
        help="take every wheel and sdist in DIR (repeatable; default: dist)")  # fmt: skip
    add("--wheel", metavar="FILE", type=Path, action="append", default=[],
        help="take FILE (repeatable)")  # fmt: skip
    add("--release-config", metavar="FILE", type=Path,
        help="the policy; default: [tool.release-gates] of the released project")  # fmt: skip
    add("--evidence-dir", metavar="DIR", type=Path, default=Path("release-evidence"),
        help="where the gates left their evidence (default: release-evidence)")  # fmt: skip
    add("--dry-run", action="store_true", help="print the plan and change nothing")
    add("--yes", action="store_true", help="confirm beforehand, for CI")


def _publish(options: argparse.Namespace, desk: Desk) -> int:
    from publisher.road import travel  # noqa: PLC0415 - --help needs none of it

    report = travel(_order(options), desk)
    if not options.dry_run:
        for line in report.lines():
            desk.show(line)
        desk.console.success("published: staging and production have exactly these bytes")
    return ExitCode.DONE


def _check(options: argparse.Namespace, desk: Desk) -> int:
    from publisher.order import decide, lines  # noqa: PLC0415

    decisions = decide(_order(options))
    for decision in decisions:
        for line in lines(decision):
            desk.show(line)
    return ExitCode.DONE if all(one.admitted for one in decisions) else ExitCode.REFUSED


def _rehearse(options: argparse.Namespace, desk: Desk) -> int:
    from publisher.rehearsal import rehearse  # noqa: PLC0415

    given = bool(options.wheel_dir or options.wheel)
    try:
        paths = selected(options)
    except SelectionError:
        if given:
            raise
        paths = ()
    rehearse(paths, _policy(options, paths), dry_run=options.dry_run, desk=desk)
    return ExitCode.DONE


_COMMANDS = {"publish": _publish, "check": _check, "rehearse": _rehearse}


def _order(options: argparse.Namespace) -> Order:
    from publisher.order import Order  # noqa: PLC0415

    paths = selected(options)
    source = _policy(options, paths)
    beside = (source.path.resolve().parent,) if source.path else ()
    return Order(
        paths=paths,
        evidence_dir=options.evidence_dir,
        policy=source.policy,
        asker=Asker(sys.stdin, sys.stderr, assume_yes=options.yes),
        now=datetime.now(UTC),
        dotenv=tuple(dict.fromkeys((Path.cwd(), *beside))),
        dry_run=options.dry_run,
        base=next(iter(beside), None),
    )


def selected(options: argparse.Namespace) -> tuple[Path, ...]:
    """Return the files that the options name; raise SelectionError when there is none."""
    from release_tests.selection import select  # noqa: PLC0415

    directories = options.wheel_dir or ([] if options.wheel else [Path("dist")])
    return tuple(select(directories, options.wheel))


def _policy(options: argparse.Namespace, paths: Sequence[Path]) -> PolicySource:
    from release_tests import policy  # noqa: PLC0415

    if options.release_config is not None:
        return policy.load(options.release_config)
    return policy.find(sorted({path.parent for path in paths}), Path.cwd())


def _desk(console: Log, scratch: Path, attempts: list[str]) -> Desk:
    def show(text: str) -> None:
        console.settle()
        print(console.redact(text), flush=True)  # noqa: T201 - the result, on standard output

    return Desk(
        console=console,
        show=show,
        clock=time.monotonic,
        sleep=time.sleep,
        scratch=scratch,
        environ=dict(os.environ),
        attempts=attempts,
    )
