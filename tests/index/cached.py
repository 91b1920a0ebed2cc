"""An index on loopback that lets clients keep what it serves, and counts what it sends."""

from __future__ import annotations

import hashlib
import time
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.forge import Wheel, package
from tests.index.wire import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.index.wire import Request


@dataclass
class Cached:
    """An index that lets clients keep what it serves as PyPI does.

    Pages may be kept for ten minutes and are known again by their ETag; files never change. Without
    *headers* it says nothing of this, as simple servers of files do. It counts what it sends.
    An answer with a file takes so many ``seconds``, by its name; one not named takes ``other``.
    """

    directory: Path
    headers: bool = True
    seconds: Mapping[str, float] = field(default_factory=dict)
    other: float = 0.0
    sent: Counter[str] = field(default_factory=Counter)

    def __call__(self, request: Request) -> Answer:
        """Answer a request for a project's page, or for a file of it."""
        name = request.path.strip("/").rpartition("/")[2]
        if request.path.endswith("/"):
            return self._page(name, request)
        self.sent[name] += 1
        time.sleep(self.seconds.get(name, self.other))
        path = self.directory / name.removesuffix(".metadata")
        body = path.read_bytes() if path.name == name else _metadata(path)
        forever = {"Cache-Control": "max-age=365000000, immutable, public"}
        return Answer(
            body=body,
            kind="application/octet-stream",
            headers=forever if self.headers else {},
        )

    def _page(self, project: str, request: Request) -> Answer:
        files = sorted(self.directory.glob(f"{project}-*"))
        links = "".join(map(_link, files))
        body = f"<!DOCTYPE html><html><body>{links}</body></html>".encode()
        tag = f'"{hashlib.sha256(body).hexdigest()}"'
        headers = {"Cache-Control": "max-age=600, public", "ETag": tag} if self.headers else {}
        if request.headers.get("if-none-match") == tag:
            return Answer(304, headers=headers)
        self.sent[f"{project}/"] += 1
        return Answer(200 if files else 404, body, headers=headers)


def _link(path: Path) -> str:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    described = f'data-core-metadata="sha256={hashlib.sha256(_metadata(path)).hexdigest()}"'
    return f'<a href="/files/{path.name}#sha256={digest}" {described}>{path.name}</a>'


def _metadata(wheel: Path) -> bytes:
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(next(name for name in archive.namelist() if name.endswith("METADATA")))


def requiring(other: str, name: str) -> Wheel:
    """Return a wheel that requires other projects, by their names with a comma between."""
    wanted = "".join(f"Requires-Dist: {one}\n" for one in other.split(","))
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{wanted}"
    return Wheel(name=name, metadata=metadata, files=package(name))
