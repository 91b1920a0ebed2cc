"""virtualenv, and the environment's own pip, as its user would run it."""

from __future__ import annotations

import dataclasses
import os
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from packaging.version import Version

from release_tests.errors import ReleaseGatesError
from release_tests.sandbox.bytecode import give_bytecode
from release_tests.sandbox.confinement import FREE
from release_tests.sandbox.environment import PASSED_ON, Sandbox
from release_tests.sandbox.limited import within
from release_tests.sandbox.observed import CHECK, INSTALL, UNINSTALL, Step, StepState, Tool
from release_tests.sandbox.pip_download import page_of
from release_tests.sandbox.settings import NOTHING, cache
from release_tests.sandbox.steps import OUTPUT_LIMIT, refuse_unreached, run_step

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from release_tests.sandbox.confinement import Confinement
    from release_tests.sandbox.fetching import Errand
    from release_tests.sandbox.interpreter import Interpreter
    from release_tests.sandbox.progress import Heartbeat
    from release_tests.sandbox.settings import InstallSettings

_FOR_VIRTUALENV = (
    *("HOME", "USERPROFILE", "LOCALAPPDATA", "XDG_CACHE_HOME", "XDG_DATA_HOME"),
    *("PATH", "PYTHONPATH", "PYTHONUSERBASE", "VIRTUALENV_OVERRIDE_APP_DATA"),
)
# What virtualenv and its plug-ins raise. Not all that there is: what ends a session of pytest is
# an Exception, too, and has to go on to those who end it.
_FAILURES = (
    *(RuntimeError, OSError, ValueError, LookupError, TypeError, AttributeError, ImportError),
    SystemExit,
)
_SECONDS = 300.0
# From here on virtualenv seeds no wheel, and warns of the option not to.
_WITHOUT_WHEEL = Version("20.31")
_PIP = ("-m", "pip", "--disable-pip-version-check", "--no-input", "--no-color")
# Bytecode is left out, since the environment does not live long enough to gain from it. Sources
# are allowed: users get dependencies that have no wheel built, too.
_OPTIONS = ("--no-compile", "--no-warn-script-location", "--progress-bar", "off")
_DOWNLOAD = ("--progress-bar", "off", "--dest")
_ALL = 1 << 20  # characters, enough to be told of each of some thousand files
# The last of pip's attempts; after it pip goes on as if the index had nothing.
_UNREACHED = re.compile(r"Retrying \(Retry\(total=0,.*")
_DIST_INFO = re.compile(r"pip-(?P<version>[^-]+)\.dist-info")


