"""Findings put into words: as plain data for evidence, as text for people."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from release_tests.gates.catalogue import RULES
from release_tests.gates.order import rank_of, ranked
from release_tests.gates.rules import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from release_tests.findings import Finding
    from release_tests.gates.rules import Rule

_WIDTH = 96
_SHOWN_PLACES = 12
_ANSWER = 600


def explain(finding: Finding) -> dict[str, str]:
    """Return a finding and its rule as plain data: strings only, so that it crosses processes.

    ``rank`` is the place in the order in which PyPI looks, empty where it does not.
    """
    rule = RULES[finding.rule]
    rank = rank_of(finding)
    answer = finding.answer or rule.reason
    return {
        "rule": rule.id,
        "severity": rule.severity.value,
        "authority": rule.authority.value,
        "title": rule.title,
        "where": one_line(finding.where),
        "message": _printable(finding.message),
        "expected": _printable(finding.expected),
        "found": _printable(finding.found),
        "why": rule.why,
        "reason": f"PyPI answers: {_printable(_shortened(answer))}" if answer else "",
        "rank": "" if rank is None else str(rank),
        "mend": rule.mend,
        "reference": rule.reference,
    }


def stops(finding: Finding) -> bool:
    """Whether the finding stops the release; advice does not."""
    return RULES[finding.rule].severity is Severity.ERROR


def text(file_name: str, findings: Iterable[Finding]) -> str:
    """Return what a maintainer reads: each rule once, with every place where it is broken.

    What PyPI answers comes first, in the order in which it looks. That a gate could not look is
    said in short: every gate says it of a file that does not open, and one of them says all.
    """
    by_rule: dict[str, list[dict[str, str]]] = {}
    for finding in ranked(findings):
        by_rule.setdefault(finding.rule, []).append(explain(finding))
    return "\n\n".join([one_line(file_name), *(_rule(items) for items in by_rule.values())])


def _rule(items: list[dict[str, str]]) -> str:
    first = items[0]
    rule = RULES[first["rule"]]
    lines = [head(rule, first["severity"])]
    for item in items[:_SHOWN_PLACES]:
        lines += place(item)
    if len(items) > _SHOWN_PLACES:
        lines.append(f"    … and {len(items) - _SHOWN_PLACES} more; see the evidence")
    if not rule.is_unexamined:
        lines += _reasons(first)
    return "\n".join(lines)


def _reasons(first: Mapping[str, str]) -> list[str]:
    """Return the lines that tell what the rule is for, with the first finding's answer of PyPI."""
    lines = _paragraph("PyPI", first["reason"].removeprefix("PyPI ")) if first["reason"] else []
    lines += _paragraph("why", first["why"]) + _paragraph("mend", first["mend"])
    return [*lines, f"    see   {first['reference']}"]


def head(rule: Rule, severity: str) -> str:
    """Return the line that a rule's findings stand under."""
    return f"  {rule.id} {severity}: {rule.title} ({rule.authority.value})"


def place(item: Mapping[str, str]) -> list[str]:
    """Return the lines that tell where a finding is, and what was expected and found there."""
    lines = [f"    at    {item['where']}"]
    lines += _indented(item["message"])
    for name in ("expected", "found"):
        if words := item.get(name):
            lines += _indented(words, f"{name:9}")
    return lines


def _indented(words: str, label: str = "") -> list[str]:
    first, *more = words.splitlines() or [""]
    indent = " " * 10
    return [f"{indent}{label}{first}", *(f"{indent}{' ' * len(label)}{line}" for line in more)]


def _paragraph(label: str, words: str) -> list[str]:
    return textwrap.wrap(words, _WIDTH, initial_indent=f"    {label:6}", subsequent_indent=" " * 10)


def _shortened(answer: str) -> str:
    """Return an answer that repeats what the file says, which may be of any length."""
    return answer if len(answer) <= _ANSWER else f"{answer[:_ANSWER]}…"


def one_line(words: str) -> str:
    """Escape line ends too: a name with one could pass for another line of ours."""
    return _printable(words).replace("\n", "\\n")


def _printable(words: str) -> str:
    """Escape what a terminal or a log would obey: control characters, lone surrogates."""
    return "".join(
        char if char.isprintable() or char == "\n" else char.encode("unicode_escape").decode()
        for char in words
    )
