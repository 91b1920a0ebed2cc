"""Runs the probe in an environment, and believes only a report that carries the nonce."""

from __future__ import annotations

import json
import re
import secrets
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from release_tests.errors import CommandNotFound, CommandTimedOut
from release_tests.sandbox.confinement import FREE
from release_tests.sandbox.inside import probe
from release_tests.sandbox.reports import believed, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from release_tests.process import Completed
    from release_tests.sandbox.confinement import Confinement
    from release_tests.sandbox.environment import Sandbox

_OUTPUT_LIMIT = 4000
_NOT_STARTED = "its process could not be started in what is left of the environment"
_DIES = "Fatal Python error: "
"""How faulthandler begins."""
_PROBE = re.escape(str(Path(probe.__file__).resolve().parent))
_NOBODYS = re.compile(
    rf"""^\ \ File\ "(<frozen\ importlib[^"]*|[^"]*/importlib/__init__\.py|{_PROBE}/[^"]*)",
         \ line\ \d+\ in\ .*\n""",
    re.MULTILINE | re.VERBOSE,
)
"""Frames that faulthandler shows and that tell nobody anything: the import system's and ours."""


@dataclass(frozen=True, slots=True)
class Probed:
    """What a probe left: its report, None if there is none to believe, and how it ended.

    ``output`` is the end of all that it wrote, ``stderr`` that of its standard error alone; paths
    in them are relative to the environment.
    """

    report: dict[str, Any] | None
    ending: str
    timed_out: bool
    seconds: float
    output: str
    stderr: str = ""


def run_probe(
    sandbox: Sandbox,
    order: Mapping[str, object],
    *,
    deadline: float,
    confinement: Confinement = FREE,
    while_running: Callable[[float], None] | None = None,
    env: Mapping[str, str] | None = None,
) -> Probed:
    """Have the probe carry out *order* in a fresh process, killed after *deadline* seconds.

    *env* are variables that are set beside those of the sandbox. What an order says stands in the
    probe's docstring.
    """
    if reason := sandbox.taken_over:
        return Probed(None, reason, timed_out=False, seconds=0.0, output="")
    nonce = secrets.token_hex(16)
    order = {**order, "memory": confinement.memory, "emulated": bool(confinement.emulator)}
    report = sandbox.reports / f"{nonce}.report"
    written = sandbox.reports / f"{nonce}.order"
    kind = "fresh" if {"script", "pytest"} & order.keys() else "here"
    program = Path(probe.__file__).resolve()
    words = sandbox.python("-S", "-X", "faulthandler", program, kind, written)
    try:
        written.write_text(json.dumps({**order, "nonce": nonce, "report": str(report)}), "utf-8")
        done = confinement.without_memory().run(
            words,
            deadline=deadline,
            env=sandbox.environment() | dict(env or {}),
            cwd=sandbox.work,
            while_running=while_running,
        )
    except CommandTimedOut as error:
        ending = f"it was killed after {error.deadline:g} s"
        output = _told(error.output, sandbox)
        return Probed(None, ending, timed_out=True, seconds=deadline, output=output)
    except (CommandNotFound, OSError) as error:
        # What ran before may have removed the environment.
        return Probed(None, f"{_NOT_STARTED}: {error}", timed_out=False, seconds=0.0, output="")
    return _probed(done, report, nonce, sandbox)


def _probed(done: Completed, report: Path, nonce: str, sandbox: Sandbox) -> Probed:
    return Probed(
        believed(report, nonce) if done.returncode == 0 else None,
        ending_of(done.returncode),
        timed_out=False,
        seconds=done.seconds,
        output=_told(done.output, sandbox),
        stderr=_told(done.stderr, sandbox),
    )


def ending_of(returncode: int) -> str:
    """Return how a process ended, in words."""
    if returncode >= 0:
        return f"its process ended with exit code {returncode}"
    try:
        name = signal.Signals(-returncode).name
    except ValueError:
        name = f"signal {-returncode}"
    return f"its process was killed by {name}"


def _told(text: str, sandbox: Sandbox) -> str:
    told = _NOBODYS.sub("", f"{text.strip()}\n").rstrip()
    return ends_of(shown(told, sandbox.prefix), _OUTPUT_LIMIT)


def ends_of(text: str, limit: int) -> str:
    """Return about *limit* characters of what a process wrote: the end, where it is too long.

    Where Python says that it dies, the place comes first and the outermost call last, so half of
    them are from there on.
    """
    dies = text.find(_DIES)
    if len(text) <= limit or dies < 0 or len(text) - dies <= limit:
        return text[-limit:]
    half = limit // 2
    return f"{text[dies : dies + half]}\n  […]\n{text[-half:]}"
