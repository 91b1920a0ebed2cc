"""What became of one attempt at uploading one file."""

from __future__ import annotations

import re
from dataclasses import dataclass

from publisher.sending.markup import plain


@dataclass(frozen=True, slots=True)
class Answer:
    """The index's answer, or why there is none.

    ``status`` is None when none came: then ``fault`` says why, ``sent`` is False where twine sends
    nothing at all, however often it is asked, and ``reached`` where no connection came about.
    ``retry_after`` is the header as it came, ``text`` the body, cut.
    """

    status: int | None = None
    reason: str = ""
    text: str = ""
    retry_after: str = ""
    fault: str = ""
    sent: bool = True
    reached: bool = True

    @property
    def taken(self) -> bool:
        """Whether the index says that it has the file: by any success, some answer with 201."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004

    def __str__(self) -> str:
        """Return what is known, in the index's words, on a few lines."""
        if self.status is None:
            return self.fault
        head = f"HTTP status {self.status} {self.reason}".rstrip()
        return "\n".join((head, *_few(plain(_beginning(self.text)))))


_LINES = 12
_CHARACTERS = 4000
_WORD = re.compile(r"\S*")


def _few(text: str) -> list[str]:
    # A page says the same in its title and as its heading.
    lines = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    return [f"    {line}" for line in lines[:_LINES]]


def _beginning(text: str) -> str:
    return text if len(text) <= _CHARACTERS else whole_words(text[:_CHARACTERS])


def whole_words(text: str, *, beginning: bool = True) -> str:
    """Return the beginning, or the end, of a longer text without the word that it is cut in.

    Half a token is known by nobody as a token, and would be shown.
    """
    word = _WORD.match(text[::-1] if beginning else text)
    cut = word.end() if word else 0
    return text[: len(text) - cut] if beginning else text[cut:]
