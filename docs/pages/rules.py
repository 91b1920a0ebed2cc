"""A page a rule, and their index, from the catalogue."""

from __future__ import annotations

import json
from pathlib import Path

from pages.markdown import page, table
from release_tests.gates.catalogue import GATES, RULES, Gate, rules_of
from release_tests.gates.catalogue.retired import RETIRED
from release_tests.gates.explain import head, place
from release_tests.gates.mending import BACK_ENDS, MENDING, Topic
from release_tests.gates.profiles import OF_UPLOADS, severity_of
from release_tests.gates.rules import Rule, Severity
from release_tests.gates.waivers import why_not
from release_tests.policy import THIRD_PARTY

FOLDER = "rules"
_EXAMPLES: dict[str, dict[str, str]] = json.loads(
    Path(__file__).parent.with_name("examples.json").read_text(encoding="utf-8")
)

_SEVERITY = {
    Severity.ERROR: "error: a finding stops the release",
    Severity.ADVICE: "advice: a finding is shown, the gate passes",
}
_ABOUT_RULES = (
    "A gate is one question put to every artifact. A rule is one check inside it; its id never "
    "changes its meaning and is never used again."
)

_ABOUT_RETIRED = (
    "These ids are no longer given, and never will be again: another gate asks what they said. A "
    "waiver has to name the rule that took the place."
)


def pages() -> dict[str, str]:
    """Return the page of every rule, and the index."""
    found = {f"{FOLDER}/{rule.id}.md": _rule(rule) for rule in RULES.values()}
    return found | {f"{FOLDER}/README.md": _index()}


def _rule(rule: Rule) -> str:
    facts = [
        ("Gate", f"[{rule.gate}](README.md#{rule.gate})"),
        ("Says who", rule.authority.value),
        ("Severity", _SEVERITY[rule.severity]),
        *([("PyPI answers", rule.reason)] if rule.reason else []),
        ("Waiver", _waiver(rule)),
        ("Profile `third-party`", _third_party(rule)),
        ("Reference", rule.reference),
    ]
    blocks = [
        f"# {rule.id}: {rule.title}",
        table(["", ""], facts),
        "## Why it matters",
        rule.why,
        *_example(rule),
        "## How to mend it",
        rule.mend,
        *(_mending(MENDING[rule.id]) if rule.id in MENDING else []),
        "[All rules](README.md)",
    ]
    return page("release_tests/gates/catalogue", blocks)


def _example(rule: Rule) -> list[str]:
    """Return what a finding of the rule looks like, as a gate of the tests' own made it."""
    example = _EXAMPLES.get(rule.id)
    if example is None:
        return []
    shown = "\n".join([head(rule, rule.severity.value), *place(example)])
    return ["## An example", f"```text\n{shown}\n```"]


def _waiver(rule: Rule) -> str:
    reason = why_not(rule)
    return f"cannot be waived: {reason}" if reason else "[can be waived](../waivers.md)"


def _third_party(rule: Rule) -> str:
    """Return what becomes of the rule in wheels that are not ours."""
    softened = severity_of(rule.id, THIRD_PARTY)
    if softened is rule.severity:
        return f"{softened.value}, as in our own"
    if rule.id in OF_UPLOADS:
        return f"{softened.value}: a new upload would be refused, a published file is installed"
    return f"{softened.value}: it matters to whoever makes the wheel, not to who installs it"


def _mending(topic: Topic) -> list[str]:
    """Return what holds for all build back ends, an example, and what is different for some."""
    blocks = [topic.everywhere] if topic.everywhere else []
    if topic.example:
        blocks.append(f"```toml\n{topic.example}\n```")
    rows = [(name, topic.differing[name]) for name in BACK_ENDS if name in topic.differing]
    return [*blocks, table(["Back end", "What is different"], rows)] if rows else blocks


def _index() -> str:
    blocks = [
        "# Rules",
        _ABOUT_RULES,
    ]
    for gate in GATES:
        blocks += _gate(gate)
    rows = [(old, f"[{new}]({new}.md)") for old, new in RETIRED.items()]
    blocks += ["## Retired", _ABOUT_RETIRED, table(["Id", "In its place"], rows)]
    return page("release_tests/gates/catalogue", blocks)


def _gate(gate: Gate) -> list[str]:
    rows = [
        (f"[{rule.id}]({rule.id}.md)", rule.title, rule.severity.value, rule.authority.value)
        for rule in rules_of(gate.name)
    ]
    return [
        f"## {gate.name}",
        gate.question,
        table(["Rule", "What is wrong", "Severity", "Says who"], rows),
    ]
