"""A package index as a target of the release."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING

from publisher.artifact import copy_of
from publisher.board import Board
from publisher.environment import spends_identity
from publisher.errors import of_all
from publisher.index.foretold import too_large
from publisher.index.lane import Lane
from publisher.index.permission import entry_objections, token_objections
from publisher.index.place import opened
from publisher.index.surveying import survey
from publisher.index.upload import upload
from publisher.sending.sender import Sender
from release_tests.crew import at_once
from release_tests.redaction import without_credentials

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from publisher.artifact import Artifact
    from publisher.desk import Desk
    from publisher.index.place import Place
    from publisher.objection import Objection
    from publisher.order import Order
    from publisher.target import Survey
    from release_tests.index.locations import Role


class IndexTarget:
    """An index in its role; see ``publisher.target.Target``. Several threads may deliver."""

    def __init__(self, place: Place, lane: Lane) -> None:
        """Take the index, and the way onto it."""
        self.place = place
        self._lane = lane

    @property
    def name(self) -> str:
        """``staging`` or ``production``."""
        return self.place.location.name

    def __str__(self) -> str:
        """Show the role and how the index is known."""
        return str(self.place)

    @property
    def terms(self) -> tuple[str, ...]:
        """The addresses that stand behind the name, which may come to mean others."""
        there = self.place.location
        takes, shows = map(without_credentials, (there.target, there.simple_url))
        return (f"{self} takes files at {takes}, and shows them at {shows}",)

    @property
    def words(self) -> tuple[str, ...]:
        """Nothing: what an index says of a file stands in the file."""
        return ()

    def survey(self, artifacts: Sequence[Artifact], desk: Desk, now: datetime) -> Survey:
        """Ask the index about every project once."""
        return survey(self, self.place, artifacts, desk, now)

    def preflight(
        self,
        missing: Sequence[Artifact],
        artifacts: Sequence[Artifact],  # noqa: ARG002 - one protocol
        desk: Desk,
    ) -> Iterator[Objection]:
        """Yield which files are too large, and why the credentials will not do."""
        if not missing:
            return
        desk.console.info(f"asking what {self} would refuse")
        yield from too_large(self.place, missing)
        if spends_identity(self.place.login, desk.environ):
            desk.console.info(f"a token for {self} is minted just before its first file")
            return
        self._lane.sender.start()
        projects = dict.fromkeys(one.project for one in missing)
        about_token = list(token_objections(self.place, projects, desk.now()))
        yield from about_token
        if not about_token:
            answer = self._lane.sender.ask_entry()
            yield from entry_objections(self.place, answer, desk.console.redact(str(answer)))

    def deliver(self, artifacts: Sequence[Artifact], desk: Desk) -> None:
        """Upload private copies of the artifacts, several at once, begun in their order."""
        board = Board(desk.console, f"uploading to {self}", desk.clock)
        work = partial(self._deliver_one, board=board, desk=desk)
        failures = at_once(work, artifacts, self._lane.jobs, desk.halt)
        desk.halt.check()
        if failures:
            raise of_all(failures)

    def _deliver_one(self, artifact: Artifact, *, board: Board, desk: Desk) -> None:
        with self._lane.slot(artifact.name):
            try:
                copy = copy_of(artifact, desk.scratch / "outgoing" / self.name)
                upload(self._lane, artifact, copy, desk, board.file(artifact.name))
                copy.unlink()
            except Exception:
                self._lane.close(artifact.name)
                raise
            finally:
                board.over(artifact.name)


@contextlib.contextmanager
def opened_target(role: Role, order: Order, desk: Desk) -> Iterator[IndexTarget]:
    """Yield the index of *role* as a target; what uploads to it is gone afterwards."""
    with opened(role, order, desk) as place:
        allowed = getattr(order.policy.indexes, role).jobs
        jobs = min(order.jobs, allowed or order.jobs)
        sender = Sender(place.location, place.login, desk.environ, jobs)
        with contextlib.closing(sender):
            yield IndexTarget(place, Lane(place, sender, jobs))
