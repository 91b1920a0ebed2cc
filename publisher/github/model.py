"""What GitHub says of releases and their assets, read strictly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from release_tests.errors import IndexUnavailable

_T = TypeVar("_T")
_UPLOADED = "uploaded"
_SHA256 = "sha256:"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of a release; ``sha256`` is None where GitHub does not say it.

    ``label`` is what people see in the place of the name, often empty.
    """

    id: int
    name: str
    label: str
    size: int
    state: str
    sha256: str | None

    @property
    def whole(self) -> bool:
        """Whether its upload came to an end; a cut one leaves the state ``starter``."""
        return self.state == _UPLOADED


@dataclass(frozen=True, slots=True)
class Release:
    """A release, or a draft of one; ``target`` is a branch or a commit, as it was given."""

    id: int
    tag: str
    target: str
    title: str
    body: str
    draft: bool
    prerelease: bool
    immutable: bool
    upload_url: str
    page: str
    assets: tuple[Asset, ...]


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository; ``name`` is what it is called by now, after its owner and a slash."""

    name: str
    archived: bool


def asset(found: Any) -> Asset:
    """Return the asset that GitHub describes so; raise IndexUnavailable where it is none."""
    digest = optional(found, "digest", str) or ""
    return Asset(
        id=member(found, "id", int),
        name=member(found, "name", str),
        label=optional(found, "label", str) or "",
        size=member(found, "size", int),
        state=member(found, "state", str),
        sha256=digest.removeprefix(_SHA256).lower() if digest.startswith(_SHA256) else None,
    )


def release(found: Any) -> Release:
    """Return the release that GitHub describes so; raise IndexUnavailable where it is none."""
    return Release(
        id=member(found, "id", int),
        tag=member(found, "tag_name", str),
        target=member(found, "target_commitish", str),
        title=optional(found, "name", str) or "",
        body=optional(found, "body", str) or "",
        draft=member(found, "draft", bool),
        prerelease=member(found, "prerelease", bool),
        immutable=optional(found, "immutable", bool) or False,
        upload_url=member(found, "upload_url", str).partition("{")[0],
        page=member(found, "html_url", str),
        assets=tuple(asset(one) for one in member(found, "assets", list)),
    )


def repository(found: Any) -> Repository:
    """Return the repository that GitHub describes so; raise IndexUnavailable where it is none."""
    return Repository(
        name=member(found, "full_name", str),
        archived=optional(found, "archived", bool) or False,
    )


def items(found: Any, url: str) -> list[Any]:
    """Return the list that *url* answered with; raise IndexUnavailable where it is none."""
    if not isinstance(found, list):
        raise IndexUnavailable(f"{url} is no list", remedy="Check `api-url`.")
    return found


def member(found: Any, name: str, kind: type[_T]) -> _T:
    """Return what *found* has under *name*; raise IndexUnavailable unless it is a *kind*."""
    value = found.get(name) if isinstance(found, dict) else None
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise IndexUnavailable(
            f"GitHub's answer does not hold `{name}` as it should ({kind.__name__})",
            remedy="Check `api-url`; something else than GitHub may be answering.",
        )
    return value


def optional(found: Any, name: str, kind: type[_T]) -> _T | None:
    """Return what *found* has under *name*, None where it has nothing; raise as ``member``."""
    if isinstance(found, dict) and found.get(name) is None:
        return None
    return member(found, name, kind)
