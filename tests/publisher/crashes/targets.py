"""Two indexes that have PyPI's rules and a GitHub, with what goes wrong there and what they had."""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from publisher.mishaps.github.rehearsed import as_there
from publisher.mishaps.github.standin import StandIn
from publisher.mishaps.github.state import WRITER, Repository
from publisher.mishaps.relay import Mishaps, relay
from publisher.mishaps.wire import serving
from tests.publisher.pypi import Pypi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from publisher.mishaps.faults import Fault
    from publisher.mishaps.wire import Answer, Request

TOKENS = {
    "staging": "pypi-AgEstaging-secret",
    "production": "pypi-AgEproduction-secret",
    "github": WRITER,
}
INDEXES = ("staging", "production")
ATTACHED, PUBLISHED = "attached to", "published as"
_LATENCY = 0.01
# Times in the journal are cut to milliseconds.
_SLACK = timedelta(milliseconds=2)


class Timeline:
    """Since when which file was where.

    A place is a role, or ``ATTACHED`` or ``PUBLISHED`` with a tag at GitHub.
    """

    def __init__(self) -> None:
        """Begin with nothing anywhere."""
        self._since: dict[tuple[str, str], datetime] = {}
        self._lock = threading.Lock()

    def note(self, place: str, name: str, since: datetime | None = None) -> None:
        """Take note that the file is there *since* then, by default now."""
        with self._lock:
            self._since.setdefault((place, name), since or datetime.now(UTC))

    def had(self, place: str, name: str, at: datetime) -> bool:
        """Whether the place had the file at that time, or a moment later."""
        since = self._since.get((place, name))
        return since is not None and since <= at + _SLACK

    def came(self, since: datetime) -> list[tuple[str, str]]:
        """Return which files came where after that time."""
        return [it for it, when in self._since.items() if when > since]


@dataclass(frozen=True)
class Mishap:
    """What goes wrong: faults, and on which of the indexes; and what GitHub is like.

    Its lists ``lag`` so many seconds; a release that is published may be ``immutable``.
    """

    faults: Sequence[Fault] = ()
    where: Sequence[str] = INDEXES
    lag: float = 0.0
    immutable: bool = False

    @property
    def ends(self) -> int:
        """The exit code in which a run that nobody kills ends sooner or later."""
        if not any(fault.ends for fault in self.faults):
            return 0
        return max(fault.ends for fault in self.faults) if "staging" in self.where else 3

    def lag_of(self, role: str) -> timedelta:
        """For how long a target may show what it had before."""
        if role not in INDEXES:
            return timedelta(seconds=self.lag)
        seconds = [fault.seconds for fault in self.faults if fault.lags and role in self.where]
        return timedelta(seconds=max(seconds, default=0.0))


@dataclass
class Targets:
    """All three, while they run; files by name with the digests that they are to have.

    ``tags`` are those that each file is to be released under. ``asked`` counts the requests.
    """

    expected: Mapping[str, str]
    tags: Mapping[str, str]
    mishap: Mishap
    timeline: Timeline = field(default_factory=Timeline)
    urls: dict[str, str] = field(default_factory=dict)
    asked: int = 0

    def __post_init__(self) -> None:
        """Make them, empty; GitHub has one commit."""
        self.indexes = {role: Pypi(TOKENS[role], latency=_LATENCY) for role in INDEXES}
        self.github = StandIn(
            Repository(time.monotonic, lag=self.mishap.lag, immutable=self.mishap.immutable)
        )
        self.commit = self.github.held.commit("What is released")
        self.github.held.commit("What came afterwards")

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Serve them on loopback, behind what spoils their answers."""
        with contextlib.ExitStack() as stack:
            for role, index in self.indexes.items():
                url = stack.enter_context(serving(self._watched(index))).url
                faults = [it for it in self.mishap.faults if not it.at_github]
                if faults and role in self.mishap.where:
                    url = stack.enter_context(relay(url, Mishaps(faults)))
                self.urls[role] = url
            for fault in self.mishap.faults:
                if fault.at_github:
                    self.github.fail(as_there(fault))
            self.github.url = stack.enter_context(serving(self._watched(self._github))).url
            self.github.files_url = stack.enter_context(serving(self.github.file)).url
            self.urls["github"] = self.github.api_url
            yield

    def look(self) -> None:
        """Take note of all that is where it should be now."""
        for role, index in self.indexes.items():
            for file in list(index.files):
                if self.expected.get(file.name) == file.sha256:
                    self.timeline.note(role, file.name, file.uploaded)
        for release in list(self.github.held.releases.values()):
            for asset in list(release.assets):
                if asset.digest == f"sha256:{self.expected.get(asset.name)}":
                    self.timeline.note(f"{ATTACHED} {release.tag}", asset.name)
                    if not release.draft:
                        self.timeline.note(f"{PUBLISHED} {release.tag}", asset.name)

    def _github(self, request: Request) -> Answer:
        time.sleep(_LATENCY)
        return self.github.answer(request)

    def _watched(self, answer: Callable[[Request], Answer]) -> Callable[[Request], Answer]:
        """Count requests, and look what has changed before anybody is told of it."""

        def answered(request: Request) -> Answer:
            self.asked += 1
            try:
                return answer(request)
            finally:
                if request.method != "GET":
                    self.look()

        return answered
