"""Whether a command line names the gates: this package, or a second copy of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

PACKAGE = Path(__file__).resolve().parent
_MARK = "plugin.py"


def of_this_copy(base: Path, arg: str) -> str:
    """Return *arg*, relative to *base*; what it names of another copy is named in this one."""
    path, separator, rest = arg.partition("::")
    inside = None if arg.startswith("-") else _inside(base / path)
    if inside is None or (base / path).resolve() == PACKAGE / inside:
        return arg
    return f"{PACKAGE / inside}{separator}{rest}"


def names_gates(config: pytest.Config) -> bool:
    """Whether the command line names this package, by path or by name."""
    paths = [arg.partition("::")[0] for arg in config.args]
    named = config.getoption("pyargs") and any(
        path.partition(".")[0] == PACKAGE.name for path in paths
    )
    return named or any(_inside(config.invocation_params.dir / path) is not None for path in paths)


def _inside(path: Path) -> Path | None:
    """Return where *path* lies inside a copy of this package, None if it does not."""
    resolved = path.resolve()
    for directory in (resolved, *resolved.parents):
        is_copy = directory.name == PACKAGE.name and (directory / _MARK).is_file()
        if directory == PACKAGE or is_copy:
            return resolved.relative_to(directory)
    return None