@dataclass(frozen=True, slots=True)
class Pip:
    """virtualenv and pip, set up with what was taken over from this machine.

    ``seconds`` is the deadline for an environment.
    """

    settings: InstallSettings
    seconds: float = _SECONDS

    def create(self, sandbox: Sandbox, python: Interpreter, beat: Heartbeat) -> None:
        """Make an environment with pip and nothing else in it."""
        make = partial(create_environment, sandbox, python.executable)
        try:
            within(self.seconds, make, beat)
            self._give_bytecode(sandbox, python, beat)
        except _FAILURES as error:
            raise ReleaseGatesError(
                f"no virtual environment could be made for {python.executable}: {error}",
                remedy="Run `python -m virtualenv --python` with it by hand: this interpreter and "
                "the installed virtualenv may be too far apart in age (uv makes environments for "
                "older ones: --installer uv), or the temporary directory full.",
            ) from error

    def _give_bytecode(self, sandbox: Sandbox, python: Interpreter, beat: Heartbeat) -> None:
        threaded = "t" if python.threaded else ""
        name = f"pip-{self.tool(sandbox).version}-{python.version}{threaded}.zip"
        give_bytecode(sandbox, "pip", cache("bytecode") / name, beat)

    def tool(self, sandbox: Sandbox) -> Tool:
        """Return the version of the environment's pip."""
        found = (
            _DIST_INFO.fullmatch(path.name) for site in sandbox.sites for path in site.iterdir()
        )
        return Tool("pip", next((match["version"] for match in found if match), "unknown"))

    def install(
        self,
        sandbox: Sandbox,
        wheel: Path,
        sha256: str,
        deadline: float,
        beat: Heartbeat,
        errand: Errand | None = None,
    ) -> Step:
        """Install the file with its dependencies; pip refuses it if its digest is another."""
        return self._install(sandbox, (_address(wheel, sha256),), deadline, beat, errand)

    def install_alone(
        self, sandbox: Sandbox, wheel: Path, sha256: str, deadline: float, beat: Heartbeat
    ) -> Step:
        """Install the file without its dependencies."""
        words = ("install", *_OPTIONS, "--no-deps", _address(wheel, sha256))
        return self._run(sandbox, INSTALL, words, deadline, beat, settings=NOTHING)

    def fetch(
        self,
        sandbox: Sandbox,
        requirements: Sequence[str],
        deadline: float,
        beat: Heartbeat,
        errand: Errand | None = None,
    ) -> Step:
        """Install what requirements give, with their dependencies, from where users get it."""
        return self._install(sandbox, ("--", *requirements), deadline, beat, errand)

    def _install(
        self,
        sandbox: Sandbox,
        words: tuple[str, ...],
        deadline: float,
        beat: Heartbeat,
        errand: Errand | None = None,
    ) -> Step:
        spent = 0.0

        def install(*more: str) -> Step:
            command = ("install", *_OPTIONS, *more, *words)
            step = self._run(sandbox, INSTALL, command, deadline - spent, beat)
            return dataclasses.replace(step, seconds=spent + step.seconds)

        def fetch() -> Step | None:
            nonlocal spent
            # Downloading knows nothing of what is installed.
            if errand is None or not _only_pip(sandbox):
                return install()
            spent = self._download(sandbox, errand, words, deadline, beat)
            return None

        def again(page: str) -> Step:
            place = sandbox.reports / "links.html"
            place.write_text(page, "utf-8")
            return install("--no-index", "--find-links", str(place))

        step = errand.run(fetch, again, install, beat) if errand else install()
        refuse_unreached(step, _UNREACHED, words[-1], self.shown_settings())
        return step

    def _download(
        self,
        sandbox: Sandbox,
        errand: Errand,
        words: tuple[str, ...],
        deadline: float,
        beat: Heartbeat,
    ) -> float:
        """Fetch what an installation takes, and keep a page of it; return the seconds of it.

        Where it fails, the installation is left to say so.
        """
        command = ("download", *_DOWNLOAD, str(errand.files), *words)
        step = self._run(sandbox, INSTALL, command, deadline, beat, most=_ALL)
        refuse_unreached(step, _UNREACHED, words[-1], self.shown_settings())
        if step.ok and (page := page_of(step.output, errand.files, words[-1])) is not None:
            errand.keep(page)
        return step.seconds

    def check(self, sandbox: Sandbox, beat: Heartbeat, confinement: Confinement = FREE) -> Step:
        """Ask pip whether all that is installed fits together."""
        return self._run(sandbox, CHECK, ("check",), _SECONDS, beat, confinement, settings=NOTHING)

    def uninstall(
        self,
        sandbox: Sandbox,
        distribution: str,
        beat: Heartbeat,
        confinement: Confinement = FREE,
    ) -> Step:
        """Take a distribution out again."""
        words = ("uninstall", "-y", distribution)
        return self._run(sandbox, UNINSTALL, words, _SECONDS, beat, confinement, settings=NOTHING)

    def shown_settings(self) -> dict[str, str]:
        """Return what was taken over from this machine, without credentials."""
        return self.settings.shown()

    def _run(
        self,
        sandbox: Sandbox,
        name: str,
        words: tuple[str, ...],
        deadline: float,
        beat: Heartbeat,
        confinement: Confinement = FREE,
        *,
        settings: InstallSettings | None = None,
        most: int = OUTPUT_LIMIT,
    ) -> Step:
        """Run the environment's own pip, unless what ran before has put another Python there."""
        if reason := sandbox.taken_over:
            return Step(name, StepState.FAILED, 0.0, reason)
        return run_step(
            name,
            sandbox.python(*_PIP, *words),
            deadline=deadline,
            env=sandbox.environment() | (settings or self.settings).for_pip(),
            cwd=sandbox.work,
            confinement=confinement.without_memory(),
            while_running=beat,
            most=most,
        )


def _only_pip(sandbox: Sandbox) -> bool:
    found = [path for site in sandbox.sites for path in site.glob("*.dist-info")]
    return all(_DIST_INFO.fullmatch(path.name) for path in found)


def _address(wheel: Path, sha256: str) -> str:
    return f"{wheel.resolve().as_uri()}#sha256={sha256}"


def create_environment(sandbox: Sandbox, python: str) -> None:
    """Make an environment with pip only, without asking any index.

    It is done in this process: loading virtualenv takes as long as all that it does. The Pythons
    that it asks what they are have their temporary files in the sandbox, and end with it.
    """
    # Slow, and not for every session.
    from virtualenv import __version__ as version  # noqa: PLC0415
    from virtualenv import cli_run  # noqa: PLC0415

    quick = ("--no-periodic-update", "--no-download", "--activators", "", "--no-vcs-ignore")
    words = ["--quiet", "--no-setuptools", *quick, "--python", python, str(sandbox.prefix)]
    if Version(version) < _WITHOUT_WHEEL:
        words.insert(0, "--no-wheel")
    env = _virtualenv_variables() | {"TMPDIR": str(sandbox.tmp)}
    cli_run(words, setup_logging=False, env=env)


def _virtualenv_variables() -> dict[str, str]:
    """Return what virtualenv sees: where its caches are, and none of the user's preferences."""
    known = {name: os.environ[name] for name in _FOR_VIRTUALENV if name in os.environ}
    fixed = {"VIRTUALENV_CONFIG_FILE": os.devnull}
    return {name: os.environ[name] for name in PASSED_ON if name in os.environ} | known | fixed
