"""What a project asks of its releases at GitHub: the table ``github`` of the policy."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from typing import Any

from release_tests.decoding import OneOf, boolean, key, seconds, text, url
from release_tests.errors import PolicyError

AUTO = "auto"
LATEST = (AUTO, "true", "false", "legacy")
"""What decides whether a release is the repository's latest one."""

_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+")
_FIELDS = frozenset({"version", "name"})
_REMEDY = "docs/github.md has examples."


def repository(where: str, value: Any) -> str:
    """Decode a repository, as in `owner/name`."""
    found = text(where, value)
    if not _REPOSITORY.fullmatch(found):
        raise PolicyError(f"{where}: expected owner/name, found {found!r}", remedy=_REMEDY)
    return found


def template(where: str, value: Any) -> str:
    """Decode a text in which `{version}` and `{name}` (the project) are filled in."""
    found = text(where, value)
    try:
        fields = [field for _, field, *_ in string.Formatter().parse(found) if field is not None]
        filled = found.format(version="1", name="demo")
    except (ValueError, LookupError, AttributeError):
        fields, filled = [""], ""
    if not filled or not _FIELDS.issuperset(fields):
        raise PolicyError(
            f"{where}: expected a text with {{version}} and {{name}} only, found {found!r}",
            remedy=_REMEDY,
        )
    return found


def tag_template(where: str, value: Any) -> str:
    """Decode the tag of a release, in which `{version}`, and perhaps `{name}`, is filled in."""
    found = template(where, value)
    if "{version}" not in found or not _is_tag(found.format(version="1.0", name="demo")):
        raise PolicyError(
            f"{where}: expected what git takes as a tag, with {{version}} in it, found {found!r}",
            remedy=_REMEDY,
        )
    return found


def _is_tag(name: str) -> bool:
    """Whether git takes *name* for a tag (git-check-ref-format)."""
    parts = name.split("/")
    return (
        not re.search(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{", name)
        and not name.startswith("-")
        and not name.endswith(".")
        and all(part and not part.startswith(".") and not part.endswith(".lock") for part in parts)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubPolicy:
    """Where releases are made, and how."""

    repository: str | None = key(
        repository,
        "The repository that gets the release. Without it none is made, with a warning.",
        default=None,
    )
    api_url: str = key(
        url,
        "The REST API; that of an Enterprise Server is `https://HOST/api/v3`.",
        default="https://api.github.com",
    )
    token_env: str | None = key(
        text,
        "The variable, in the environment or in `.env`, that holds the token. By default "
        "`GH_TOKEN`, then `GITHUB_TOKEN`, then what `gh auth token` says.",
        default=None,
    )
    tag: str = key(
        tag_template,
        "The tag. With `{name}` every distribution has a release of its own; without it all files "
        "of a version are in one.",
        default="v{version}",
    )
    title: str | None = key(template, "The title; by default the tag.", default=None)
    target: str | None = key(
        text,
        "The branch or the full commit that the tag is put on, where it does not exist yet. By "
        "default the commit that is checked out where the policy lies.",
        default=None,
    )
    notes_file: str | None = key(
        template, "A file, beside the policy, with the notes, in Markdown.", default=None
    )
    changelog: str | None = key(
        text,
        "The changelog, beside the policy, whose section of this version is the notes. By default "
        "`CHANGELOG.md` if it has one, else the notes are the commits since the last release.",
        default=None,
    )
    draft: bool = key(
        boolean,
        "Whether the release stays a draft, complete, that somebody publishes by hand.",
        default=False,
    )
    adopt_draft: bool = key(
        boolean,
        "Whether a draft that somebody else made for the tag is taken, with its title and its "
        "notes. By default it is a conflict.",
        default=False,
    )
    prerelease: bool | None = key(
        boolean,
        "Whether it is marked as a pre-release; by default as its version is.",
        default=None,
    )
    make_latest: str = key(
        OneOf(LATEST),
        "Whether it becomes the latest release. `auto`: if it is no pre-release and no version "
        "below that of the latest one. Of several releases of one run only one does: that of the "
        "distribution with the shortest name.",
        default=AUTO,
    )
    evidence: bool = key(
        boolean, "Whether the evidence of the gates is attached to it.", default=True
    )
    deadline: float = key(
        seconds,
        "Seconds to wait, all together, for GitHub's rate limits, its lag and its faults.",
        default=1200.0,
    )
