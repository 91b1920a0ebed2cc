"""The section of one version in a changelog, in Markdown or with underlined headings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HASHES = re.compile(r" {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_UNDERLINE = re.compile(r"([=\-~^\"'`*+#])\1{2,}\s*$")
_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_DEFINITION = re.compile(r" {0,3}\[([^\]]+)\]:\s+\S")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9.!+_-]*")


@dataclass(frozen=True, slots=True)
class _Heading:
    """A heading: its first line, the line that its text begins after, its depth and its words.

    Depths of underlined headings are the order in which their characters first occur.
    """

    line: int
    after: int
    depth: int
    words: str


def section(text: str, version: str) -> str | None:
    """Return what the changelog says of *version*, without the heading; None where it has nothing.

    Definitions of links that the section uses come with it, wherever they stand.
    """
    lines = text.splitlines()
    headings = list(_headings(lines))
    wanted = Version(version)
    for at, heading in enumerate(headings):
        if _version_in(heading.words) == wanted:
            later = (one.line for one in headings[at + 1 :] if one.depth <= heading.depth)
            body = lines[heading.after : next(later, len(lines))]
            return _with_links(body, lines) or None
    return None


def _headings(lines: Sequence[str]) -> Iterator[_Heading]:
    fence, underlines = "", ""
    for number, line in enumerate(lines):
        below_text = number > 0 and lines[number - 1].strip() != ""
        mark = _FENCE.match(line)
        # Tildes below a line of text underline it.
        if mark and (fence or not (below_text and mark[1][0] == "~")):
            opened = mark[1][:3]
            fence = "" if fence == opened else fence or opened
        elif fence:
            continue
        elif match := _HASHES.match(line):
            yield _Heading(number, number + 1, len(match[1]), match[2])
        elif below_text and (rule := _UNDERLINE.match(line)):
            underlines += rule[1] if rule[1] not in underlines else ""
            yield _Heading(number - 1, number + 1, underlines.index(rule[1]) + 1, lines[number - 1])


def _version_in(heading: str) -> Version | None:
    """Return the first word of a heading that is a version."""
    for word in _WORD.findall(heading):
        try:
            return Version(word.rstrip(".-"))
        except InvalidVersion:
            continue
    return None


def _with_links(body: Sequence[str], lines: Sequence[str]) -> str:
    text = "\n".join(line for line in body if not _DEFINITION.match(line)).strip()
    lower = text.lower()
    used = [
        line.strip()
        for line in lines
        if (match := _DEFINITION.match(line)) and f"[{match[1].lower()}]" in lower
    ]
    return "\n\n".join(filter(None, [text, "\n".join(dict.fromkeys(used))]))
