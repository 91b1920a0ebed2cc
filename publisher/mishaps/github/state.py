"""What a repository at GitHub holds: commits, tags, releases and their assets."""

from __future__ import annotations

import hashlib
import itertools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OWNER, NAME = "example", "demo"
WRITER, READER = "ghp_writer0123456789abcdef", "ghp_reader0123456789abcdef"


@dataclass
class StoredAsset:
    """A file as GitHub keeps it; ``state`` is ``uploaded`` or, of a cut upload, ``starter``."""

    id: int
    name: str
    label: str | None
    data: bytes
    state: str = "uploaded"
    kind: str = "application/octet-stream"
    digested: bool = True

    @property
    def digest(self) -> str | None:
        """What GitHub says of the bytes; of old assets, and of no bytes, it says nothing."""
        if not self.digested or self.state != "uploaded":
            return None
        return f"sha256:{hashlib.sha256(self.data).hexdigest()}"


@dataclass
class StoredRelease:
    """A release as GitHub keeps it; ``seen`` is when lists begin to show it as it is."""

    id: int
    tag: str
    target: str
    title: str | None
    body: str | None
    draft: bool
    prerelease: bool
    latest: str = "true"
    immutable: bool = False
    seen: float = 0.0
    assets: list[StoredAsset] = field(default_factory=list)


@dataclass
class Tag:
    """A tag on a commit; an annotated one is an object of its own."""

    commit: str
    annotation: str | None = None


@dataclass
class Repository:
    """One repository and the rules that hold for it; ``clock`` gives seconds for its lag."""

    clock: Callable[[], float]
    releases: dict[int, StoredRelease] = field(default_factory=dict)
    tags: dict[str, Tag] = field(default_factory=dict)
    commits: list[tuple[str, str]] = field(default_factory=list)
    branches: dict[str, str] = field(default_factory=dict)
    burned: set[str] = field(default_factory=set)
    permissions: dict[str, bool] = field(default_factory=lambda: {WRITER: True, READER: False})
    immutable: bool = False
    private: bool = False
    archived: bool = False
    lag: float = 0.0
    page: int = 100
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1001))

    def commit(self, message: str) -> str:
        """Add a commit to main and return its SHA."""
        sha = hashlib.sha1(f"{len(self.commits)} {message}".encode()).hexdigest()  # noqa: S324
        self.commits.append((sha, message))
        self.branches["main"] = sha
        return sha

    def is_of_main(self, sha: str) -> bool:
        """Whether it is a commit of main; of any other the history has no ancestor in common."""
        return any(sha == one for one, _ in self.commits)

    def resolve(self, name: str) -> str | None:
        """Return the commit that a branch, a tag or a (short) SHA names."""
        if name in self.branches:
            return self.branches[name]
        if name.removeprefix("tags/") in self.tags:
            return self.tags[name.removeprefix("tags/")].commit
        short = re.fullmatch(r"[0-9a-f]{7,40}", name)
        return next((sha for sha, _ in self.commits if short and sha.startswith(name)), None)

    def place_of(self, sha: str) -> int:
        """Return which commit of main it is, from the first on."""
        return next(at for at, (one, _) in enumerate(self.commits) if one == sha)

    def of_tag(self, tag: str) -> list[StoredRelease]:
        """Return every release and draft of a tag."""
        return [one for one in self.releases.values() if one.tag == tag]

    def published(self, tag: str) -> StoredRelease | None:
        """Return the published release of a tag."""
        return next((one for one in self.of_tag(tag) if not one.draft), None)

    def add(self, tag: str, **fields: object) -> StoredRelease:
        """Place a release, past any request; a published one gets its tag."""
        given = {"target": "main", "title": tag, "body": "by hand", "draft": True} | fields
        release = StoredRelease(next(self.ids), tag, prerelease=False, **given)  # type: ignore[arg-type]
        self.releases[release.id] = release
        if not release.draft:
            self.tags.setdefault(tag, Tag(self.resolve(release.target) or ""))
        return release

    def attach(self, release: StoredRelease, name: str, data: bytes, **fields: object) -> None:
        """Place an asset, past any request."""
        release.assets.append(
            StoredAsset(next(self.ids), name, None, data, **fields)  # type: ignore[arg-type]
        )
