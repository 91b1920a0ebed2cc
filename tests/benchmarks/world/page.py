"""The page docs/real-world.md: what a run saw, and what came of looking at its findings."""

from __future__ import annotations

import textwrap
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from release_tests.gates.catalogue import RULES
from release_tests.gates.rules import Severity
from release_tests.index.progress import size
from tests.benchmarks.world.judging import totals

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from tests.benchmarks.world.fetching import Missing
    from tests.benchmarks.world.judging import Looked, Total
    from tests.benchmarks.world.projects import Project

PAGE = Path(__file__).resolve().parents[3] / "docs" / "real-world.md"
JUDGED = Path(__file__).with_name("judged.toml")

_DIGITS = 12
_COLUMNS = ("rule", "authority", "files", "findings", "own", "third-party", "looked at")
_NOBODY = "nobody has looked yet"

_HEAD = """\
# The gates against the real world

A finding that is not true does more harm than one that is missing. So the gates are held against
the newest files of a hundred much-used projects, which an index took and people install. Of what
the gates say there, nothing may come from a rule by which "PyPI refuses" a file, and everything
else has to be true; a person looked at samples of each rule, in the files themselves.

The hundred are in [a list](../tests/benchmarks/world/projects.toml) with the kinds of file that
are wanted of each: of every kind the newest version that has one. The gate `install` is left out;
it would run a hundred strangers' code.

    python -m tests.benchmarks.bench_world --write

does it again, with the index that pip is set up for, and writes this page; `--only NAME` looks at
one project, `--show RULE` prints what a rule found. What it fetched is kept, so it can be broken
off and goes on where it was. It ends with 1 where a rule of PyPI's fired. What was seen in the
samples stands in [a file of its own](../tests/benchmarks/world/judged.toml): look anew where the
numbers changed.
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What a run looked at and what it missed, on the day *today* (UTC)."""

    today: date
    projects: Sequence[Project]
    looked: Sequence[Looked]
    missing: Sequence[Missing]


@dataclass(frozen=True, slots=True)
class Judged:
    """How many findings of a rule a person looked at, and what was seen."""

    looked: int
    saw: str


def judged(path: Path = JUDGED) -> tuple[str, dict[str, Judged]]:
    """Return the remark about the run, and what was seen by rule."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return table["remark"].strip(), {
        rule: Judged(entry["looked"], " ".join(entry["saw"].split()))
        for rule, entry in table["rules"].items()
    }


def page(run: Run) -> str:
    """Return the whole page."""
    remark, seen = judged()
    return "\n".join([_HEAD, *_summary(run, remark), *_rules(run, seen), *_projects(run)])


def _summary(run: Run, remark: str) -> list[str]:
    names = {one.project for one in run.looked}
    bytes_ = size(sum(one.size for one in run.looked))
    clean = sum(not one.findings for one in run.looked)
    numbers = (
        f"{len(run.looked)} files of {len(names)} projects, {bytes_}; nothing is found in {clean} "
        f"of them. {len(run.missing)} files that are wanted were not there."
    )
    numbers = textwrap.fill(numbers, 100)
    return [f"## The run of {run.today.isoformat()}\n", f"{numbers}\n", f"{remark}\n"]


def _rules(run: Run, seen: Mapping[str, Judged]) -> list[str]:
    rows = [_rule(total, seen.get(total.rule.id)) for total in totals(run.looked)]
    return [
        "## What the rules say\n",
        "`own` and `third-party` are the profiles: whether a finding stops the release there.\n",
        *_table(_COLUMNS, rows),
        "## What was seen\n",
        *(_seen(total.rule.id, seen) for total in totals(run.looked)),
    ]


def _rule(total: Total, seen: Judged | None) -> tuple[str, ...]:
    severities = ("stops" if it is Severity.ERROR else "advice" for it in total.severities)
    numbers = str(total.files), str(total.findings)
    looked = min(seen.looked, total.findings) if seen else 0
    named = f"{_link(total.rule.id)} {total.rule.title}"
    return (named, total.rule.authority.value, *numbers, *severities, str(looked))


def _seen(rule: str, seen: Mapping[str, Judged]) -> str:
    words = seen[rule].saw if rule in seen else _NOBODY
    return f"- **{_link(rule)}** {RULES[rule].title}: {words}"


def _projects(run: Run) -> list[str]:
    rows = [row for project in run.projects for row in _project(project, run)]
    return [
        "\n## The files\n",
        *_table(("project", "kind", "file", "size", "SHA-256", "findings"), rows),
    ]


def _project(project: Project, run: Run) -> list[tuple[str, ...]]:
    """Return a row for each kind that is wanted of the project."""
    found = {one.kind: one for one in run.looked if one.project == project.name}
    reasons = {one.kind: one.reason for one in run.missing if one.project == project.name}
    return [
        (project.name, kind.name, *_file(found.get(kind.name), reasons.get(kind.name, "")))
        for kind in project.kinds
    ]


def _file(one: Looked | None, reason: str) -> tuple[str, ...]:
    if one is None:
        return f"not there: {reason}", "", "", ""
    return f"`{one.file_name}`", size(one.size), f"`{one.sha256[:_DIGITS]}`", _broken(one)


def _broken(one: Looked) -> str:
    counts = {rule: [it.rule for it in one.findings].count(rule) for rule in one.rules}
    return ", ".join(
        _link(rule) + (f" ({count})" if count > 1 else "") for rule, count in counts.items()
    )


def _link(rule: str) -> str:
    return f"[{rule}](rules/{rule}.md)"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return [*("| " + " | ".join(line) + " |" for line in lines), ""]
