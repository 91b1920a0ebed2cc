"""A clean virtual environment, and the little that a process started in it gets to see."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from release_tests.sandbox.scratch import scratch_directory, sweep

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PASSED_ON = ("LANG", "LANGUAGE", "TZ", "SYSTEMROOT", "WINDIR")
"""The caller's variables that code in the environment sees, beside ``LC_*``; nothing else."""

_SYSTEM_PATH = ("/usr/local/bin", "/usr/bin", "/bin")


_CONFIG = "pyvenv.cfg"
_STARTUP = ("python*", "pybuilddir.txt", "*._pth")

Startup = dict[str, tuple[object, ...]]
"""The files that decide which Python starts, each with what tells it from another."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A virtual environment, and directories of its own beside it.

    ``prefix`` is the environment, ``home`` and ``tmp`` what HOME and TMPDIR point to, ``work``
    an empty working directory, ``reports`` where probes report to. ``vouched`` is what the
    environment's Python starts from, as the installer had made it; None where it is not known.
    """

    root: Path
    vouched: Startup | None = None

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

    @property
    def sites(self) -> tuple[Path, ...]:
        """Where distributions are installed."""
        places = self.prefix.glob("lib*/python3*/site-packages")
        found = dict.fromkeys(place.resolve() for place in places)
        return tuple(found) or (self.prefix / "Lib" / "site-packages",)

    @property
    def python_path(self) -> Path:
        """The environment's Python."""
        return self.scripts / ("python.exe" if os.name == "nt" else "python")

    @property
    def startup(self) -> Startup:
        """What the environment's Python starts from, as it is now, before any module of it."""
        found = (path for pattern in _STARTUP for path in self.scripts.glob(pattern))
        return {str(path): _identity(path) for path in (self.prefix / _CONFIG, *found)}

    @property
    def taken_over(self) -> str:
        """Why the environment's Python is not the installer's any more; empty if it is."""
        if self.vouched is None or self.vouched == self.startup:
            return ""
        changed = {path for path, _ in self.vouched.items() ^ self.startup.items()}
        shown = ", ".join(sorted(os.path.relpath(path, self.root) for path in changed))
        return f"the environment's Python is not as the installer made it: {shown}"

    def python(self, *arguments: str | Path) -> tuple[str, ...]:
        """Return the command that runs the environment's Python, isolated, writing no bytecode."""
        return (str(self.python_path), "-I", "-B", *map(str, arguments))

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


def _identity(path: Path) -> tuple[object, ...]:
    with contextlib.suppress(OSError):
        found = path.lstat()
        link = path.readlink() if path.is_symlink() else None
        # The time of the last change cannot be set, as that of the last write can.
        return (link, found.st_mode, found.st_ino, found.st_size, found.st_ctime_ns)
    return ()


@contextlib.contextmanager
def scratch_sandbox(parent: Path | None = None) -> Iterator[Sandbox]:
    """Yield the directories of a new sandbox, still without an environment in it.

    They are made in *parent*, by default the system's temporary directory, after the left-overs
    of killed runs there were swept; nothing of them outlives the block.
    """
    sweep(parent)
    with scratch_directory(parent) as root:
        sandbox = Sandbox(root)
        for directory in (sandbox.home, sandbox.tmp, sandbox.work, sandbox.reports):
            directory.mkdir()
        yield sandbox
