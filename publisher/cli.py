"""The command line, and the one place that turns errors into exit codes."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from typing import TYPE_CHECKING

from publisher import commands
from publisher.desk import Desk
from publisher.exits import ExitCode, ending
from publisher.interruption import interruptible, over
from publisher.log import Log
from publisher.outlets import guarded
from publisher.redaction import Redactor
from publisher.streams import tolerant_streams
from release_tests.halting import Halt
from release_tests.sandbox.scratch import scratch_directory, sweep
from release_tests.seclusion import seclude

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def run() -> None:
    """Do what the command line says and end the process with its exit code."""
    seclude()
    with tolerant_streams():
        code = main(sys.argv[1:])
        # Python needs a while to end, in which a signal would take the place of the code.
        over()
    sys.exit(code)


def main(arguments: Sequence[str]) -> int:
    """Do what *arguments* say and return the exit code; secrets are shown by no way out."""
    name, rest = commands.split(arguments)
    command = commands.COMMANDS[name]
    options = commands.parser(name).parse_args(rest)
    console = Log(Redactor(), kind=os.environ.get("TERM", ""))
    attempts: list[str] = []
    try:
        with guarded(console), interruptible(), scratch_directory() as scratch:
            sweep()
            return command.run(options, _desk(console, scratch, attempts))
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - a traceback may hold a secret
        code, text = ending(error, console, attempts)
        # What cannot be said any more, on a full disk, does not change what is true.
        with contextlib.suppress(OSError):
            (console.warning if code is ExitCode.INTERRUPTED else console.error)(text)
        return code


def _desk(console: Log, scratch: Path, attempts: list[str]) -> Desk:
    def show(text: str) -> None:
        console.settle()
        print(console.redact(text), flush=True)  # noqa: T201 - the result, on standard output

    halt = Halt()
    return Desk(
        console=console,
        show=show,
        clock=time.monotonic,
        sleep=halt.sleep,
        scratch=scratch,
        environ=dict(os.environ),
        attempts=attempts,
        halt=halt,
    )
