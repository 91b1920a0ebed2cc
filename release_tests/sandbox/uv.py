"""uv, which makes environments without pip, and installs into them from outside."""

from __future__ import annotations

import functools
import importlib.util
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from release_tests.errors import CommandError, ReleaseGatesError
from release_tests.process import run
from release_tests.sandbox.confinement import FREE
from release_tests.sandbox.observed import CHECK, INSTALL, UNINSTALL, Step, StepState, Tool
from release_tests.sandbox.settings import NOTHING
from release_tests.sandbox.steps import refuse_unreached, run_step

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from release_tests.sandbox.confinement import Confinement
    from release_tests.sandbox.environment import Sandbox
    from release_tests.sandbox.fetching import Errand
    from release_tests.sandbox.interpreter import Interpreter
    from release_tests.sandbox.progress import Heartbeat
    from release_tests.sandbox.settings import InstallSettings

_SECONDS = 300.0
_QUIET = ("--no-config", "--no-progress", "--color", "never", "--no-python-downloads")
# Without a project: a pyproject.toml above the scratch directory is none of the wheel's business.
# Links into the cache would let what runs in the environment change what later ones get.
_CREATE = ("--no-project", "--quiet")
# Of several indexes the best version counts, as with pip: by default uv stops at the first index
# that knows a name, and documented indexes of CPU builds know outdated copies of many.
_ADD = ("--link-mode", "copy", "--index-strategy", "unsafe-best-match")
_INSTALL = (*_ADD, "--verify-hashes")
_UNREACHED = re.compile(
    r"^(?:error: |  cause: )?(?:Failed to fetch|Request failed after|Could not connect).*"
    r"(?:\n +cause: (?!.*\b404\b).*)*",
    re.MULTILINE,
)


def find_uv() -> Path:
    """Return uv's executable: the one on PATH, else that of the installed package."""
    if found := shutil.which("uv"):
        return Path(found)
    if importlib.util.find_spec("uv"):
        import uv  # noqa: PLC0415 - there or not

        return Path(uv.find_uv_bin())
    raise ReleaseGatesError(
        "the installer uv is asked for, but it is neither on PATH nor an installed package",
        remedy="Install it (`pip install uv`), or leave out `--installer uv` and "
        "`[tool.release-gates.install] installer`.",
    )


@dataclass(frozen=True, slots=True)
class Uv:
    """uv, set up with what was taken over from this machine's pip."""

    settings: InstallSettings
    executable: Path

    def create(self, sandbox: Sandbox, python: Interpreter, beat: Heartbeat) -> None:
        """Make an environment with nothing in it."""
        words = (*_CREATE, "--python", python.executable, str(sandbox.prefix))
        try:
            run(
                self._command("venv", *words),
                deadline=_SECONDS,
                env=sandbox.environment() | self.settings.for_uv(),
                cwd=sandbox.work,
                while_running=beat,
            )
        except CommandError as error:
            raise ReleaseGatesError(
                f"no virtual environment could be made for {python.executable}: {error.what}",
                remedy="Run the command above by hand, or try `--installer pip`.",
            ) from error

    def tool(self, sandbox: Sandbox) -> Tool:
        """Return uv's version, which is the same for every environment."""
        del sandbox
        return Tool("uv", _version(self.executable))

    def install(
        self,
        sandbox: Sandbox,
        wheel: Path,
        sha256: str,
        deadline: float,
        beat: Heartbeat,
        errand: Errand | None = None,
    ) -> Step:
        """Install the file with its dependencies; uv refuses it if its digest is another."""
        return self._install(sandbox, _line(wheel, sha256), deadline, beat, errand)

    def install_alone(
        self, sandbox: Sandbox, wheel: Path, sha256: str, deadline: float, beat: Heartbeat
    ) -> Step:
        """Install the file without its dependencies."""
        listed = _listed(sandbox, _line(wheel, sha256))
        words = ("install", *_INSTALL, "--no-deps", *listed)
        return self._pip(sandbox, INSTALL, words, deadline, beat, settings=NOTHING)

    def fetch(
        self,
        sandbox: Sandbox,
        requirements: Sequence[str],
        deadline: float,
        beat: Heartbeat,
        errand: Errand | None = None,
    ) -> Step:
        """Install what requirements give, with their dependencies, from where users get it."""
        return self._install(sandbox, "\n".join(requirements), deadline, beat, errand)

    def _install(
        self,
        sandbox: Sandbox,
        line: str,
        deadline: float,
        beat: Heartbeat,
        errand: Errand | None = None,
    ) -> Step:
        """Install what a line of a requirements file says."""
        words = (*_INSTALL, *self.settings.uv_options(), *_listed(sandbox, line))

        def install(*options: str) -> Step:
            return self._pip(sandbox, INSTALL, ("install", *words, *options), deadline, beat)

        step = _on(errand, install, beat) if errand else install()
        refuse_unreached(step, _UNREACHED, line.partition(" ")[0], self.shown_settings())
        return step

    def check(self, sandbox: Sandbox, beat: Heartbeat, confinement: Confinement = FREE) -> Step:
        """Ask uv whether all that is installed fits together."""
        return self._pip(sandbox, CHECK, ("check",), _SECONDS, beat, confinement, settings=NOTHING)

    def uninstall(
        self,
        sandbox: Sandbox,
        distribution: str,
        beat: Heartbeat,
        confinement: Confinement = FREE,
    ) -> Step:
        """Take a distribution out again."""
        words = ("uninstall", distribution)
        return self._pip(sandbox, UNINSTALL, words, _SECONDS, beat, confinement, settings=NOTHING)

    def shown_settings(self) -> dict[str, str]:
        """Return what was taken over from this machine, without credentials."""
        return self.settings.shown()

    def _pip(
        self,
        sandbox: Sandbox,
        name: str,
        words: tuple[str, ...],
        deadline: float,
        beat: Heartbeat,
        confinement: Confinement = FREE,
        *,
        settings: InstallSettings | None = None,
    ) -> Step:
        """Run ``uv pip``, which asks the environment's Python what it is."""
        if reason := sandbox.taken_over:
            return Step(name, StepState.FAILED, 0.0, reason)
        first, *rest = words
        return run_step(
            name,
            self._command("pip", first, "--python", str(sandbox.python_path), *rest),
            deadline=deadline,
            env=sandbox.environment() | (settings or self.settings).for_uv(),
            cwd=sandbox.work,
            confinement=confinement.without_memory(),
            while_running=beat,
        )

    def _command(self, *words: str) -> tuple[str, ...]:
        return (str(self.executable), *_QUIET, *words)


def _on(errand: Errand, install: Callable[..., Step], beat: Heartbeat) -> Step:
    """Return the step made from uv's cache alone where an earlier one has put all of it there."""

    def fetch() -> Step:
        if (step := install()).ok:
            errand.keep("")
        return step

    return errand.run(fetch, lambda _page: install("--offline"), install, beat)


def _listed(sandbox: Sandbox, line: str) -> tuple[str, str]:
    """Return the option for a requirements file of one line, the only place to give a digest in."""
    listed = sandbox.reports / "requirements.txt"
    listed.write_text(f"{line}\n", "utf-8")
    return ("--requirements", str(listed))


def _line(wheel: Path, sha256: str) -> str:
    return f"{wheel.resolve().as_uri()} --hash=sha256:{sha256}"


@functools.cache
def _version(executable: Path) -> str:
    """Return the version that uv says it has."""
    env = {"PATH": os.environ.get("PATH", os.defpath)}
    said = run((executable, "--version"), deadline=_SECONDS, env=env).stdout.split()
    return said[1] if len(said) > 1 else "unknown"
