"""Installs one wheel in a clean environment as users will, imports it, and tells what happened."""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass
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
    from pathlib import Path

    from release_tests.policy import InstallPolicy
    from release_tests.sandbox.environment import Sandbox
    from release_tests.sandbox.interpreter import Interpreter
    from release_tests.sandbox.progress import Say

LIST = "list distributions"


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is tried: exactly the bytes with this SHA-256, and the modules that users import."""

    path: Path
    sha256: str
    distribution: str
    modules: tuple[str, ...]


def try_install(
    candidate: Candidate,
    interpreter: Interpreter,
    policy: InstallPolicy,
    *,
    scratch: Path | None = None,
    say: Say = quiet,
) -> Trial:
    """Install the candidate with its dependencies in a clean environment, and import each module.

    The environment is made in *scratch*, by default the system's temporary directory, and gone
    afterwards. *say* gets a line when a step begins and every ten seconds. Raises
    IndexUnavailable when the dependencies' index did not answer, and ReleaseGatesError when no
    environment could be made.
    """
    name = candidate.path.name
    settings = read_settings(policy)
    blank = Trial(name, candidate.sha256, "", interpreter, settings=settings.shown())
    beat = _begin(say, f"{name}: environment with Python {interpreter.version}")
    with clean_environment(interpreter.executable, parent=scratch, while_running=beat) as sandbox:
        trial = dataclasses.replace(blank, sha256=_digest(candidate.path))
        if trial.sha256 != candidate.sha256:
            return trial
        trial = _install(trial, candidate, Pip(sandbox, settings), policy, say)
        return _import(trial, candidate, sandbox, policy, say)


def _install(
    trial: Trial, candidate: Candidate, pip: Pip, policy: InstallPolicy, say: Say
) -> Trial:
    """Install, then see what pip and the metadata say; what fails ends it there."""
    name = candidate.path.name
    beat = _begin(say, f"{name}: pip install")
    install = pip.install(candidate.path, candidate.sha256, policy.deadline, beat)
    if not install.ok:
        return dataclasses.replace(trial, steps=(install,))
    check = pip.check(_begin(say, f"{name}: pip check"))
    listed, installed = _list(pip.sandbox)
    return dataclasses.replace(trial, steps=(install, check, listed), installed=installed)


def _list(sandbox: Sandbox) -> tuple[Step, dict[str, str]]:
    started = time.monotonic()
    found = distributions(sandbox)
    seconds = time.monotonic() - started
    if found is None:
        why = "the environment's Python no longer tells what is installed in it"
        return Step(LIST, StepState.FAILED, seconds, why), {}
    named = {str(canonicalize_name(name)): version for name, version in sorted(found.items())}
    return Step(LIST, StepState.OK, seconds), named


def _import(
    trial: Trial, candidate: Candidate, sandbox: Sandbox, policy: InstallPolicy, say: Say
) -> Trial:
    if not trial.step(LIST).ok:
        return trial

    def one(module: str) -> ImportReport:
        return import_module(
            sandbox,
            module,
            distribution=candidate.distribution,
            deadline=policy.import_deadline,
            while_running=_begin(say, f"{trial.file_name}: import {module}"),
        )

    return dataclasses.replace(trial, imports=tuple(map(one, candidate.modules)))


def _begin(say: Say, step: str) -> Heartbeat:
    say(step)
    return Heartbeat(say, step)


def _digest(wheel: Path) -> str:
    """Return the digest right now, empty when the file can no longer be read."""
    try:
        return sha256_of(wheel)
    except OSError:
        return ""
