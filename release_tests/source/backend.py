"""Asks a project's build back end for the version, through its metadata hook.

That runs the source's own code, so it happens in a clean environment that holds the project's
build requirements and nothing else, on a copy of the tree: back ends write into it.
"""

from __future__ import annotations

import shutil
import stat
import warnings
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from build import BuildBackendException, BuildException, ProjectBuilder
from pyproject_hooks import BackendUnavailable, HookMissing

from release_tests.archive import limits
from release_tests.archive.metadata import parse_metadata
from release_tests.errors import CommandError, CommandTimedOut, ReleaseGatesError
from release_tests.sandbox.clean import clean_environment
from release_tests.sandbox.confinement import confinement
from release_tests.sandbox.installers import installer_for
from release_tests.sandbox.interpreter import running
from release_tests.sandbox.scene import begun
from release_tests.source.facts import Unanswered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from release_tests.policy import Policy
    from release_tests.sandbox.environment import Sandbox
    from release_tests.sandbox.installer import Installer
    from release_tests.sandbox.progress import Say

_LEFT_OUT = "pyvenv.cfg"
_SHOWN_LINES = 5


class _NotAsked(Exception):
    """Why the hook was not called, or gave nothing."""


def built_version(directory: Path, policy: Policy, say: Say) -> str | Unanswered:
    """Return the version that the metadata hook of the back end gives, or why there is none.

    Nothing is written to *directory*. It never raises: that the back end does not say it is an
    answer, too.
    """
    say(f"{directory.name}: asking the build back end for the version")
    try:
        installer = installer_for(policy.install)
        with clean_environment(installer, running()) as sandbox:
            tree = _copied(directory, sandbox.work / "source")
            builder = _builder(tree, sandbox, policy)
            out = sandbox.work / "metadata"
            return _version(
                _metadata(builder, out, partial(_install, installer, sandbox, policy, say))
            )
    except _NotAsked as error:
        return Unanswered(str(error))
    except (BuildException, BuildBackendException) as error:
        return Unanswered(_reason(error))
    except (OSError, ReleaseGatesError) as error:
        return Unanswered(str(error).partition("\n")[0])


def _copied(directory: Path, to: Path) -> Path:
    """Copy the tree with its history, without the virtual environments in it."""

    def left_out(parent: str, names: list[str]) -> list[str]:
        return [name for name in names if (Path(parent) / name / _LEFT_OUT).exists()]

    shutil.copytree(directory, to, symlinks=True, ignore=left_out)
    return to


def _builder(tree: Path, sandbox: Sandbox, policy: Policy) -> ProjectBuilder:
    """Return what calls the hooks, in the limits of all code that is not ours."""
    confined = confinement(policy.install)

    def runner(
        cmd: Sequence[str], cwd: str | None = None, extra_environ: Mapping[str, str] | None = None
    ) -> None:
        confined.run(
            cmd,
            deadline=policy.source.deadline,
            env=sandbox.environment() | dict(policy.source.env) | dict(extra_environ or {}),
            cwd=Path(cwd or tree),
            check=True,
        )

    return ProjectBuilder(tree, str(sandbox.scripts / "python"), runner)


def _metadata(builder: ProjectBuilder, out: Path, install: Callable[[Iterable[str]], None]) -> Path:
    """Install what the build requires, in its two steps, and return the hook's METADATA."""
    out.mkdir()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the back end's own, about its configuration
        install(builder.build_system_requires)
        install(builder.get_requires_for_build("wheel"))
        found = builder.prepare("wheel", out)
    if found is None:
        raise _NotAsked("it has no hook that tells the metadata without a build")
    return out / Path(found).name / "METADATA"


def _install(
    installer: Installer, sandbox: Sandbox, policy: Policy, say: Say, requirements: Iterable[str]
) -> None:
    """Install requirements of the build; raise _NotAsked with the installer's last word."""
    wanted = sorted(requirements)
    if not wanted:
        return
    step = f"installing what the build requires: {', '.join(wanted)}"
    done = installer.fetch(sandbox, wanted, policy.install.deadline, begun(say, step))
    if not done.ok:
        last = done.output.rpartition("\n")[2]
        raise _NotAsked(f"the build requirements {', '.join(wanted)} were not installed: {last}")


def _version(metadata: Path) -> str | Unanswered:
    """Read what the hook left, which may be anything."""
    found = metadata.lstat()
    if not stat.S_ISREG(found.st_mode) or found.st_size > limits.PARSED:
        return Unanswered("what the hook left as METADATA is no file, or too large")
    stated = parse_metadata(metadata.read_bytes()).raw.get("version")
    return stated or Unanswered("the METADATA that the hook left states no version")


def _reason(error: Exception) -> str:
    """Return the last lines of what the back end wrote, or what is wrong with its declaration."""
    cause = error.exception if isinstance(error, BuildBackendException) else error
    if isinstance(cause, BackendUnavailable | HookMissing):
        return f"the build back end cannot be used: {cause}"
    if isinstance(cause, CommandTimedOut):
        return f"its hook was killed after {cause.deadline:g} s"
    output = cause.output if isinstance(cause, CommandError) else str(cause)
    return "\n".join(output.strip().splitlines()[-_SHOWN_LINES:]) or type(cause).__name__
