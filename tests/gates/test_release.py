"""The gate ``release``: a set of wheels that breaks each rule, and one that does not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from release_tests.gates import release
from release_tests.gates.catalogue import RULES, rules_of
from release_tests.gates.explain import explain
from release_tests.gates.grouping import NO_VERSION, releases
from release_tests.gates.judgement import judge, text
from release_tests.gates.profiles import OF_TASTE, OF_UPLOADS, severity_of
from release_tests.gates.rules import Authority, Severity
from release_tests.gates.version import check as version_check
from release_tests.gates.waivers import waivable
from release_tests.policy import THIRD_PARTY, Policy
from tests.forge import Wheel
from tests.gates.cases.release import RELEASE_CASES, STALE, TODAY, Set, waiving

if TYPE_CHECKING:
    from release_tests.findings import Finding
    from tests.gates.cases.release import ReleaseCase

_IDS = [f"{case.rule}-{at}" for at, case in enumerate(RELEASE_CASES)]
rows = pytest.mark.parametrize("case", RELEASE_CASES, ids=_IDS)


def _findings(together: Set, directory: Path) -> list[Finding]:
    return release.check(together.read(directory), together.policy, TODAY).findings


@rows
def test_bad_set_breaks_its_rules_and_no_other(case: ReleaseCase, tmp_path: Path) -> None:
    """The gate reports exactly the rules that the row names, at the place, in its words."""
    found = _findings(case.bad, tmp_path)
    assert {item.rule for item in found} == {case.rule, *case.also}
    said = [
        (item.where, f"{item.message} {item.expected} {item.found}")
        for item in found
        if item.rule == case.rule
    ]
    assert any(
        case.where in where and all(word in words for word in case.says) for where, words in said
    ), said


@rows
def test_good_neighbour_breaks_nothing(case: ReleaseCase, tmp_path: Path) -> None:
    """What differs in that one thing keeps the rule, and every other of the gate."""
    assert _findings(case.good, tmp_path) == []


@rows
def test_findings_name_artifacts_that_are_there(case: ReleaseCase, tmp_path: Path) -> None:
    """Where a finding is about some of the files, it names them; each can be put into words."""
    together = case.bad.read(tmp_path)
    names = {wheel.file_name for wheel in together.wheels} | {*together.others}
    for item in _findings(case.bad, tmp_path):
        assert names.issuperset(item.artifacts)
        assert all(explain(item)[word].strip() for word in ("where", "message", "why", "mend"))


def test_every_rule_has_a_case() -> None:
    """A rule that no set breaks, or that only exists in a row, is found here."""
    assert {case.rule for case in RELEASE_CASES} == {rule.id for rule in rules_of("release")}


def test_versions_that_nobody_can_compare_break_nothing(tmp_path: Path) -> None:
    """A dependency on a version of thousands of digits is compared as it is written."""
    head = "Metadata-Version: 2.4\nName: demo\nVersion: 1.0\nRequires-Dist: "
    many = [f"{head}{line}{'9' * 5000}\n" for line in ("x==", "x===", "torch<")]
    tags = ("py3-none-any", "cp311-cp311-win_amd64", "cp311-cp311-macosx_11_0_arm64")
    wheels = [Wheel(tags=tag, metadata=lines) for tag, lines in zip(tags, many, strict=True)]
    found = {item.rule for item in _findings(Set(tuple(wheels)), tmp_path)}
    assert found == {"REL002"}  # the dependencies of one release differ


def test_every_waiver_is_accounted_for(tmp_path: Path) -> None:
    """The evidence gets each waiver with what it came to; one of code says it was not looked at."""
    states = {}
    waived = {"VER003": "demo-*", "IMP002": "demo-*", "TAG013": "demo-*", "VER006": "demo-*"}
    waived["REL010"] = "other-*"
    for rule, artifacts in waived.items():
        policy = waiving(rule=rule, artifacts=artifacts)
        together = Set((STALE,), policy, (STALE,)).read(tmp_path)
        (waiver,) = release.check(together, policy, TODAY).waivers
        states[rule] = waiver["state"]
        assert waiver["until"] == "2026-11-20"
        assert waiver["reason"] == "mended in 1.1"
    assert states == {
        "VER003": "used",
        "IMP002": "not looked at: its gate runs code",
        "TAG013": "not looked at: compiled members were not read in this run",
        "VER006": "not looked at: it is about the source tree",
        "REL010": "matches no artifact of this run",
    }


def _judged(policy: Policy, directory: Path, *, days: int = 0) -> dict[str, str]:
    """Return the only finding of the gate version about the stale wheel, as it is recorded."""
    (wheel,) = Set((STALE,)).read(directory).wheels
    found = version_check(wheel, policy)
    (judged,) = judge(found, [wheel.file_name], policy, TODAY + timedelta(days=days))
    assert judged.stops == (judged.waiver is None and judged.severity is Severity.ERROR)
    return judged.plain() | {"text": text("title", [judged]), "stops": str(judged.stops)}


def test_a_waived_finding_stops_nothing_and_is_shown(tmp_path: Path) -> None:
    """It stays an error, with the reason and the last day, on that day too."""
    found = _judged(waiving(), tmp_path)
    assert found["stops"] == "False"
    assert found["severity"] == "error"
    assert (found["waived"], found["waived-until"]) == ("mended in 1.1", "2026-11-20")
    assert "VER003 waived until 2026-11-20: mended in 1.1" in found["text"]
    assert "demo/__init__.py, line 3" in found["text"]


@pytest.mark.parametrize(
    ("changed", "days"),
    [
        ({}, 1),
        ({"rule": "VER004"}, 0),
        ({"artifacts": "other-*"}, 0),
        ({"artifacts": ""}, 0),
        ({"reason": ""}, 0),
        ({"until": None}, 0),
    ],
    ids=["expired", "other rule", "other artifact", "no artifacts", "no reason", "no last day"],
)
def test_a_waiver_that_does_not_hold_waives_nothing(
    changed: dict[str, str], days: int, tmp_path: Path
) -> None:
    """Expired, for something else, or not whole: the finding stops the release as ever."""
    found = _judged(waiving(**changed), tmp_path, days=days)
    assert found["stops"] == "True"
    assert "waived" not in found


def test_taste_is_advice_in_wheels_of_others(tmp_path: Path) -> None:
    """Under the profile third-party the same finding is advice, and is shown as that."""
    found = _judged(Policy(profile=THIRD_PARTY), tmp_path)
    assert (found["severity"], found["stops"]) == ("advice", "False")
    assert "VER003 advice only, in wheels that are not ours" in found["text"]
    assert _judged(Policy(), tmp_path)["severity"] == "error"


@pytest.mark.parametrize("rule", sorted(OF_TASTE | OF_UPLOADS))
def test_only_taste_and_what_bars_an_upload_softens(rule: str) -> None:
    """Every rule that softens exists, is an error of ours, and nobody's but PyPI's or our own."""
    said_by = Authority.PRACTICE if rule in OF_TASTE else Authority.PYPI
    assert RULES[rule].authority is said_by
    assert RULES[rule].severity is Severity.ERROR
    assert severity_of(rule, THIRD_PARTY) is Severity.ADVICE


@pytest.mark.parametrize(
    "rule", sorted(rule.id for rule in RULES.values() if rule.rank is not None)
)
def test_what_installers_refuse_too_does_not_soften(rule: str) -> None:
    """Unsafe archives, and what has no name, version, WHEEL or RECORD, stop under any profile."""
    stays = RULES[rule].gate == "archive" or rule in _REFUSED_BY_INSTALLERS
    assert (severity_of(rule, THIRD_PARTY) is Severity.ERROR) == stays


_REFUSED_BY_INSTALLERS = frozenset(
    {
        *("NAME001", "NAME005", "NAME006", "META001", "META006", "META009", "META012", "META016"),
        *(
            "META025",
            "STR001",
            "STR003",
            "STR004",
            "STR011",
            "STR032",
            "STR037",
            "STR101",
            "STR103",
        ),
        *("REC001", "REC011", "VER001", "VER002"),
    }
)
"""By pip or uv, at least in some form; pip refuses dependencies by address of what an index has."""


def test_what_hands_out_secrets_or_breaks_an_installation_never_softens() -> None:
    """Secrets, entry points that lead nowhere, imports that fail, files that are overwritten."""
    kept = {"STR013", "STR014", "STR017", "STR019", "STR020", "IMP002", "IMP003", "REL009"}
    assert kept <= RULES.keys() - OF_TASTE - OF_UPLOADS


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_what_the_index_refuses_and_what_is_unsafe_cannot_be_waived(rule: object) -> None:
    """Nor can that a gate could not look, nor the rules about waivers themselves."""
    found = next(one for one in RULES.values() if one is rule)
    refused = found.authority is Authority.PYPI and found.id not in ("NAME011", "REL017")
    never = refused or found.gate == "archive" or found.id[-3:] == "000"
    about_waivers = "waiver" in found.title
    assert waivable(found) is not (never or about_waivers)


def test_a_release_is_what_has_one_version() -> None:
    """Whatever the projects are called and however the version is written, sdists included."""
    names = (
        "a-1.0-py3-none-any.whl",
        "b-1.0.0-py3-none-any.whl",
        "a-2.0-py3-none-any.whl",
        "a-1.0.tar.gz",
        "x.whl",
        "x.tar.gz",
    )
    found = [(str(one), [path.name for path in one.paths]) for one in releases(map(Path, names))]
    assert found == [
        ("1.0", [names[0], names[1], names[3]]),
        ("2.0", [names[2]]),
        (NO_VERSION, [names[4], names[5]]),
    ]
