"""What a gate said, in Markdown: each rule once, what stops a release first, and its places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.evidence.remarks import UNTIL, WAIVED
from release_tests.evidence.table import escaped, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from release_tests.evidence.model import Row

_COMPARED = ("expected", "found")
_SHOWN_PLACES = 12


def listed(row: Row) -> Iterator[str]:
    """Yield the gate with its outcome, below it its rules, and below each the places."""
    yield f"- **{escaped(row.gate)}** {row.outcome}{_because(row.reason)}"
    by_rule: dict[str, list[str]] = {}
    for finding in row.findings:
        by_rule.setdefault(_head(finding), []).append(f"    - {_place(finding)}")
    for head, places in by_rule.items():
        yield f"  - {head}"
        yield from places[:_SHOWN_PLACES]
        if len(places) > _SHOWN_PLACES:
            yield f"    - … and {len(places) - _SHOWN_PLACES} more; see the evidence"


def code(text: str) -> str:
    """Return inline code on one line; what would end it is replaced."""
    return f"`{one_line(text).replace('`', chr(0x2019))}`"


def _because(reason: str) -> str:
    first = reason.strip().split("\n", 1)[0]
    return f": {escaped(first)}" if first else ""


def _head(finding: Mapping[str, str]) -> str:
    """Return the rule, what it means for the release, what is wrong, and how to mend it."""
    rule, title, mend = (escaped(finding.get(name, "")) for name in ("rule", "title", "mend"))
    mending = f" *{mend}*" if mend else ""
    return f"**{rule}** {_weight(finding)}: {title}.{mending}"


def _weight(finding: Mapping[str, str]) -> str:
    if WAIVED not in finding:
        return escaped(finding.get("severity", ""))
    return f"waived until {escaped(finding.get(UNTIL, ''))} ({escaped(finding[WAIVED])})"


def _place(finding: Mapping[str, str]) -> str:
    """Return one line: where, what is wrong there, what was expected and what was found."""
    where = finding.get("where", "")
    compared = (f"; {word} {code(finding[word])}" for word in _COMPARED if finding.get(word))
    at = f"{code(where)}: " if where else ""
    return f"{at}{escaped(finding.get('message', ''))}{''.join(compared)}"
