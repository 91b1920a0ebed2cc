"""What a command line names: this package, a second copy of it, or what only looks like tests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from release_tests.errors import SelectionError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

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
    base, by_name = config.invocation_params.dir, config.getoption("pyargs")
    return any(is_of_gates(base, arg, by_name=by_name) for arg in config.args)


def is_of_gates(base: Path, arg: str, *, by_name: bool) -> bool:
    """Whether *arg*, relative to *base*, names this package, by path or where allowed by name."""
    path = arg.partition("::")[0]
    named = by_name and path.partition(".")[0] == PACKAGE.name
    return named or _inside(base / path) is not None


def are_gates_only(config: pytest.Config, known: argparse.Namespace) -> bool:
    """Whether the arguments parsed name tests, and these are gates' alone."""
    base, named = config.invocation_params.dir, known.file_or_dir
    return bool(named) and all(is_of_gates(base, one, by_name=known.pyargs) for one in named)


def _inside(path: Path) -> Path | None:
    """Return where *path* lies inside a copy of this package, None if it does not."""
    resolved = path.resolve()
    for directory in (resolved, *resolved.parents):
        is_copy = directory.name == PACKAGE.name and (directory / _MARK).is_file()
        if directory == PACKAGE or is_copy:
            return resolved.relative_to(directory)
    return None


def refuse_misread(config: pytest.Config, parser: pytest.Parser) -> None:
    """Raise SelectionError where pytest would take the value of an option for a place of tests.

    A conftest file brings the options after pytest has split the command line, so that of
    ``--wheel-dir DIR`` it takes DIR for tests: it runs the conftest files there, and breaks where
    it may not look for them.
    """
    if not _brought_by_conftest(config):
        return
    taken = {Path(word) for word in config.known_args_namespace.file_or_dir}
    given = parser.parse_known_args([*config.invocation_params.args])
    for path in {*given.wheel_dir, *given.wheel} & taken:
        if reason := _why_not(config.invocation_params.dir / path):
            raise SelectionError(
                f"{path}: pytest takes it for a place of tests, and {reason}",
                remedy="Write the option and its value as one word, as in --wheel-dir=DIR, or "
                "install this project.",
            )


def _brought_by_conftest(config: pytest.Config) -> bool:
    names = (name for name, _ in config.pluginmanager.list_name_plugin())
    return any(Path(name).name == "conftest.py" for name in names)


def _why_not(path: Path) -> str:
    """Return why pytest must not look for conftest files at *path*; empty if it may."""
    try:
        foreign = [file for file in _conftests(path) if file.is_file()]
    except OSError as error:
        return f"cannot look for a conftest.py there: {error.strerror}"
    return f"would run {foreign[0]}" if foreign else ""


def _conftests(path: Path) -> Iterator[Path]:
    """Yield where pytest looks for conftest files, but for those that it has read for the gates."""
    directory = path if path.is_dir() else path.parent
    for place in (directory, *directory.parents, *directory.glob("test*")):
        if place not in PACKAGE.parents:
            yield place / "conftest.py"
