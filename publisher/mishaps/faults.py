"""The faults that can be rehearsed, as data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Moment(Enum):
    """What the fault strikes."""

    UPLOAD = auto()
    PAGE = auto()
    DOWNLOAD = auto()
    CREATION = auto()
    ATTACHMENT = auto()


_AT_GITHUB = frozenset({Moment.CREATION, Moment.ATTACHMENT})


@dataclass(frozen=True, slots=True)
class Fault:
    """A way in which an index or GitHub fails a release.

    An upload is answered with ``status``, or with nothing where that is None: the connection is
    cut. ``stored`` says whether the index, or GitHub, did all the same what it was asked. The fault
    strikes the first ``times`` requests of its kind, on each index; ``seconds`` is how long a
    client is told to wait, or for how long pages are old. ``ends`` is the exit code of a rehearsal
    with it.
    """

    about: str
    moment: Moment
    status: int | None = None
    stored: bool = False
    times: int = 1
    seconds: float = 0.0
    ends: int = 0

    @property
    def at_github(self) -> bool:
        """Whether it is GitHub that fails, and not an index."""
        return self.moment in _AT_GITHUB

    @property
    def lags(self) -> bool:
        """Whether it shows old pages, which is counted in seconds and not in requests."""
        return self.moment is Moment.PAGE and self.status is None


# Fewer than the publisher tries, so that it comes through.
_SOME = 2

FAULTS: dict[str, Fault] = {
    "500": Fault(
        "two uploads are answered with 500, and nothing was stored",
        Moment.UPLOAD, 500, times=_SOME,
    ),
    "500-but-stored": Fault(
        "two uploads are answered with 500, and the file is there",
        Moment.UPLOAD, 500, stored=True, times=_SOME,
    ),
    "429": Fault(
        "too many requests: the client is told to wait two seconds",
        Moment.UPLOAD, 429, seconds=2.0,
    ),
    "cut": Fault("the connection is cut in the middle of an upload", Moment.UPLOAD),
    "cut-but-stored": Fault(
        "the connection is cut before the answer to an upload, and the file is there",
        Moment.UPLOAD, stored=True,
    ),
    "lag": Fault(
        "pages are five seconds old, as those of caches are", Moment.PAGE, seconds=5.0
    ),
    "page-503": Fault(
        "pages are answered with 503 at first", Moment.PAGE, 503, times=2, seconds=1.0
    ),
    "other-bytes": Fault(
        "the index serves other bytes than were uploaded; the release must end there",
        Moment.DOWNLOAD, times=1 << 30, ends=5,
    ),
    "lost-github-answer": Fault(
        "GitHub makes the draft of the release, and its answer is lost",
        Moment.CREATION, stored=True,
    ),
    "cut-at-github": Fault(
        "an upload to GitHub is cut, which leaves a file without its bytes", Moment.ATTACHMENT
    ),
    "limit-at-github": Fault(
        "GitHub limits the rate: the client is told to wait two seconds",
        Moment.ATTACHMENT, 429, seconds=2.0,
    ),
}  # fmt: skip
