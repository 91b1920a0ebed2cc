"""The connection of one thread to an index: one post at a time, within time-outs."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter

if TYPE_CHECKING:
    from requests import PreparedRequest, Response
    from twine.repository import Repository

CONNECT_SECONDS = 30.0
"""To reach the index, and for each piece that is sent."""

ANSWER_SECONDS = 300.0
"""Until the answer begins, and between any two pieces of it; front ends cut what takes as long."""

MOST_TEXT = 1 << 16
"""So many bytes of an answer are read, and no more."""


class Line(HTTPAdapter):
    """Speaks HTTP within time-outs, which twine has none of, and reads a little of the answer."""

    def send(self, request: PreparedRequest, *_: object, **how: Any) -> Response:
        """Send the request once, and return the answer with the beginning of its body."""
        response = super().send(
            request,
            stream=True,
            timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
            verify=how["verify"],
            cert=how["cert"],
            proxies=how["proxies"],
        )
        line = response.raw
        response.raw = io.BytesIO(line.read(MOST_TEXT, decode_content=True))
        line.close()
        return response


def mount(repository: Repository) -> None:
    """Have all that *repository* sends go by a line of its own.

    Proxies and certificates of the environment are looked up once, and not again for each file.
    """
    session, line = repository.session, Line()
    for scheme in ("http://", "https://"):
        session.mount(scheme, line)
    found = session.merge_environment_settings(repository.url, {}, None, None, None)
    session.proxies, session.verify, session.cert = found["proxies"], found["verify"], found["cert"]
    session.trust_env = False
