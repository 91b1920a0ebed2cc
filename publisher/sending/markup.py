"""What an answer in HTML says: the words that a browser would show."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_PAGE = re.compile(r"\s*<(!doctype\s+html|html)\b", re.IGNORECASE)
_UNSEEN = frozenset({"script", "style", "template"})
_WITHIN_A_LINE = frozenset({"a", "b", "code", "em", "i", "span", "strong", "tt", "wbr"})


def plain(text: str) -> str:
    """Return *text*, or where it is a page of HTML the words of that, a line for each block.

    The time that Python's parser takes grows with the square of a hostile text's length.
    """
    if not _PAGE.match(text):
        return text
    page = _Page()
    page.feed(text)
    page.close()
    return "".join(page.words)


class _Page(HTMLParser):
    """Collects what is shown; a tag within a word leaves the word whole, as browsers do."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._unseen = False

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the parser's
        self._unseen = tag in _UNSEEN
        self._border(tag)

    def handle_endtag(self, tag: str) -> None:
        self._unseen = False
        self._border(tag)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.words.append(data)

    def _border(self, tag: str) -> None:
        if tag not in _WITHIN_A_LINE:
            self.words.append("\n")
