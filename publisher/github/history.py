"""The repository beside its releases: who may write, tags, commits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from publisher.errors import Refused
from publisher.github import model, refusals
from publisher.github.line import Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from publisher.github.line import Answer, Line
    from publisher.github.patience import Patience
    from publisher.github.releases import Releases

_A_PAGE = 100
# A tag of a tag of a tag: nobody means it, but git allows it.
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit: its full SHA and the first line of its message."""

    sha: str
    title: str


@dataclass(frozen=True, slots=True)
class History:
    """What is asked of the repository that the line leads to."""

    line: Line
    patience: Patience

    def repository(self) -> model.Repository:
        """Return the repository; raise Refused when it is not there, or not for this token."""
        answer = self._asked()
        if answer.status == httpx.codes.NOT_FOUND:
            raise Refused(
                f"{self.line.place}: there is no such repository, or the token may not see it",
                remedy="Check `repository` and `api-url` in [tool.release-gates.github], and what "
                "the token is for.",
            )
        return model.repository(_done(answer, "asking for the repository").json())

    def may_write(self, tag: str, target: str) -> bool:
        """Say whether the token may make releases, without making one.

        GitHub takes the request for generated notes, which are kept nowhere, only from a token
        that may write `contents`.
        """
        request = Request(
            "POST",
            self.line.place.address("releases", "generate-notes"),
            json={"tag_name": tag, "target_commitish": target},
        )
        answer = self.patience.insist(lambda: self.line.once(request))
        return answer.status not in (httpx.codes.NOT_FOUND, httpx.codes.FORBIDDEN)

    def immutable_releases(self) -> bool | None:
        """Say whether releases cannot be changed once they are published.

        None when that is not known: only a token that may read the administration sees a yes.
        """
        answer = self._asked("immutable-releases")
        if not answer.ok:
            return None
        return model.optional(answer.json(), "enabled", bool)

    def commit_of(self, tag: str) -> str | None:
        """Return the full SHA of the commit that a tag is on, None where there is no such tag."""
        answer = self._asked("git", "ref", f"tags/{tag}")
        if answer.status == httpx.codes.NOT_FOUND:
            return None
        found = _done(answer, f"asking for the tag {tag}").json()
        for _ in range(_DEEPEST):
            aim = model.member(found, "object", dict)
            sha = model.member(aim, "sha", str)
            if model.member(aim, "type", str) != "tag":
                return sha
            found = _done(self._asked("git", "tags", sha), f"asking for the tag {tag}").json()
        raise Refused(f"{tag} is a tag of a tag of a tag", remedy="Put the tag on a commit.")

    def resolve(self, name: str) -> str | None:
        """Return the full SHA of a branch, a tag or a commit, None where GitHub has none."""
        answer = self._asked("commits", name)
        if answer.status in (httpx.codes.NOT_FOUND, httpx.codes.UNPROCESSABLE_ENTITY):
            return None
        return model.member(_done(answer, f"asking for {name}").json(), "sha", str)

    def holds(self, head: str, commit: str) -> bool:
        """Say whether *commit* is *head* or one of those before it."""
        answer = _done(self._asked("compare", f"{commit}...{head}"), "comparing commits")
        return model.member(answer.json(), "status", str) in ("ahead", "identical")

    def tags(self, releases: Releases) -> Iterator[str]:
        """Yield the name of every tag."""
        for found in releases.listed(self.line.place.address("tags", per_page=_A_PAGE)):
            yield model.member(found, "name", str)

    def since(self, base: str | None, head: str) -> tuple[list[Commit], int]:
        """Return the last commits up to *head* and not in *base*, newest first, and their number.

        Without a *base* it is the first page of all, and the number is that of those.
        """
        if base is None:
            url = self.line.place.address("commits", sha=head, per_page=_A_PAGE)
            answer = _done(self._get(url), f"listing the commits of {head}")
            commits = [_commit(one) for one in answer.json()]
            return commits, len(commits)
        found = _done(self._asked("compare", f"{base}...{head}"), "comparing commits").json()
        commits = [_commit(one) for one in model.member(found, "commits", list)]
        return commits[::-1], model.member(found, "total_commits", int)

    def _asked(self, *path: str) -> Answer:
        return self._get(self.line.place.address(*path))

    def _get(self, url: str) -> Answer:
        return self.patience.insist(lambda: self.line.once(Request("GET", url)))


def _commit(found: object) -> Commit:
    message = model.member(model.member(found, "commit", dict), "message", str)
    return Commit(model.member(found, "sha", str), message.partition("\n")[0].strip())


def _done(answer: Answer, doing: str) -> Answer:
    if not answer.ok:
        raise refusals.of(answer, doing)
    return answer
