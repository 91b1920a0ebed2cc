"""Long steps show what they are doing, on a terminal and in a log, in every process of a run."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.forge import Wheel, package
from tests.plugin.conftest import PYTEST, Sessions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SLOW = {**package(), "demo/__init__.py": "import time\ntime.sleep(4.5)\n"}


def on_a_terminal(words: list[str], directory: Path) -> str:
    """Run a command with a terminal of its own, and return what it showed there."""
    pty = pytest.importorskip("pty", reason="this system has no pseudo terminals")
    controller, terminal = pty.openpty()
    with subprocess.Popen(words, cwd=directory, stdout=terminal, stderr=terminal) as process:
        os.close(terminal)
        shown = b"".join(_until_closed(controller))
    os.close(controller)
    assert process.returncode == 0
    return shown.decode()


def _until_closed(controller: int) -> list[bytes]:
    pieces = []
    try:
        while piece := os.read(controller, 4096):
            pieces.append(piece)
    except OSError:  # Linux says so when the last one has closed the terminal
        pass
    return pieces


def in_a_log(words: list[str], directory: Path) -> str:
    """Run a command whose output goes to a pipe, as in continuous integration."""
    both = subprocess.STDOUT
    done = subprocess.run(words, cwd=directory, stdout=subprocess.PIPE, stderr=both, check=True)
    return done.stdout.decode()


@pytest.mark.parametrize("run", [on_a_terminal, in_a_log])
@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_long_import_is_told_of(
    sessions: Sessions, workers: str, run: Callable[[list[str], Path], str]
) -> None:
    """Which artifact, on which Python, what step, and for how long."""
    sessions.forge(Wheel(files=SLOW))
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    policy = f'[tool.release-gates]\nimports = ["demo"]\ninstall = {{ pythons = ["{own}"] }}\n'
    (sessions.pytester.path / "pyproject.toml").write_text(policy)
    asked = ("--pyargs", "release_tests", "--installer", "uv", "-m", "import", "-n", workers)
    shown = run([*PYTEST, *asked], sessions.pytester.path)
    lines = [line for line in shown.splitlines() if line.startswith("[release-gates]")]
    told = f"demo-1.0-py3-none-any.whl: Python {own}: import demo: running for"
    assert any(told in line for line in lines)
