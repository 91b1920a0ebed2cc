"""What goes wrong at GitHub on request, before or after it did what it was asked."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field

from publisher.mishaps.wire import Answer

HTML = b"<!DOCTYPE html><html><head><title>Unicorn!</title></head><body>sorry</body></html>"
LOST = Answer(stream=())
"""No answer: the connection ends without a word."""


@dataclass
class Fault:
    """What becomes of the next *times* requests that are like this one.

    With ``acts`` it happens after GitHub did what it was asked. ``starter`` leaves of an upload
    what a cut one leaves.
    """

    method: str
    path: str
    answer: Answer
    acts: bool = False
    starter: bool = False
    times: int = 1

    def meets(self, method: str, path: str) -> bool:
        """Whether a request is one of these."""
        return self.times > 0 and method == self.method and re.search(self.path, path) is not None


@dataclass
class Faults:
    """The faults that are still to come."""

    waiting: list[Fault] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, method: str, path: str) -> Fault | None:
        """Return the first fault that a request meets; it is used up by that."""
        with self.lock:
            for fault in self.waiting:
                if fault.meets(method, path):
                    fault.times -= 1
                    return fault
        return None


def html(status: int = 502) -> Answer:
    """Return what GitHub's front end says when what is behind it fails."""
    return Answer(status, HTML)


def limited(status: int, message: str, **headers: str) -> Answer:
    """Return a refusal for a limit; underscores in the headers' names stand for hyphens."""
    body = f'{{"message": "{message}", "documentation_url": "https://docs.example.com"}}'
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, body.encode(), "application/json", named)


UPLOAD = r"/api/uploads/"
RELEASES = r"/releases$"
EDIT = r"/releases/\d+$"
