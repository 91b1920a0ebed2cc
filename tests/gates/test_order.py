"""Of several defects the first told is the one that PyPI would answer."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from release_tests.archive.reader import read_wheel
from release_tests.gates import archive, filename, metadata, record, structure, version
from release_tests.gates.catalogue import RULES
from release_tests.gates.explain import explain, text
from release_tests.gates.order import ranked
from release_tests.gates.rules import Authority
from release_tests.policy import Policy
from tests import forge

if TYPE_CHECKING:
    from pathlib import Path

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.findings import Finding

_BANDS = {
    "metadata": range(200),
    "filename": range(200, 300),
    "archive": range(300, 400),
    "wheel": range(400, 500),
    "sdist": range(500, 600),
}
_TYPE = "Description-Content-Type"

FORM = {
    "META009": {"Name": "-demo-"},
    "META010": {"Metadata-Version": "7"},
    "META011": {"Import-Name": "demo"},
    "META012": {"Version": "one"},
    "META013": {"Summary": "a\n        b"},
    "META014": {_TYPE: "text/html"},
    "META015": {"Dynamic": "Version"},
    "META016": {"Requires-Python": "three"},
    "META017": {"License-File": "../COPYING"},
    "META019": {"Version": "1.0+cpu"},
    "META020": {"Summary": "a" * 600},
    "META021": {"Author-email": "me@nowhere"},
    "META022": {"Classifier": "No :: Such"},
    "META023": {"Home-page": "nowhere"},
    "META024": {"Project-URL": "nowhere"},
    "META025": {"Requires-Dist": "more @ https://example.net/more"},
    "META026": {"License": "MIT", "License-Expression": "MIT"},
    "META003": {_TYPE: "text/x-rst"},
}
"""Defects of the form, by the fields that make them."""

IN_ORDER = (
    "META009",
    *("META010", "META012", "META014", "META015", "META011", "META017", "META016", "META013"),
    *("META019", "META021", "META022", "META023", "META026", "META024", "META025", "META020"),
    "META003",
)
"""The same in the index's order: the name, what the specification forbids, what the index asks for
beyond it, and the description; of the second and the third the fields in their order."""

FILE: dict[str, dict[str, object]] = {
    "NAME007": {"tags": "py3-none-linux_x86_64"},
    "NAME002": {"name": "Demo", "file_name": "Demo-1.0-py3-none-any.whl"},
    "REC001": {"record": None},
    "STR011": {"entry_points": "[a]\nb"},
}
"""Defects of the file once it is received, in the index's order."""


def _stated(*fields: dict[str, str]) -> str:
    good = {"Metadata-Version": "2.4", "Name": "demo", "Version": "1.0", _TYPE: "text/markdown"}
    merged = good | {name: value for some in fields for name, value in some.items()}
    head = "\n".join(f"{name}: {value}" for name, value in merged.items())
    return f"{head}\n\n`Words\n"


def _told(wheel: forge.Wheel, directory: Path) -> list[Finding]:
    facts: ArtifactFacts = read_wheel(wheel.write(directory))
    gates = (filename, structure, record, metadata, version)
    return ranked(finding for gate in gates for finding in gate.check(facts, Policy()))


def _answered(findings: list[Finding]) -> list[str]:
    return [item.rule for item in findings if RULES[item.rule].authority is Authority.PYPI]


def _pairs() -> list[tuple[str, str]]:
    together = itertools.combinations(IN_ORDER, 2)
    return [(one, two) for one, two in together if not FORM[one].keys() & FORM[two].keys()]


@pytest.mark.parametrize(("first", "second"), _pairs())
def test_two_defects_of_the_form(first: str, second: str, tmp_path: Path) -> None:
    """The one that the index finds first is told first, and the other is told as well."""
    answered = _answered(_told(forge.Wheel(metadata=_stated(FORM[first], FORM[second])), tmp_path))
    assert answered[0] == first
    hidden = first == "META010" and second == "META011"  # newer than what is not known
    assert (second in answered) != hidden


