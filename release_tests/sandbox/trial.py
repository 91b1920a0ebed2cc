"""Installs one wheel in a clean environment as users will, imports it, and tells what happened."""

from __future__ import annotations

import dataclasses
import time
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from release_tests.archive.digest import sha256_of
from release_tests.sandbox.environment import clean_environment
from release_tests.sandbox.importing import distributions, import_module
from release_tests.sandbox.observed import ImportReport, Step, StepState, Trial
from release_tests.sandbox.pip import Pip
from release_tests.sandbox.progress import Heartbeat, quiet
from release_tests.sandbox.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from release_tests.policy import InstallPolicy, Policy
    from release_tests.sandbox.environment import Sandbox
    from release_tests.sandbox.interpreter import Interpreter
    from release_tests.sandbox.progress import Say

LIST = "list distributions"


def try_install(
    wheel: Path,
    *,
    sha256: str,
    distribution: str,
    modules: Sequence[str],
    interpreter: Interpreter,
    policy: Policy,
    scratch: Path | None = None,
    say: Say = quiet,
) -> Trial:
    """Install exactly the bytes with this SHA-256, and import each of *modules*.

    The environment is made in *scratch*, by default the system's temporary directory, and gone
    afterwards. *say* gets a line when a step begins and every ten seconds. Raises
    IndexUnavailable when the dependencies' index did not answer, and ReleaseGatesError when no
    environment could be made.
    """
    settings = read_settings(policy)
    blank = Trial(wheel.name, sha256, "", interpreter, settings=settings.shown())
    beat = _begin(say, f"{wheel.name}: environment with Python {interpreter.version}")
    with clean_environment(interpreter.executable, parent=scratch, while_running=beat) as sandbox:
        trial = dataclasses.replace(blank, sha256=_digest(wheel))
        if trial.sha256 != sha256:
            return trial
        trial = _install(trial, wheel, Pip(sandbox, settings), policy.install, say)
        return _import_all(trial, modules, distribution, sandbox, policy.install, say)


def _install(trial: Trial, wheel: Path, pip: Pip, policy: InstallPolicy, say: Say) -> Trial:
    """Install, then see what pip and the metadata say; what fails ends it there."""
    beat = _begin(say, f"{wheel.name}: pip install")
    install = pip.install(wheel, trial.sha256, policy.deadline, beat)
    if not install.ok:
        return dataclasses.replace(trial, steps=(install,))
    check = pip.check(_begin(say, f"{wheel.name}: pip check"))
    listed, installed = _list(pip.sandbox)
    return dataclasses.replace(trial, steps=(install, check, listed), installed=installed)


def _list(sandbox: Sandbox) -> tuple[Step, dict[str, str]]:
    started = time.monotonic()
    found = distributions(sandbox)
    seconds = time.monotonic() - started
    if found is None:
        why = "the environment's Python no longer tells what is installed in it"
        return Step(LIST, StepState.FAILED, seconds, why), {}
    named = {canonicalize_name(name): version for name, version in sorted(found.items())}
    return Step(LIST, StepState.OK, seconds), named


def _import_all(  # noqa: PLR0913 - the steps share no more than this
    trial: Trial,
    modules: Sequence[str],
    distribution: str,
    sandbox: Sandbox,
    policy: InstallPolicy,
    say: Say,
) -> Trial:
    if not trial.step(LIST).ok:
        return trial

    def one(module: str) -> ImportReport:
        return import_module(
            sandbox,
            module,
            distribution=distribution,
            deadline=policy.import_deadline,
            while_running=_begin(say, f"{trial.file_name}: import {module}"),
        )

    return dataclasses.replace(trial, imports=tuple(map(one, modules)))


def _begin(say: Say, step: str) -> Heartbeat:
    say(step)
    return Heartbeat(say, step)


def _digest(wheel: Path) -> str:
    """Return the digest right now, empty when the file can no longer be read."""
    try:
        return sha256_of(wheel)
    except OSError:
        return ""
