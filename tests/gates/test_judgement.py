"""However much is wrong with an artifact, what is recorded of it has a limit, and says so."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from release_tests.archive.reader import read_wheel
from release_tests.findings import Finding
from release_tests.gates import archive, record
from release_tests.gates.judgement import MOST, judge, text
from release_tests.policy import Policy
from release_tests.waivers import Waiver
from tests import forge

if TYPE_CHECKING:
    from pathlib import Path

_TODAY = date(2026, 11, 20)
_FILE = ("demo-1.0-py3-none-any.whl",)


def _messages(findings: list[Finding]) -> list[str]:
    return [one.finding.message for one in judge(findings, _FILE, Policy(), _TODAY)]


def _many(rule: str, count: int, *artifacts: str) -> list[Finding]:
    return [Finding(rule, f"place {at}", f"{rule} {at}", "", "", artifacts) for at in range(count)]


def test_up_to_the_limit_all_are_kept() -> None:
    """Exactly so many findings are kept as they are."""
    assert _messages(_many("REC004", MOST)) == [f"REC004 {at}" for at in range(MOST)]


def test_beyond_the_limit_the_last_says_how_many_more() -> None:
    """The first are kept in their order, and the last of them counts the others."""
    found = _messages(_many("REC004", MOST + 7))
    assert found[:-1] == [f"REC004 {at}" for at in range(MOST - 1)]
    assert found[-1] == f"REC004 {MOST - 1} (and 7 more of REC004, which are not kept)"


def test_each_rule_and_each_artifact_has_its_own_limit() -> None:
    """What is found most does not hide what is found once, whatever comes first."""
    findings = [
        *_many("REC004", 3 * MOST),
        *_many("REC003", 1),
        *_many("REL001", MOST, "a.whl"),
        *_many("REL001", MOST, "b.whl"),
    ]
    found = _messages(findings)
    assert len(found) == MOST + 1 + 2 * MOST
    assert sum("not kept" in message for message in found) == 1


def test_a_wheel_with_much_wrong(tmp_path: Path) -> None:
    """A gate's own findings are limited, still stop the release, and are shown in short."""
    rows = [(f"no{at}", "", "") for at in range(500)]
    facts = read_wheel(forge.Wheel(record=lambda right: right + rows).write(tmp_path))
    found = record.check(facts, Policy())
    assert isinstance(found, list)
    judged = judge(found, _FILE, Policy(), _TODAY)
    assert len(judged) == MOST
    assert all(one.stops for one in judged)
    assert "400 more of REC004" in judged[-1].plain()["message"]
    assert "and 88 more; see the evidence" in text("demo", judged)


def test_what_stops_the_release_is_judged_first() -> None:
    """Advice and what is waived come after it; otherwise findings keep their order."""
    rules = ("CPU005", "CPU001", "CPU008", "REC005", "REC003")
    waiver = Waiver(rule="REC005", artifacts="*", reason="known", until=_TODAY)
    findings = [Finding(rule, "x", "y") for rule in rules]
    judged = judge(findings, _FILE, Policy(waivers=(waiver,)), _TODAY)
    told = [one.finding.rule for one in judged]
    assert told == ["CPU001", "REC003", "CPU005", "CPU008", "REC005"]


def test_only_one_gate_says_at_length_that_a_file_does_not_open(tmp_path: Path) -> None:
    """The others name the reason and the gate that explains it, in four lines."""
    path = tmp_path / "demo-1.0-py3-none-any.whl"
    path.write_bytes(b"words")
    facts = read_wheel(path)
    whole, short = (
        text(path.name, judge(gate.check(facts, Policy()), [path.name], Policy(), _TODAY))
        for gate in (archive, record)
    )
    assert all(label in whole for label in ("    why   ", "    mend  ", "    see   "))
    assert short.splitlines() == [
        path.name,
        "",
        "  REC000 error: the gate could not look at the artifact (good practice)",
        f"    at    {path.name}",
        (
            "          the archive could not be opened (see the gate archive): "
            "it is not a ZIP archive, or its end is cut off"
        ),
    ]
