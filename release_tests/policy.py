"""What a project asks of its releases: a frozen policy, decoded from TOML.

In a pyproject.toml the policy is the table ``[tool.release-gates]``; in a file of its own the same
tables stand at the top level. Every key is declared once, on the dataclass below that holds it:
its name as users type it (kebab case), how it is decoded, its default and what it means. The
page docs/policy.md is generated from these declarations.
"""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
import json
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, TypeVar

from release_tests.errors import PolicyError

if TYPE_CHECKING:
    from pathlib import Path

TABLE = ("tool", "release-gates")

_KINDS: Mapping[type, str] = {
    bool: "a boolean",
    str: "a string",
    dict: "a table",
    list: "a list",
    **dict.fromkeys((int, float), "a number"),
    **dict.fromkeys((datetime, date, time), "a date or a time"),
}
"""Everything that a value of TOML can be."""

_TEN_YEARS = 10 * 365 * 24 * 3600

_T = TypeVar("_T")
Decoder = Callable[[str, Any], Any]


def _fail(where: str, expected: str, value: object) -> PolicyError:
    return PolicyError(
        f"{where}: expected {expected}, found {_KINDS[type(value)]} ({value!r})",
        remedy="docs/policy.md lists every key with its type and default.",
    )


def text(where: str, value: Any) -> str:
    """Decode a string that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise _fail(where, "a string that is not empty", value)
    return value


def texts(where: str, value: Any) -> tuple[str, ...]:
    """Decode a list of strings."""
    if not isinstance(value, list):
        raise _fail(where, "a list of strings", value)
    return tuple(text(f"{where}[{at}]", item) for at, item in enumerate(value))


def seconds(where: str, value: Any) -> float:
    """Decode a number of seconds, greater than 0 and at most ten years."""
    return _span(where, value, most=_TEN_YEARS)


def hours(where: str, value: Any) -> float:
    """Decode a number of hours, greater than 0 and at most ten years."""
    return _span(where, value, most=_TEN_YEARS // 3600)


def _span(where: str, value: Any, *, most: int) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise _fail(where, "a number greater than 0", value)
    if value > most:
        # Clocks and calendars end somewhere beyond; nobody means it.
        raise _fail(where, f"at most {most}, which is ten years", value)
    return float(value)


def url(where: str, value: Any) -> str:
    """Decode an http or https address; a simple API's address ends with a slash."""
    if not isinstance(value, str) or not value.startswith(("http://", "https://")):
        raise _fail(where, "an address that begins with http:// or https://", value)
    return value


def table(kind: type[_T]) -> Decoder:
    """Decode a table into the dataclass *kind*."""
    return lambda where, value: decode(kind, where, value)