@pytest.mark.parametrize("form", ["META016", "META025", "META003"])
@pytest.mark.parametrize("file", FILE)
def test_the_form_comes_before_the_file(form: str, file: str, tmp_path: Path) -> None:
    """A defect of the form is answered before any of the file, which is received after it."""
    made = forge.Wheel(metadata=_stated(FORM[form]), **FILE[file])  # type: ignore[arg-type]
    answered = _answered(_told(made, tmp_path))
    assert answered[0] == form
    assert file in answered


@pytest.mark.parametrize(("first", "second"), [*itertools.combinations(FILE, 2)])
def test_two_defects_of_the_file(first: str, second: str, tmp_path: Path) -> None:
    """Names come before contents, in the index's order."""
    made = FILE[second] | FILE[first]
    if {"tags", "file_name"} <= made.keys():
        made["file_name"] = "Demo-1.0-py3-none-linux_x86_64.whl"
    answered = _answered(_told(forge.Wheel(**made), tmp_path))  # type: ignore[arg-type]
    wanted = [rule for rule in answered if rule in (first, second)]
    assert wanted == [first, second]


def test_the_archive_is_told_in_the_order_of_the_index(tmp_path: Path) -> None:
    """What is framed badly comes after a method that is refused and source that is hidden."""
    hidden = "__pyarmor" + "__(__name__, __file__, b'')"
    files = {**forge.package(), "demo/a.py": hidden, "demo/b.txt": "words"}
    path = forge.Wheel(files=files, methods={"demo/b.txt": forge.BZIP2}).write(tmp_path)
    facts = read_wheel(forge.surround(path, after=b"\n"))
    assert [item.rule for item in archive.check(facts, Policy())] == ["ZIP007", "ZIP032", "ZIP024"]


def test_the_version_is_told_in_the_order_of_the_index(tmp_path: Path) -> None:
    """What PyPI compares comes before what it does not look at."""
    path = forge.Wheel(metadata=_stated({"Version": "2.0"})).write(tmp_path)
    facts = read_wheel(forge.corrupt_member(path, "demo/__init__.py"))
    assert [item.rule for item in version.check(facts, Policy())] == ["VER002", "VER000"]


def test_what_pypi_enforces_has_an_answer_and_a_place() -> None:
    """A rule of PyPI's says what it answers, and when; no other rule has a place."""
    mine = [rule for rule in RULES.values() if rule.gate not in ("archive", "install")]
    pypi = {rule.id for rule in mine if rule.authority is Authority.PYPI}
    assert {rule.id for rule in mine if rule.reason and rule.rank is not None} == pypi
    assert {rule.id for rule in mine if rule.reason or rule.rank is not None} == pypi


@pytest.mark.parametrize("rule", [rule for rule in RULES.values() if rule.rank is not None])
def test_a_rank_lies_in_a_band(rule: object) -> None:
    """Ranks keep to the bands: the form, the name, the archive, the wheel's contents."""
    rank = getattr(rule, "rank", None)
    assert any(rank in band for band in _BANDS.values())


def test_the_answer_is_told(tmp_path: Path) -> None:
    """Evidence and text say what PyPI answers, where it does."""
    made = forge.Wheel(metadata=_stated(FORM["META026"]), entry_points="[demo]\na = other")
    findings = _told(made, tmp_path)
    (refused,) = (item for item in findings if item.rule == "META026")
    (advised,) = (item for item in findings if item.rule == "STR025")
    assert explain(refused)["reason"].startswith("PyPI answers: License is deprecated")
    assert explain(advised)["reason"] == ""
    assert "PyPI  answers: License is deprecated" in text("demo", findings)


def test_text_tells_the_first_answer_first(tmp_path: Path) -> None:
    """Findings are told by rank, whatever the order in which they were found."""
    findings = _told(forge.Wheel(metadata=_stated(FORM["META003"], FORM["META016"])), tmp_path)
    words = text("demo", reversed(findings))
    assert words.index("META016") < words.index("META003")
