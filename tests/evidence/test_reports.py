"""The table and the summary say what the run holds, and take nothing of a name for markup."""

from __future__ import annotations

from release_tests.evidence.model import State
from release_tests.evidence.summary import markdown
from release_tests.evidence.table import table
from tests.evidence.samples import ADVICE, FAILED, NAME, PASSED, SKIPPED, artifact, row, run
from tests.evidence.samples import FINDING as PLACE

GATES = ("archive", "record", "install")
FINDING = {**PLACE, "title": "a digest differs", "mend": "Build `it` again."}
RUN = run(
    0,
    [
        artifact([row("archive"), row("record", FAILED, FINDING, ADVICE), row("record")]),
        artifact([row("archive"), row("install", SKIPPED, reason="no network\nlong")], "b|*.whl"),
    ],
)


def test_the_table_for_a_terminal() -> None:
    """Every gate has a column, every artifact a row, and what never answered is missing."""
    assert table(RUN, GATES).text().splitlines() == [
        "artifact                   archive  record      install",
        "demo-1.0-py3-none-any.whl  passed   FAILED (2)  missing",
        "b|*.whl                    passed   missing     skipped",
    ]


def test_the_table_in_markdown() -> None:
    """A file name cannot break out of its cell."""
    assert table(RUN, GATES).markdown().splitlines()[1:] == [
        "| --- | --- | --- | --- |",
        f"| {NAME} | passed | FAILED (2) | missing |",
        "| b\\|\\*.whl | passed | missing | skipped |",
    ]


def test_a_gate_that_was_not_asked_for_has_a_column_too() -> None:
    """What ran beyond the known gates is shown after them."""
    assert table(RUN, ["filename"]).gates == ("filename", "archive", "record", "install")


def test_a_run_without_artifacts_has_a_table() -> None:
    """There is a head even when nothing was answered."""
    assert table(run(), GATES).text() == "artifact  archive  record  install"


def test_control_characters_do_not_reach_the_terminal() -> None:
    """A hostile file name cannot move the cursor."""
    shown = table(run(0, [artifact([], "\x1b[2Jdemo.whl")]), []).text()
    assert "\x1b" not in shown
    assert "\\x1b[2Jdemo.whl" in shown


def test_the_summary_has_every_finding() -> None:
    """Conclusion, policy, table, each finding with its place, and why a gate was skipped."""
    summary = markdown(RUN, GATES)
    assert "# Release gates: 1 of 2 artifacts failed" in summary
    assert table(RUN, GATES).markdown() in summary
    assert "- Policy: `pyproject.toml`, fingerprint `efefefefefef`" in summary
    assert "  - **REC001** error: a digest differs. *Build \\`it\\` again.*\n" in summary
    assert "\n    - `demo/core.py`: wrong hash\n" in summary
    assert "  - **MET009** advice: " in summary
    assert "- **install** skipped: no network\n" in summary


def test_a_rule_stands_once_in_the_summary_with_its_places() -> None:
    """However often it is broken, it is explained once; of many places the first are shown."""
    places = [{**FINDING, "where": f"demo/{at}.py"} for at in range(15)]
    summary = markdown(run(0, [artifact([row("record", FAILED, *places)])]), ("record",))
    assert summary.count("REC001") == summary.count("a digest differs") == 1
    shown = "".join(f"    - `demo/{at}.py`: wrong hash\n" for at in range(12))
    assert f"{shown}    - … and 3 more; see the evidence\n" in summary


def test_what_failed_comes_first_in_the_summary() -> None:
    """Files that failed before others, and of each its gates; the machine is last."""
    advised = artifact([row("archive", PASSED, ADVICE)], "a.whl")
    failed = artifact([row("archive", PASSED, ADVICE), row("record", FAILED, FINDING)], "b.whl")
    summary = markdown(run(0, [advised, failed]), GATES)
    order = ["## b.whl", "**record** failed", "**archive** passed", "## a.whl", "## Machine"]
    places = [summary.index(words) for words in order]
    assert places == sorted(places)
    assert summary.endswith("## Machine\n\n- python: 3.11.9\n- system: Linux\n")


def test_the_summary_compares() -> None:
    """What was expected and found stands beside a finding that has it, whatever it holds."""
    finding = {**FINDING, "expected": "one | two", "found": "`three`"}
    seen = run(0, [artifact([row("record", FAILED, finding)])])
    text = markdown(seen, ("record",))
    assert f"; expected `one | two`; found `{chr(0x2019)}three{chr(0x2019)}`" in text


def test_the_summary_of_an_unfinished_run() -> None:
    """Nothing looks green when the run came to no end, and what never answered is listed."""
    summary = markdown(run(0, state=State.INTERRUPTED), GATES)
    assert "the run did not finish; nothing in it counts as passed" in summary
    object.__setattr__(broken := run(0), "missing", ("test_install[b.whl]",))
    assert "## Never answered\n\n- `test_install[b.whl]`" in markdown(broken, GATES)