def key(decoder: Decoder, meaning: str, *, default: Any) -> Any:
    """Declare a key of the policy: how it is decoded, what it means, what holds without it."""
    metadata = {"decoder": decoder, "meaning": meaning}
    if callable(default):
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPolicy:
    """Where an index is, and where its credentials are."""

    repository: str | None = key(
        text,
        "The index's name in twine's own table of repositories or in `.pypirc`.",
        default=None,
    )
    upload_url: str | None = key(
        url, "Where files are uploaded, when the index is known by no name.", default=None
    )
    simple_url: str | None = key(
        url, "The root of its simple API, when it cannot be told from the name.", default=None
    )
    username: str = key(text, "The user name that goes with the token.", default="__token__")
    token_env: str | None = key(
        text, "The variable, in the environment or in `.env`, that holds the token.", default=None
    )
    deadline: float = key(
        seconds,
        "Seconds to wait until an uploaded file appears; ten to fifteen minutes are normal.",
        default=1200.0,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexesPolicy:
    """The two indexes of a release."""

    staging: IndexPolicy = key(
        table(IndexPolicy),
        "Where files go first and are fetched back from. By default TestPyPI, by its name.",
        default=IndexPolicy,
    )
    production: IndexPolicy = key(
        table(IndexPolicy),
        "Where users install from. By default PyPI, by its name.",
        default=IndexPolicy,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallPolicy:
    """How the install gate installs and imports."""

    index_url: str | None = key(
        url,
        "The simple API that dependencies come from; by default the one that pip on this machine "
        "is set up for.",
        default=None,
    )
    deadline: float = key(
        seconds, "Seconds for the installation with its dependencies.", default=1800.0
    )
    import_deadline: float = key(seconds, "Seconds for the import of one module.", default=120.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What this project asks for; without a file, every default."""

    imports: tuple[str, ...] | None = key(
        texts,
        "The modules that users import: each must be in the wheel and is imported after the "
        "installation. By default the wheel's top-level packages and modules.",
        default=None,
    )
    top_level: tuple[str, ...] | None = key(
        texts,
        "The only top-level names that the wheel may install. By default any that do not look "
        "like leftovers (`tests`, `docs`, `setup.py`, …).",
        default=None,
    )
    version_modules: tuple[str, ...] | None = key(
        texts,
        "The modules whose `__version__` must be the release's. By default the module named like "
        "the project, or the only one there is.",
        default=None,
    )
    max_age_hours: float = key(
        hours, "How old evidence may be, in hours, when it is published on.", default=72.0
    )
    install: InstallPolicy = key(
        table(InstallPolicy), "How the install gate works.", default=InstallPolicy
    )
    indexes: IndexesPolicy = key(
        table(IndexesPolicy), "Where the release goes.", default=IndexesPolicy
    )

    def fingerprint(self) -> str:
        """SHA-256 of what the gates are judged by, as hex; where the release goes is no part."""
        facts = dataclasses.asdict(self)
        for name in ("indexes", "max_age_hours"):
            del facts[name]
        canonical = json.dumps(facts, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class PolicySource:
    """A policy and the file that it stands in; no file means that every default holds."""

    policy: Policy
    path: Path | None

    def __str__(self) -> str:
        """Return the file, as it is shown in headers and reports."""
        return str(self.path) if self.path else "none (every default holds)"


def decode(kind: type[_T], where: str, value: Any) -> _T:
    """Decode the table *value* into the dataclass *kind*; raise PolicyError naming the key."""
    if not isinstance(value, dict):
        raise _fail(where, "a table", value)
    keys = {name_of(item): item for item in dataclasses.fields(kind)}  # type: ignore[arg-type]
    for name in value:
        if name not in keys:
            raise _unknown(where, name, keys)
    return kind(
        **{
            keys[name].name: keys[name].metadata["decoder"](f"{where}.{name}", item)
            for name, item in value.items()
        }
    )


def name_of(declared: dataclasses.Field[Any]) -> str:
    """Return the name of a declared key as users type it."""
    return declared.name.replace("_", "-")


def _unknown(where: str, name: str, known: Iterable[str]) -> PolicyError:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"Did you mean `{near[0]}`?" if near else f"Known here: {', '.join(sorted(known))}."
    return PolicyError(f"{where}: unknown key `{name}`", remedy=hint)


def load(path: Path) -> PolicySource:
    """Read the policy in *path*, a pyproject.toml or a file of its own; raise PolicyError."""
    found = _read(path)
    if path.name == "pyproject.toml":
        found = _dig(found, TABLE) or {}
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
    except (
        OSError,
        ValueError,
        RecursionError,
    ) as error:  # no UTF-8, no TOML, or beyond all measure
        raise PolicyError(
            f"{path}: cannot be read as TOML: {error}",
            remedy="Mend the file, or name another with --release-config.",
        ) from error


def _dig(data: Mapping[str, Any], names: Iterable[str]) -> Any:
    value: Any = data
    for name in names:
        if not isinstance(value, dict) or name not in value:
            return None
        value = value[name]
    return value
