"""The repository beside its releases: who may write, tags, commits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from publisher.errors import Refused
from publisher.github import model
from publisher.github.asking import A_PAGE, done, is_there
from publisher.github.exchange import Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from publisher.github.asking import Asking

# A tag of a tag of a tag: nobody means it, but git allows it.
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit: its full SHA and the first line of its message."""

    sha: str
    title: str


@dataclass(frozen=True, slots=True)
class History:
    """The repository that is asked."""

    asking: Asking

    def repository(self) -> model.Repository:
        """Return the repository; raise Refused when it is not there, or not for this token."""
        answer = self.asking.get()
        if not is_there(answer):
            raise Refused(
                f"{self.asking.line.place}: no such repository, or none that the token may see",
                remedy="Check `repository` and `api-url` in [tool.release-gates.github], and what "
                "the token is for.",
            )
        return model.repository(done(answer, "asking for the repository").json())

    def may_write(self, tag: str, target: str) -> bool:
        """Say whether the token may make releases, without making one.

        GitHub takes the request for generated notes, which are kept nowhere, only from a token
        that may write `contents`.
        """
        request = Request(
            "POST",
            self.asking.line.place.address("releases", "generate-notes"),
            json={"tag_name": tag, "target_commitish": target},
        )
        answer = self.asking.ask(request)
        return answer.status not in (httpx.codes.NOT_FOUND, httpx.codes.FORBIDDEN)

    def immutable_releases(self) -> bool | None:
        """Say whether releases cannot be changed once they are published.

        None when that is not known: only a token that may read the administration sees a yes.
        """
        answer = self.asking.get("immutable-releases")
        if not answer.ok:
            return None
        return model.optional(answer.json(), "enabled", bool)

    def commit_of(self, tag: str) -> str | None:
        """Return the full SHA of the commit that a tag is on, None where there is no such tag."""
        answer = self.asking.get("git", "ref", f"tags/{tag}")
        if not is_there(answer):
            return None
        found = done(answer, f"asking for the tag {tag}").json()
        for _ in range(_DEEPEST):
            aim = model.member(found, "object", dict)
            sha = model.member(aim, "sha", str)
            if model.member(aim, "type", str) != "tag":
                return sha
            found = done(self.asking.get("git", "tags", sha), f"asking for the tag {tag}").json()
        raise Refused(f"{tag} is a tag of a tag of a tag", remedy="Put the tag on a commit.")

    def resolve(self, name: str) -> str | None:
        """Return the full SHA of a branch, a tag or a commit, None where GitHub has none."""
        answer = self.asking.get("commits", name)
        if answer.status in (httpx.codes.NOT_FOUND, httpx.codes.UNPROCESSABLE_ENTITY):
            return None
        return model.member(done(answer, f"asking for {name}").json(), "sha", str)

    def holds(self, head: str, commit: str) -> bool:
        """Say whether *commit* is *head* or one of those before it.

        GitHub does not find the comparison of commits that have no ancestor in common.
        """
        answer = self.asking.get("compare", f"{commit}...{head}")
        if not is_there(answer):
            return False
        found = done(answer, "comparing commits").json()
        return model.member(found, "status", str) in ("ahead", "identical")

    def tags(self) -> Iterator[str]:
        """Yield the name of every tag."""
        for found in self.asking.listed("tags"):
            yield model.member(found, "name", str)

    def since(self, base: str | None, head: str) -> tuple[list[Commit], int]:
        """Return the last commits up to *head* and not in *base*, newest first, and their number.

        Without a *base*, or with one that has no ancestor in common with *head*, as after history
        was written anew, it is the first page of all, and the number is that of those.
        """
        answer = None if base is None else self.asking.get("compare", f"{base}...{head}")
        if answer is None or not is_there(answer):
            return self._last(head)
        found = done(answer, "comparing commits").json()
        commits = [_commit(one) for one in model.member(found, "commits", list)]
        return commits[::-1], model.member(found, "total_commits", int)

    def _last(self, head: str) -> tuple[list[Commit], int]:
        answer = self.asking.get("commits", sha=head, per_page=A_PAGE)
        found = done(answer, f"listing commits of {head}").json()
        commits = [_commit(one) for one in model.items(found, answer.url)]
        return commits, len(commits)


def _commit(found: object) -> Commit:
    message = model.member(model.member(found, "commit", dict), "message", str)
    return Commit(model.member(found, "sha", str), message.partition("\n")[0].strip())
