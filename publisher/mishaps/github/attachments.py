"""What GitHub does with the files of releases."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from publisher.mishaps.github.releases import Releases
from publisher.mishaps.github.replying import Problem, parameters, reply, shown
from publisher.mishaps.github.state import StoredAsset
from publisher.mishaps.wire import Answer

if TYPE_CHECKING:
    from publisher.mishaps.wire import Request


class Attachments(Releases):
    """Takes, shows and deletes files, and gives their bytes at a host of their own."""

    def _assets(self, request: Request, number: str) -> Answer:
        return self.page(request, [self.shapes.asset(one) for one in self.of_number(number).assets])

    def _upload(self, request: Request, *, cut: bool) -> Answer:
        """Take a file; one that does not come to its end leaves a starter."""
        number = re.search(r"/releases/(\d+)/assets$", urlsplit(request.path).path)
        release = self.of_number(number[1] if number else "0")
        query = parameters(request)
        name = shown(query["name"])
        if release.immutable:
            raise Problem(422, "Cannot upload assets to an immutable release.")
        if any(one.name == name for one in release.assets):
            known = {"resource": "ReleaseAsset", "code": "already_exists", "field": "name"}
            raise Problem(422, "Validation Failed", known)
        length = int(request.headers.get("content-length") or 0)
        if length == 0:
            raise Problem(400, "Bad Content-Length: ")
        whole = len(request.body) == length and not cut
        spoilt = self.spoils > 0
        self.spoils -= spoilt
        asset = StoredAsset(
            next(self.held.ids),
            name,
            query.get("label"),
            (request.body[::-1] if spoilt else request.body) if whole else b"",
            "uploaded" if whole else "starter",
            request.headers.get("content-type", ""),
        )
        release.assets.append(asset)
        return reply(201, self.shapes.asset(asset))

    def _asset(self, request: Request, number: str) -> Answer:
        for release in self.held.releases.values():
            for asset in release.assets:
                if asset.id == int(number):
                    if request.headers.get("accept") != "application/octet-stream":
                        return reply(200, self.shapes.asset(asset))
                    return Answer(302, headers={"Location": f"{self.files_url}/{asset.id}?sig=x"})
        raise Problem(404, "Not Found")

    def _remove(self, request: Request, number: str) -> Answer:
        self.require_writer(request)
        for release in self.held.releases.values():
            for asset in release.assets:
                if asset.id == int(number):
                    if release.immutable:
                        raise Problem(422, "Cannot delete asset of an immutable release.")
                    release.assets.remove(asset)
                    return Answer(204)
        raise Problem(404, "Not Found")

    def file(self, request: Request) -> Answer:
        """Answer at the host that holds the files; whoever shows it a token is refused."""
        self.asked_for_files.append(request)
        if "authorization" in request.headers:
            return Answer(400, b"only one authentication mechanism is allowed")
        number = int(urlsplit(request.path).path.strip("/"))
        assets = [one for it in self.held.releases.values() for one in it.assets]
        data = next(one.data for one in assets if one.id == number)
        return Answer(200, data, "application/octet-stream")
