"""What a rehearsal is played on: its files, its policy, and one directory that holds everything."""

from __future__ import annotations

import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import release_tests
from publisher.environment import is_secret
from publisher.loopback import HOST
from release_tests.errors import CallerMistake

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from publisher.desk import Desk
    from release_tests.policy import PolicySource

# They would change what its pytest does.
_HIDDEN = frozenset({"PYTEST_ADDOPTS", "PYTEST_PLUGINS"})


@dataclass(frozen=True, slots=True)
class Stage:
    """One rehearsal; everything that it or its commands write lies in ``place``."""

    paths: tuple[Path, ...]
    source: PolicySource
    place: Path
    desk: Desk

    @property
    def evidence(self) -> Path:
        """Where its gates leave their evidence."""
        return self.place / "evidence"

    @property
    def environment(self) -> dict[str, str]:
        """What its commands run in: none of the publisher's tokens, temporary files in the place.

        That is no variable that the policy or this project reads a token from, none with the
        addresses of who is told, and none that a CI system proves with who it is.
        """
        temporary = self.place / "tmp"
        temporary.mkdir(exist_ok=True)
        kept = {
            name: value
            for name, value in self.desk.environ.items()
            if name not in _HIDDEN and not is_secret(name, self.source.policy)
        }
        return kept | {"TMPDIR": str(temporary)} | _without_proxy(kept)


def require(extra: str, modules: Sequence[str]) -> None:
    """Raise CallerMistake, naming the extra to install, if a module is not installed."""
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing:
        raise CallerMistake(
            f"not installed, and needed here: {', '.join(missing)}",
            remedy=f"Run `pip install 'release-gates[{extra}]'`.",
        )


def import_path(environ: Mapping[str, str]) -> str:
    """Return a PYTHONPATH that finds this very harness, also in a bare checkout."""
    root = str(Path(release_tests.__file__).resolve().parent.parent)
    return os.pathsep.join(filter(None, (root, environ.get("PYTHONPATH", ""))))


def _without_proxy(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what keeps a proxy of this machine out of the way to its own servers."""
    known = environ.get("NO_PROXY") or environ.get("no_proxy") or ""
    value = ",".join(filter(None, (known, HOST, "localhost")))
    return {"NO_PROXY": value, "no_proxy": value}
