"""What GitHub answers about the repository itself: its tags, its commits, who may write."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from publisher.mishaps.github.host import Host
from publisher.mishaps.github.replying import Problem, parameters, reply

if TYPE_CHECKING:
    from publisher.mishaps.wire import Answer, Request


class Repositories(Host):
    """Answers questions about the repository, its tags and commits."""

    def _repository(self, request: Request) -> Answer:
        return reply(200, self.shapes.repository(self.held, push=self.push(request)))

    def _immutable(self, request: Request) -> Answer:
        if not self.push(request) or not self.held.immutable:
            raise Problem(404, "Not Found")
        return reply(200, {"enabled": True, "enforced_by_owner": False})

    def _notes(self, request: Request) -> Answer:
        self.require_writer(request)
        tag = json.loads(request.body)["tag_name"]
        return reply(200, {"name": tag, "body": "**Full Changelog**"})

    def _reference(self, _request: Request, tag: str) -> Answer:
        if tag not in self.held.tags:
            raise Problem(404, "Not Found")
        return reply(200, self.shapes.reference(tag, self.held.tags[tag]))

    def _annotation(self, _request: Request, sha: str) -> Answer:
        for name, tag in self.held.tags.items():
            if tag.annotation == sha:
                return reply(200, self.shapes.annotation(name, tag))
        raise Problem(404, "Not Found")

    def _tags(self, request: Request) -> Answer:
        return self.page(
            request, [self.shapes.listed_tag(name, tag) for name, tag in self.held.tags.items()]
        )

    def _commit(self, _request: Request, name: str) -> Answer:
        sha = self.held.resolve(name)
        if sha is None:
            raise Problem(422, f"No commit found for SHA: {name}")
        return reply(200, self._described(sha))

    def _commits(self, request: Request) -> Answer:
        sha = self.held.resolve(parameters(request).get("sha", "main"))
        if sha is None:
            raise Problem(404, "Not Found")
        until = self.held.commits[: self.held.place_of(sha) + 1]
        return self.page(request, [self.shapes.commit(*one) for one in reversed(until)])

    def _compare(self, _request: Request, base: str, head: str) -> Answer:
        one, other = self.held.resolve(base), self.held.resolve(head)
        if one is None or other is None:
            raise Problem(404, "Not Found")
        if not (self.held.is_of_main(one) and self.held.is_of_main(other)):
            raise Problem(404, f"No common ancestor between {base} and {head}.")
        first, last = self.held.place_of(one), self.held.place_of(other)
        between = self.held.commits[first + 1 : last + 1]
        url = f"{self.shapes.api}/compare/{base}...{head}"
        return reply(
            200,
            {
                **dict.fromkeys(("url", "html_url", "permalink_url", "diff_url", "patch_url"), url),
                "base_commit": self._described(one),
                "merge_base_commit": self._described(one if first <= last else other),
                "status": ("identical", "ahead", "behind")[(last > first) + 2 * (last < first)],
                "ahead_by": max(0, last - first),
                "behind_by": max(0, first - last),
                "total_commits": len(between),
                "commits": [self.shapes.commit(*one) for one in between[-250:]],
            },
        )

    def _described(self, sha: str) -> dict[str, Any]:
        return self.shapes.commit(*self.held.commits[self.held.place_of(sha)])
