"""Where the policy stands, and how it is read: the nearest pyproject.toml, or a file of its own."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from release_tests.decoding import decode
from release_tests.errors import PolicyError
from release_tests.policy.model import Policy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

TABLE = ("tool", "release-gates")
_ANOTHER = "Mend the file, or name another with --release-config."


@dataclass(frozen=True, slots=True)
class PolicySource:
    """A policy and the file that it stands in; no file means that every default holds."""

    policy: Policy
    path: Path | None

    def __str__(self) -> str:
        """Return the file, as it is shown in headers and reports."""
        return str(self.path) if self.path else "none (every default holds)"


def load(path: Path) -> PolicySource:
    """Read the policy in *path*, a pyproject.toml or a file of its own; raise PolicyError."""
    found = _read(path)
    if path.name == "pyproject.toml":
        found = _dig(found, TABLE) or {}
    elif _dig(found, TABLE) is not None:
        raise PolicyError(
            f"{path}: there is a table `[{'.'.join(TABLE)}]`, as in a pyproject.toml",
            remedy="In a file of its own every key stands without it, and a table as `[install]`.",
        )
    try:
        return PolicySource(decode(Policy, ".".join(TABLE), found), path)
    except PolicyError as error:
        raise PolicyError(f"{path}: {error.what}", remedy=error.remedy) from None


def find(directories: Iterable[Path], invocation: Path) -> PolicySource:
    """Find the policy of the project that is being released.

    Looked for is the nearest pyproject.toml with a ``[tool.release-gates]`` table, from each of
    *directories* (where the artifacts lie) upwards, then from *invocation* upwards. Two
    directories with different policies raise PolicyError.
    """
    found = {path for start in directories if (path := _nearest(start)) is not None}
    if len(found) > 1:
        raise PolicyError(
            "the artifacts belong to projects with different policies: "
            + ", ".join(sorted(map(str, found))),
            remedy="Verify them one project at a time, or name one policy with --release-config.",
        )
    path = next(iter(found), None) or _nearest(invocation)
    return load(path) if path else PolicySource(Policy(), None)


def _nearest(start: Path) -> Path | None:
    return next((path for path in _candidates(start) if _dig(_read(path), TABLE) is not None), None)


def _candidates(start: Path) -> Iterator[Path]:
    resolved = start.resolve()
    for directory in (resolved, *resolved.parents):
        path = directory / "pyproject.toml"
        if path.is_file():
            yield path


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as stream:
            return tomllib.load(stream)
    except OSError as error:
        raise PolicyError(
            f"{path}: cannot be read: {error.strerror or error}", remedy=_ANOTHER
        ) from error
    except (ValueError, RecursionError) as error:  # no UTF-8, no TOML, or beyond all measure
        raise PolicyError(f"{path}: cannot be read as TOML: {error}", remedy=_ANOTHER) from error


def _dig(data: Mapping[str, Any], names: Iterable[str]) -> Any:
    value: Any = data
    for name in names:
        if not isinstance(value, dict) or name not in value:
            return None
        value = value[name]
    return value
