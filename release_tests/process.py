"""The one place that runs a command.

A command gets its own process group, so that what it started ends with it; its streams go to
files, so that neither a full pipe nor a left-over daemon can hang the caller; it has no standard
input, unless the caller converses with it, and only the environment it is given.
"""

from __future__ import annotations

import contextlib
import functools
import os
import select
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from release_tests.errors import CommandFailed, CommandNotFound, CommandTimedOut

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

_OUTPUT_LIMIT = 1 << 20
_GRACE_SECONDS = 2.0
_POLL_SECONDS = 0.5
_STARTING = threading.Lock()
_STARTED: set[int] = set()
_ORDINARY = frozenset(
    {
        *("PATH", "HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "SYSTEMROOT", "WINDIR"),
        *("LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP", "LD_LIBRARY_PATH"),
        *("DYLD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME", "PYTHONUSERBASE", "VIRTUAL_ENV"),
    }
)


def ordinary(environ: Mapping[str, str], *prefixes: str) -> dict[str, str]:
    """Return what a program needs of the caller's environment, and what begins so.

    Tokens are not among it: whatever a command does not need, its environment does not show.
    """
    wanted = ("LC_", "XDG_", *prefixes)
    return {
        name: value
        for name, value in environ.items()
        if name in _ORDINARY or name.startswith(wanted)
    }


@dataclass(frozen=True, slots=True)
class Completed:
    """What became of a command; streams are decoded, and cut to their last MiB."""

    command: tuple[str, ...]
    returncode: int
    stdout: str
    stderr: str
    seconds: float

    @property
    def output(self) -> str:
        """Both streams, standard output first."""
        return "\n".join(part for part in (self.stdout.strip(), self.stderr.strip()) if part)


def run(
    command: Sequence[str | Path],
    *,
    deadline: float,
    env: Mapping[str, str],
    cwd: Path | None = None,
    check: bool = True,
    while_running: Callable[[float], None] | None = None,
) -> Completed:
    """Run *command* to its end, at most *deadline* seconds, and return what became of it.

    *while_running* is called about twice a second with the seconds since the start; what it
    raises ends the command. With *check* an exit code other than 0 raises CommandFailed.
    Raises CommandNotFound and CommandTimedOut in any case.
    """
    words = tuple(str(word) for word in command)
    started = time.monotonic()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        with started_process(words, env=env, cwd=cwd, stdout=out, stderr=err) as process:
            returncode = _wait(process, started, deadline, while_running)
        seconds = time.monotonic() - started
        done = Completed(words, returncode or 0, _tail(out), _tail(err), seconds)
    if returncode is None:
        raise CommandTimedOut(words, deadline, output=done.output)
    if check and returncode != 0:
        raise CommandFailed(words, returncode, output=done.output)
    return done


@contextlib.contextmanager
def started_process(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path | None = None,
    stdin: int = subprocess.DEVNULL,
    stdout: IO[bytes] | int = subprocess.DEVNULL,
    stderr: IO[bytes] | int = subprocess.DEVNULL,
) -> Iterator[subprocess.Popen[bytes]]:
    """Start *command* in its own group; on the way out nothing of the group is left running."""
    try:
        with _STARTING:
            process = subprocess.Popen(
                command,
                env=dict(env),
                cwd=cwd,
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )
            _STARTED.add(process.pid)
    except OSError as error:
        raise CommandNotFound(command, f"could not be started: {error}") from error
    try:
        yield process
    finally:
        end_group(process)
        _STARTED.discard(process.pid)


@contextlib.contextmanager
def starting_nothing() -> Iterator[frozenset[int]]:
    """Yield the ids of all that was started here and still runs; meanwhile nothing is started."""
    with _STARTING:
        yield frozenset(_STARTED)


@dataclass(frozen=True, slots=True, eq=False)
class Conversation:
    """A running command: its standard input and output, to be used in turns.

    The caller writes a whole question, then reads the whole answer. ``close`` ends the command at
    once, and nothing of its group is left running. Any thread may call it, and more than once: who
    waits for an answer meets the end of it.
    """

    into: IO[bytes]
    out: IO[bytes]
    close: Callable[[], None]


def converse(command: Sequence[str], *, env: Mapping[str, str]) -> Conversation:
    """Start *command*, to be talked to until it is closed; raises CommandNotFound."""
    pipe = subprocess.PIPE
    with contextlib.ExitStack() as held:
        process = held.enter_context(started_process(command, env=env, stdin=pipe, stdout=pipe))
        if process.stdin is None or process.stdout is None:  # pragma: no cover - both are asked for
            raise CommandNotFound(command, "could not be started with pipes")
        ending = held.pop_all()
        return Conversation(
            process.stdin, process.stdout, functools.partial(_close, process, ending)
        )


def _close(process: subprocess.Popen[bytes], ending: contextlib.ExitStack) -> None:
    ending.close()
    for stream in filter(None, (process.stdin, process.stdout)):
        with contextlib.suppress(OSError):  # a question that was not sent to its end
            stream.close()


def end_group(process: subprocess.Popen[bytes]) -> None:
    """End the whole group of *process*: asked to first, killed after a grace of two seconds."""
    if process.poll() is None:
        _signal_group(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE_SECONDS)
    _signal_group(process.pid, signal.SIGKILL)
    process.wait()


def _wait(
    process: subprocess.Popen[bytes],
    started: float,
    deadline: float,
    while_running: Callable[[float], None] | None,
) -> int | None:
    """Return the exit code, or None when the deadline passed first."""
    with _watch(process) as ended:
        while (left := deadline - (time.monotonic() - started)) > 0:
            if ended(min(left, _POLL_SECONDS)):
                return process.wait()
            if while_running is not None:
                while_running(time.monotonic() - started)
    return process.poll()


@contextlib.contextmanager
def _watch(process: subprocess.Popen[bytes]) -> Iterator[Callable[[float], bool]]:
    """Yield what waits so many seconds for the process and says whether it ended.

    The standard library looks every so often, up to 50 ms late; Linux tells at once.
    """
    try:
        descriptor = os.pidfd_open(process.pid)
    except (AttributeError, OSError):
        yield functools.partial(_ends_within, process)
        return
    try:
        yield functools.partial(_readable, descriptor)
    finally:
        os.close(descriptor)


def _readable(descriptor: int, seconds: float) -> bool:
    watched = select.poll()  # knows no limit to a descriptor's number, as select does
    watched.register(descriptor, select.POLLIN)
    return bool(watched.poll(seconds * 1000))


def _ends_within(process: subprocess.Popen[bytes], seconds: float) -> bool:
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
        return True
    return False


def _signal_group(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _tail(stream: IO[bytes]) -> str:
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - _OUTPUT_LIMIT))
    return stream.read().decode("utf-8", "backslashreplace")
