"""A clean virtual environment, and the little that a process started in it gets to see."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from release_tests.errors import CommandError, ReleaseGatesError
from release_tests.process import run
from release_tests.sandbox.scratch import scratch_directory, sweep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PASSED_ON = ("LANG", "LANGUAGE", "TZ", "SYSTEMROOT", "WINDIR")
"""The caller's variables that code in the environment sees, beside ``LC_*``; nothing else."""

_FOR_VIRTUALENV = (
    *("HOME", "USERPROFILE", "LOCALAPPDATA", "XDG_CACHE_HOME", "XDG_DATA_HOME"),
    *("PATH", "TMPDIR", "PYTHONPATH", "PYTHONUSERBASE", "VIRTUALENV_OVERRIDE_APP_DATA"),
)
_SYSTEM_PATH = ("/usr/local/bin", "/usr/bin", "/bin")
_DEADLINE_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A virtual environment with pip in it, and directories of its own beside it.

    ``prefix`` is the environment, ``home`` and ``tmp`` what HOME and TMPDIR point to, ``work``
    an empty working directory, ``reports`` where probes report to.
    """

    root: Path

    @property
    def prefix(self) -> Path:
        """The virtual environment itself."""
        return self.root / "env"

    @property
    def home(self) -> Path:
        """The home directory of what runs in the environment."""
        return self.root / "home"

    @property
    def tmp(self) -> Path:
        """Where temporary files go."""
        return self.root / "tmp"

    @property
    def work(self) -> Path:
        """The working directory; nothing can be imported from it."""
        return self.root / "work"

    @property
    def reports(self) -> Path:
        """Where the orders and reports of probes are."""
        return self.root / "reports"

    @property
    def scripts(self) -> Path:
        """Where the environment's commands are."""
        return self.prefix / ("Scripts" if os.name == "nt" else "bin")

    def python(self, *arguments: str | Path) -> tuple[str, ...]:
        """Return the command that runs the environment's Python, isolated, writing no bytecode."""
        return (str(self.scripts / "python"), "-I", "-B", *map(str, arguments))

    def environment(self) -> dict[str, str]:
        """Return all variables that a process in the environment gets."""
        passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        passed |= {name: value for name, value in os.environ.items() if name.startswith("LC_")}
        return {"LANG": "C.UTF-8"} | passed | self._own_variables()

    def _own_variables(self) -> dict[str, str]:
        path = [str(self.scripts), *(_SYSTEM_PATH if os.name == "posix" else ())]
        return {
            "PATH": os.pathsep.join(path),
            "HOME": str(self.home),
            "USERPROFILE": str(self.home),
            **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(self.tmp)),
            "PYTHONNOUSERSITE": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        }


@contextlib.contextmanager
def clean_environment(
    python: str | Path = sys.executable,
    *,
    parent: Path | None = None,
    while_running: Callable[[float], None] | None = None,
) -> Iterator[Sandbox]:
    """Yield a new environment for the interpreter *python*; nothing of it outlives the block.

    It is made in *parent*, by default the system's temporary directory, after the left-overs of
    killed runs there were swept. Raises ReleaseGatesError when it cannot be made.
    """
    sweep(parent)
    with scratch_directory(parent) as root:
        sandbox = Sandbox(root)
        for directory in (sandbox.home, sandbox.tmp, sandbox.work, sandbox.reports):
            directory.mkdir()
        _create(sandbox, python, while_running)
        yield sandbox


def _create(
    sandbox: Sandbox, python: str | Path, while_running: Callable[[float], None] | None
) -> None:
    try:
        run(
            _virtualenv(sandbox.prefix, python),
            deadline=_DEADLINE_SECONDS,
            env=_virtualenv_variables(),
            cwd=sandbox.work,
            while_running=while_running,
        )
    except CommandError as error:
        raise ReleaseGatesError(
            f"no virtual environment could be made for {python}: {error.what}",
            remedy="Run the command above by hand: this interpreter and the installed virtualenv "
            "may be too far apart in age, or the temporary directory full.",
        ) from error


def _virtualenv(prefix: Path, python: str | Path) -> tuple[str, ...]:
    """Return the command that makes an environment with pip only, without asking any index."""
    quick = ("--no-periodic-update", "--no-download", "--activators", "", "--no-vcs-ignore")
    return (
        *(sys.executable, "-P", "-m", "virtualenv", "--quiet", "--no-setuptools", *quick),
        *("--python", str(python), str(prefix)),
    )


def _virtualenv_variables() -> dict[str, str]:
    """Return what virtualenv sees: where its caches are, and none of the user's preferences.

    The variable for wheel matters to versions that still seed it; others do not read it.
    """
    known = {name: os.environ[name] for name in _FOR_VIRTUALENV if name in os.environ}
    fixed = {"VIRTUALENV_CONFIG_FILE": os.devnull, "VIRTUALENV_NO_WHEEL": "1"}
    return {name: os.environ[name] for name in PASSED_ON if name in os.environ} | known | fixed
