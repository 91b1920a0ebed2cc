"""A repository at the stand-in, files for its release, and what a release is made with."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from publisher.board import Board
from publisher.desk import Desk
from publisher.github.asking import Asking
from publisher.github.bench import Bench
from publisher.github.intent import File, Intent
from publisher.github.line import Line
from publisher.github.making import Made, make
from publisher.github.notes import marked
from publisher.github.patience import Patience
from publisher.github.place import place
from publisher.github.token import Token
from publisher.log import Log
from publisher.mishaps.github.shapes import FULL
from publisher.mishaps.github.state import WRITER
from publisher.redaction import Redactor

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from publisher.github.assets import Assets
    from publisher.github.history import History
    from publisher.github.releases import Releases
    from publisher.journal import Event
    from publisher.mishaps.github.standin import StandIn
    from publisher.mishaps.github.state import Repository, StoredRelease
    from tests.publisher.scene import Clock

WHEEL, OTHER = "demo-1.0-py3-none-any.whl", "demo-1.0-py2-none-any.whl"
TAG = "v1.0"
# What the stand-in's clock shows when the test begins, as Unix time.
EPOCH = 1_790_000_000.0


@dataclass
class Kept:
    """A journal in memory."""

    events: list[Event] = field(default_factory=list)

    def note(self, event: Event) -> None:
        """Keep *event*."""
        self.events.append(event)


@dataclass
class Scene:
    """Everything around one release; tests change what they are about."""

    github: StandIn
    clock: Clock
    directory: Path
    client: httpx.Client
    token: str | None = WRITER
    deadline: float = 1200.0
    stderr: io.StringIO = field(default_factory=io.StringIO)
    journal: Kept = field(default_factory=Kept)

    @property
    def held(self) -> Repository:
        """What the repository holds."""
        return self.github.held

    @property
    def line(self) -> Line:
        """The line to the stand-in."""
        token = Token(self.token, "a test") if self.token else None
        where = place(self.github.api_url, FULL)
        return Line(where, token, self.client, lambda: EPOCH + self.clock.now)

    @property
    def patience(self) -> Patience:
        """A patience that waits by the test's clock."""
        say = self.desk.console.info
        return Patience(self.deadline, self.clock.sleep, say, jitter=lambda: 1.0)

    @property
    def bench(self) -> Bench:
        """What a release is made with."""
        desk = self.desk
        board = Board(desk.console, "attaching", desk.clock)
        return Bench(Asking(self.line, self.patience), desk, board)

    @property
    def desk(self) -> Desk:
        """Return the desk of a run; what it says is kept."""
        return Desk(
            console=Log(Redactor(), self.stderr),
            show=lambda _: None,
            clock=self.clock,
            sleep=self.clock.sleep,
            scratch=self.directory,
            environ={},
            journal=self.journal,
        )

    @property
    def releases(self) -> Releases:
        """The releases as the publisher sees them."""
        return self.bench.releases

    @property
    def assets(self) -> Assets:
        """The files of these as the publisher sees them."""
        return self.bench.assets

    @property
    def history(self) -> History:
        """Tags and commits as the publisher sees them."""
        return self.bench.history

    def file(self, name: str, data: bytes = b"bytes", *, evidence: bool = False) -> File:
        """Return a file of the release."""
        path = self.directory / name
        path.write_bytes(data)
        return File(path, name, hashlib.sha256(data).hexdigest(), len(data), evidence)

    def intent(self, *files: File, **fields: object) -> Intent:
        """Return a release of these files, by default of one wheel, on the last commit."""
        given: dict[str, object] = {
            "tag": TAG,
            "commit": self.held.branches["main"],
            "title": "Demo 1.0",
            "body": marked("What is new."),
            "prerelease": False,
            "make_latest": "true",
            "stays_draft": False,
            "adopts": False,
            "files": files or (self.file(WHEEL),),
        }
        return Intent(**(given | fields))  # type: ignore[arg-type]

    def make(self, intent: Intent | None = None) -> Made:
        """Make a release, by default that of one wheel."""
        return make(intent or self.intent(), self.bench)

    def draft(
        self, *, tag: str = TAG, body: str = "What is new.", **fields: object
    ) -> StoredRelease:
        """Leave a draft as an earlier run does."""
        commit = self.held.branches["main"]
        return self.held.add(tag, **({"body": marked(body), "target": commit} | fields))

    def only(self, tag: str = TAG) -> StoredRelease:
        """Return the one release that the tag has; any other is a failure."""
        (release,) = self.held.of_tag(tag)
        return release

    def contents(self, release: StoredRelease) -> dict[str, bytes]:
        """Return the files of a release."""
        assert all(one.state == "uploaded" for one in release.assets)
        return {one.name: one.data for one in release.assets}
