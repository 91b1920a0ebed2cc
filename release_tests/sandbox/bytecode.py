"""Bytecode of an environment's pip: each command of pip takes half its time to compile it, else.

It is compiled by the environment's own Python while nothing else is installed there, and kept for
environments to come, of this run and of others. Whatever is kept can do no harm: Python takes it
for a source of the same hash alone (PEP 552) and its own magic number, and what is damaged is
compiled anew.
"""

from __future__ import annotations

import contextlib
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from release_tests.errors import CommandError
from release_tests.process import run

if TYPE_CHECKING:
    from release_tests.sandbox.environment import Sandbox
    from release_tests.sandbox.progress import Heartbeat

_SECONDS = 60.0
_COMPILE = ("-m", "compileall", "-q", "--invalidation-mode", "checked-hash")
# What zipfile raises for what is no archive, or for one that somebody damaged.
_DAMAGED = (ValueError, EOFError, zipfile.BadZipFile, NotImplementedError, RuntimeError)
_UNREADABLE = (OSError, *_DAMAGED)


def give_bytecode(sandbox: Sandbox, package: str, kept: Path, beat: Heartbeat) -> None:
    """Put the bytecode of a *package* of the environment beside its sources.

    It is taken from the archive *kept*; where there is none that is whole, one is made. Without it
    everything works, only slower: so what cannot be compiled or kept is left as it is. Raises
    OSError where the environment has no room.
    """
    for site in sandbox.sites:
        if (site / package).is_dir() and not _taken(kept, site):
            _compile(sandbox, site / package, beat)
            _keep(site, package, kept)


def source_of(path: str) -> str:
    """Return the path of the source that a file has the bytecode of; of any other file its own."""
    directory, _, name = path.rpartition("/__pycache__/")
    return f"{directory}/{name.partition('.')[0]}.py" if directory else path


def _taken(kept: Path, site: Path) -> bool:
    """Whether all of it could be taken; raise OSError where there is no room for it."""
    try:
        archive = zipfile.ZipFile(kept)
    except _UNREADABLE:
        return False
    with archive:
        try:
            archive.extractall(site)
        except _DAMAGED:
            return False
    return True


def _compile(sandbox: Sandbox, directory: Path, beat: Heartbeat) -> None:
    command = sandbox.python(*_COMPILE, directory)
    with contextlib.suppress(CommandError):
        run(
            command,
            deadline=_SECONDS,
            env=sandbox.environment(),
            cwd=sandbox.work,
            while_running=beat,
        )


def _keep(site: Path, package: str, kept: Path) -> None:
    """Keep what was compiled, all of it or nothing."""
    with contextlib.suppress(*_UNREADABLE):
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as name:
            new = Path(name) / kept.name
            with zipfile.ZipFile(new, "w") as archive:
                for path in (site / package).rglob("__pycache__/*.pyc"):
                    archive.write(path, path.relative_to(site))
            new.replace(kept)
