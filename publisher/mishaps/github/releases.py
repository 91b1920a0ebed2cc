"""What GitHub does with releases and drafts."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any

from publisher.mishaps.github.host import Host
from publisher.mishaps.github.replying import Problem, error, reply
from publisher.mishaps.github.state import StoredRelease, Tag
from publisher.mishaps.wire import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from publisher.mishaps.wire import Request


class Releases(Host):
    """Lists, makes, changes and deletes releases."""

    def _list(self, request: Request) -> Answer:
        push, now = self.push(request), self.held.clock()
        listed = [
            self.shapes.release(one)
            for one in sorted(self.held.releases.values(), key=lambda one: -one.id)
            if one.seen <= now and (push or not one.draft)
        ]
        return self.page(request, listed)

    def _one(self, request: Request, number: str) -> Answer:
        release = self.of_number(number)
        if release.draft:
            self.require_writer(request)
        return reply(200, self.shapes.release(release))

    def _tagged(self, _request: Request, tag: str) -> Answer:
        found = self.held.published(tag)
        if found is None:
            raise Problem(404, "Not Found")
        return reply(200, self.shapes.release(found))

    def _latest(self, _request: Request) -> Answer:
        listed = [
            one
            for one in self.held.releases.values()
            if not one.draft and not one.prerelease and one.latest != "false"
        ]
        if not listed:
            raise Problem(404, "Not Found")
        return reply(200, self.shapes.release(listed[-1]))

    def _create(self, request: Request) -> Answer:
        self.require_writer(request)
        fields = json.loads(request.body)
        if not fields.get("tag_name"):
            raise Problem(422, 'Invalid request.\n\n"tag_name" wasn\'t supplied.')
        release = StoredRelease(
            next(self.held.ids),
            fields["tag_name"],
            "main",
            None,
            None,
            draft=True,
            prerelease=False,
        )
        release.seen = self.held.clock() + self.held.lag
        self._set(release, {"draft": False} | fields)
        self.held.releases[release.id] = release
        return reply(201, self.shapes.release(release))

    def _edit(self, request: Request, number: str) -> Answer:
        self.require_writer(request)
        release = self.of_number(number)
        fields = json.loads(request.body)
        if release.immutable and set(fields) & {"tag_name", "draft", "target_commitish"}:
            raise Problem(422, "Validation Failed", error("immutable release", "tag_name"))
        # gh publishes without it, and the tag stays.
        if release.draft and fields.get("draft", True) and "tag_name" not in fields:
            fields["tag_name"] = f"untagged-{secrets.token_hex(10)}"
        self._set(release, fields)
        return reply(200, self.shapes.release(release))

    def _set(self, release: StoredRelease, fields: Mapping[str, Any]) -> None:
        """Change a release, or nothing of it."""
        if not isinstance(fields.get("make_latest", "true"), str):
            raise Problem(422, "Invalid request.\n\nFor 'properties/make_latest', is not a string.")
        tag = fields.get("tag_name", release.tag)
        target = fields.get("target_commitish", release.target)
        publishes = release.draft and not fields.get("draft", release.draft)
        if publishes:
            self._require_publishable(release, tag, target)
        release.tag, release.target = tag, target
        release.title = fields.get("name", release.title)
        release.body = fields.get("body", release.body)
        release.prerelease = fields.get("prerelease", release.prerelease)
        release.latest = fields.get("make_latest", release.latest)
        if publishes:
            release.draft = False
            release.immutable = self.held.immutable
            self.held.tags.setdefault(tag, Tag(str(self.held.resolve(target))))
            if release.immutable:
                self.held.burned.add(tag)

    def _require_publishable(self, release: StoredRelease, tag: str, target: str) -> None:
        if (other := self.held.published(tag)) is not None and other is not release:
            raise Problem(422, "Validation Failed", error("", "tag_name", code="already_exists"))
        if tag in self.held.burned:
            burned = error("tag_name was used by an immutable release", "tag_name")
            raise Problem(422, "Validation Failed", burned)
        if tag not in self.held.tags and self.held.resolve(target) is None:
            raise Problem(422, "Validation Failed", error("", "target_commitish", code="invalid"))

    def _delete(self, request: Request, number: str) -> Answer:
        self.require_writer(request)
        del self.held.releases[self.of_number(number).id]
        return Answer(204)

    def of_number(self, number: str) -> StoredRelease:
        """Return a release; raise Problem where there is none of the number."""
        if int(number) not in self.held.releases:
            raise Problem(404, "Not Found")
        return self.held.releases[int(number)]
