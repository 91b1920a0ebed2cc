"""The gates as a maintainer runs them: a command, judged by its exit code and its evidence."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from publisher.errors import Refused
from publisher.stage import Stage, import_path
from release_tests.process import started_process

if TYPE_CHECKING:
    from pathlib import Path

_SECONDS_TO_UNWIND = 20.0
_SECONDS_BETWEEN_LOOKS = 0.1


def put_gates(stage: Stage) -> None:
    """Put every gate to the stage's files and show the outcome; raise Refused unless all passed."""
    console = stage.desk.console
    console.info(f"putting the gates to {len(stage.paths)} wheel(s)")
    log = stage.place / "gates.log"
    code = _watched(_command(stage), stage, log)
    console.settle()
    words = log.read_text(encoding="utf-8", errors="replace")
    for line in words.splitlines():
        stage.desk.show(f"  {line}".rstrip())
    if code != 0:
        raise Refused(
            f"the gates ended with exit code {code}; what they found stands above",
            remedy="Mend the wheel and rehearse again. Nothing went anywhere.",
        )
    console.success("the gates passed")


def _command(stage: Stage) -> list[str]:
    # An empty configuration, so that the settings of the caller's own tests do not reach in.
    settings = stage.place / "pytest.ini"
    settings.write_text("[pytest]\n", encoding="utf-8")
    words = [sys.executable, "-m", "pytest", "-c", str(settings), "--rootdir", str(stage.place)]
    words += ["--pyargs", "release_tests", "-p", "release_tests.plugin"]
    words += ["-p", "no:cacheprovider", "-q", "--evidence-dir", str(stage.evidence)]
    for path in stage.paths:
        words += ["--wheel", str(path.resolve())]
    if stage.source.path is not None:
        words += ["--release-config", str(stage.source.path.resolve())]
    return words


def _watched(command: list[str], stage: Stage, log: Path) -> int:
    """Run *command* with its output in *log*; interrupted itself, it lets the command unwind.

    What the gates started has process groups of its own: only the gates can end it.
    """
    report = stage.desk.console.under_way("the gates are running")
    environment = stage.environment | {"PYTHONPATH": import_path(stage.environment)}
    started = time.monotonic()
    with (
        log.open("wb") as out,
        started_process(
            command, env=environment, cwd=stage.place, stdout=out, stderr=subprocess.STDOUT
        ) as process,
    ):
        try:
            while (code := process.poll()) is None:
                time.sleep(_SECONDS_BETWEEN_LOOKS)
                report(time.monotonic() - started)
        except BaseException:
            # Not SIGINT: who is started with `&` in a script ignores it, and what it starts too.
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_SECONDS_TO_UNWIND)
            raise
    return code
