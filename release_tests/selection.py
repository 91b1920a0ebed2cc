"""Which files are verified, or published: those of directories, and those named one by one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from release_tests.errors import SelectionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DEFAULT_DIRECTORY = "dist"
SUFFIXES = (".whl", ".tar.gz")


def select(
    wheel_dirs: Sequence[Path], wheels: Sequence[Path], fetched: Sequence[Path] = ()
) -> list[Path]:
    """Return the files to verify, each once, sorted by name; ``dist`` when nothing is said.

    Of a directory these are the entries that end with ``.whl`` or ``.tar.gz``, in any case,
    whatever they are. A file named by itself is one whatever it is called. Raises SelectionError
    when a directory holds nothing, or when two files have one name: a release can hold only one
    of them.
    """
    directories = list(wheel_dirs)
    if not (directories or wheels or fetched):
        directories = [Path(DEFAULT_DIRECTORY)]
    inside = {directory: _inside(directory) for directory in directories}
    empty = [directory for directory, paths in inside.items() if not paths]
    if empty:
        raise _nothing(empty)
    found = [path for paths in inside.values() for path in paths]
    found += [*map(_named, wheels), *fetched]
    unique = {_absolute(path): path for path in found}
    _refuse_namesakes(unique)
    return sorted(unique, key=lambda path: (path.name, path))


def _inside(directory: Path) -> list[Path]:
    try:
        entries = sorted(directory.iterdir())
    except OSError as error:
        raise SelectionError(
            f"{directory}: the directory of wheels cannot be read: {error.strerror}",
            remedy="Build the wheels first, or name where they are with --wheel-dir DIR, "
            "--wheel FILE or --fetch REQUIREMENT.",
        ) from error
    return [path for path in entries if path.name.lower().endswith(SUFFIXES)]


def _named(path: Path) -> Path:
    try:
        path.lstat()
    except FileNotFoundError:
        raise SelectionError(f"{path}: there is no such file", remedy="Check --wheel.") from None
    except OSError as error:
        raise SelectionError(
            f"{path}: it cannot be looked at: {error.strerror}",
            remedy="Check --wheel, and who may read the directories on the way.",
        ) from error
    return path


def _absolute(path: Path) -> Path:
    """Return where the file is, links in directories resolved, a link as the file kept."""
    return path.parent.resolve() / path.name


def _nothing(directories: Iterable[Path]) -> SelectionError:
    places = ", ".join(map(str, directories))
    return SelectionError(
        f"there is no wheel and no sdist in {places}, so there is nothing to verify",
        remedy="Build the wheels first, or name where they are with --wheel-dir DIR, "
        "--wheel FILE or --fetch REQUIREMENT.",
    )


def _refuse_namesakes(paths: Iterable[Path]) -> None:
    by_name: dict[str, Path] = {}
    for path in paths:
        if other := by_name.get(path.name):
            raise SelectionError(
                f"two files are named {path.name}: {other} and {path}",
                remedy="A release holds one file of a name. Name only the directory that goes out.",
            )
        by_name[path.name] = path
