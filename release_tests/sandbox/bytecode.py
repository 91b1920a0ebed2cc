"""Bytecode of an environment's pip: each command of pip takes half its time to compile it, else.

It is compiled by the environment's own Python while nothing else is installed there, and kept for
environments to come, of this run and of others. What is damaged, or of other sources (PEP 552), is
compiled anew. It is trusted like the installers' caches, which lie beside it: code that may write
there may also write to these.
"""

from __future__ import annotations

import contextlib
import shutil
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
# On a full disk Python may write half of a file, and say nothing: so all are read again.
_COMPILE = """
import compileall, marshal, pathlib, py_compile, sys
mode = py_compile.PycInvalidationMode.CHECKED_HASH
done = compileall.compile_dir(sys.argv[1], quiet=2, invalidation_mode=mode)
for path in pathlib.Path(sys.argv[1]).rglob("__pycache__/*.pyc"):
    marshal.loads(path.read_bytes()[16:])
sys.exit(not done)
"""
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
            if _compiled(sandbox, site / package, beat):
                _keep(site, package, kept)
            else:
                _remove(site / package)


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
            if not all(map(_is_bytecode, archive.namelist())):
                return False
            archive.extractall(site)
        except _DAMAGED:
            return False
    return True


def _is_bytecode(name: str) -> bool:
    """Whether an archive may put it into an environment: nothing that Python runs unasked."""
    return source_of(name) != name and name.endswith(".pyc") and ".." not in name.split("/")


def _compiled(sandbox: Sandbox, directory: Path, beat: Heartbeat) -> bool:
    """Whether all of it could be compiled, and written to its end."""
    command = sandbox.python("-c", _COMPILE, directory)
    try:
        run(
            command,
            deadline=_SECONDS,
            env=sandbox.environment(),
            cwd=sandbox.work,
            while_running=beat,
        )
    except CommandError:
        return False
    return True


def _remove(directory: Path) -> None:
    for place in [*directory.rglob("__pycache__")]:
        shutil.rmtree(place, ignore_errors=True)


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
