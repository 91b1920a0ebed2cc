"""The text of a release: what changed, a table of the files, and how to install them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from release_tests.index.progress import size

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from publisher.artifact import Artifact
    from publisher.github.history import Commit

MOST_CHARACTERS = 125_000
"""The most that GitHub takes for the text of a release."""

_MARK = "<!-- release-gates "
_MARKED = re.compile(rf"\n*{_MARK}([0-9a-f]{{64}}) -->\s*\Z")
_CUT = "\n\n… (cut; the rest is longer than GitHub takes)"
_ROOM_FOR_MARK = 200


@dataclass(frozen=True, slots=True)
class Sources:
    """Where users install from: a simple API, None for pip's own, and further ones."""

    index: str | None = None
    extra: tuple[str, ...] = ()


def body(changes: str, artifacts: Sequence[Artifact], sources: Sources, evidence: str) -> str:
    """Return the whole text, marked as made by this; *evidence* is a line about it, or empty."""
    facts = "\n\n".join(filter(None, [table(artifacts), commands(artifacts, sources), evidence]))
    room = MOST_CHARACTERS - len(facts) - _ROOM_FOR_MARK
    kept = changes if len(changes) <= room else changes[: max(0, room - len(_CUT))] + _CUT
    return marked("\n\n".join(filter(None, [kept.strip(), facts])))


def table(artifacts: Iterable[Artifact]) -> str:
    """Return the files with their sizes and digests."""
    head = "## Files\n\n| File | Size | SHA-256 |\n| --- | --- | --- |"
    rows = (f"| `{one.name}` | {size(one.size)} | `{one.sha256}` |" for one in artifacts)
    return "\n".join([head, *rows])


def commands(artifacts: Iterable[Artifact], sources: Sources) -> str:
    """Return the command that installs each project."""
    options = [f"--index-url {sources.index}"] if sources.index else []
    options += [f"--extra-index-url {url}" for url in sources.extra]
    projects = dict.fromkeys(f"{one.project}=={one.version}" for one in artifacts)
    lines = (" ".join(["pip install", *options, wanted]) for wanted in projects)
    return "\n".join(["## Installation", "", "```", *lines, "```"])


def of_commits(commits: Sequence[Commit], total: int, since: str | None) -> str:
    """Return commits as notes, newest first; *since* is the tag before, None for the first one."""
    head = f"## Changes since {since}" if since else "## Changes"
    lines = [f"- {one.title} ({one.sha[:10]})" for one in commits]
    more = [f"- and {total - len(commits)} more before these"] if total > len(commits) else []
    return "\n".join([head, "", *(lines or ["- none"]), *more])


def marked(text: str) -> str:
    """Return *text* with a mark, which nobody sees, that this wrote it as it is."""
    return f"{text}\n\n{_MARK}{_digest(text)} -->"


def is_ours(text: str) -> bool:
    """Whether this wrote the text, at least at first."""
    return _MARKED.search(text) is not None


def is_edited(text: str) -> bool:
    """Whether somebody changed what this wrote."""
    found = _MARKED.search(text)
    return found is not None and found[1] != _digest(text[: found.start()])


def _digest(text: str) -> str:
    """Return the SHA-256 of a text, whatever line ends a browser gave it."""
    lines = (line.rstrip() for line in text.strip().splitlines())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
