"""Questions and orders to one repository at GitHub, each as often as it may be put.

Questions are put again after limits and passing faults. What would be done twice is tried again
after a limit only: its PassingFault is the caller's, who asks what is true.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from publisher.github import model, refusals
from publisher.github.exchange import Request
from publisher.github.place import next_page
from release_tests.errors import IndexUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from publisher.github.exchange import Answer
    from publisher.github.line import Line
    from publisher.github.patience import Patience

A_PAGE = 100
"""How many of a list are asked for at once; GitHub gives no more."""

_MOST_PAGES = 200


@dataclass(frozen=True, slots=True)
class Asking:
    """The line to a repository, and how long is waited for it."""

    line: Line
    patience: Patience

    def get(self, *path: str, **query: str | int) -> Answer:
        """Ask for something of the repository, which may not be there."""
        return self.ask(Request("GET", self.line.place.address(*path, **query)))

    def ask(self, request: Request) -> Answer:
        """Ask what may be asked, or done, twice."""
        return self.patience.insist(lambda: self.line.once(request))

    def order(self, request: Request) -> Answer:
        """Have *request* done once; raises PassingFault where nobody knows whether it was."""
        return self.patience.outlast(lambda: self.line.once(request))

    def listed(self, *path: str) -> Iterator[Any]:
        """Yield everything of a list, page by page, as Link leads; raise Gone when it is not there.

        Raises IndexUnavailable when the pages do not end.
        """
        url = self.line.place.address(*path, per_page=A_PAGE)
        for _ in range(_MOST_PAGES):
            answer = done(self.ask(Request("GET", url)), f"listing {url}")
            yield from model.items(answer.json(), url)
            following = next_page(answer.headers, self.line.place, url)
            if following is None:
                return
            url = following
        raise IndexUnavailable(f"{url} is not the last page either", remedy="Check `api-url`.")


def is_there(answer: Answer) -> bool:
    """Whether GitHub has what it was asked for, or shows it to this token."""
    return answer.status != httpx.codes.NOT_FOUND


def done(answer: Answer, doing: str) -> Answer:
    """Return a success; raise what anything else means for *doing* ("creating the draft v1")."""
    if not answer.ok:
        raise refusals.of(answer, doing)
    return answer
