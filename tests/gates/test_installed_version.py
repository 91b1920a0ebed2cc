"""The gate ``installed-version``: what the installed release calls itself."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from release_tests.archive.names import parse_wheel_name
from release_tests.gates.catalogue import rules_of
from release_tests.gates.identity import version_modules
from release_tests.gates.installed_version import check, told
from release_tests.gates.observing import VERSION, modules_for
from release_tests.policy import Policy
from release_tests.sandbox.choosing import NoInterpreter
from release_tests.sandbox.observed import ImportState
from release_tests.sandbox.trials import Trials
from release_tests.source.facts import GitFacts, SourceFacts, Unanswered
from tests import forge
from tests.gates.trials import HERE, offline, on, tried
from tests.sandbox.pythons import INSTALLERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.sandbox.observed import Trial

AGREEING = [
    ("1.0", "1.0"),
    ("1.0", "v1.0.0"),
    ("1.0", "1.0+cpu"),
    ("1.0+cpu", "1.0"),
    ("1.0", None),
]
DIFFERING = [("1.0", "1.1"), ("1.0", "unknown"), ("1.0+cpu", "1.0+cu118"), ("1.0", "1.0rc1")]
DIFFERING.append(("1.0", f"1.{'9' * 4900}"))  # more digits than Python converts

# The files of a wheel called demo, what the policy names, and the modules whose version counts.
COUNTING: dict[str, tuple[dict[str, forge.Content], tuple[str, ...] | None, tuple[str, ...]]] = {
    "the policy's": ({"demo.py": ""}, ("one", "two"), ("one", "two")),
    "named like the project": ({"demo.py": "", "other.py": ""}, None, ("demo",)),
    "the only one": ({"one.py": ""}, None, ("one",)),
    "the only public one": ({"one.py": "", "_one.py": ""}, None, ("one",)),
    "none of two": ({"one.py": "", "two.py": ""}, None, ()),
    "none of none": ({}, None, ()),
}


@pytest.fixture(scope="module", autouse=True)
def links(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Leave nothing of this machine's pip configuration."""
    with offline(tmp_path_factory.mktemp("links")):
        yield


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> tuple[ArtifactFacts, Trial]:
    """Return what is observed of a good wheel, for the tests that change one thing of it."""
    wheel, trials = tried(forge.Wheel(), tmp_path_factory.mktemp("good"), HERE)
    return wheel, trials.trials[0]


Good = tuple["ArtifactFacts", "Trial"]


def _calling_itself(good: Good, release: str, running: str | None) -> list[str]:
    """Return the rules broken when a release's only module has this `__version__`."""
    facts, trial = good
    report = dataclasses.replace(trial.imports[0], version=running)
    named = parse_wheel_name(f"demo-{release}-py3-none-any.whl")
    changed = dataclasses.replace(trial, imports=(report,), installed={"demo": release})
    found = check(Trials((changed,)), dataclasses.replace(facts, name=named), Policy())
    return [finding.rule for finding in found]


@pytest.mark.parametrize(("release", "running"), AGREEING)
def test_versions_that_agree(good: Good, release: str, running: str | None) -> None:
    """A spelling, or a local part that only one side has, is no other version."""
    assert _calling_itself(good, release, running) == []


@pytest.mark.parametrize(("release", "running"), DIFFERING)
def test_versions_that_differ(good: Good, release: str, running: str) -> None:
    """Another public version, another local part, and no version at all are found (IVER001)."""
    assert _calling_itself(good, release, running) == ["IVER001"]


@pytest.mark.parametrize("where", INSTALLERS, ids="-".join)
def test_another_version_really_running(tmp_path: Path, where: tuple[str, str]) -> None:
    """A package that computes another version when it runs is found, with where and what."""
    policy = on(Policy(), where[1], where[0])
    files: dict[str, forge.Content] = {"demo.py": "__version__ = '.'.join('11')\n"}
    wheel, trials = tried(forge.Wheel(files=files), tmp_path, policy)
    (finding,) = check(trials, wheel, policy)
    assert (finding.rule, finding.expected, finding.found) == ("IVER001", "1.0", "1.1")
    assert finding.where == f"Python {where[1]}: demo.__version__"


def test_a_module_that_the_policy_names_must_say_it(tmp_path: Path) -> None:
    """No text, and no module, is no answer of one that the policy names."""
    files: dict[str, forge.Content] = {"number.py": "__version__ = 1\n", "bad.py": "1 / 0\n"}
    policy = dataclasses.replace(HERE, imports=(), version_modules=("number", "bad"))
    wheel, trials = tried(forge.Wheel(files=files), tmp_path, policy)
    found = [(one.rule, one.where.partition(": ")[2]) for one in check(trials, wheel, policy)]
    assert found == [("IVER001", "number.__version__"), ("IVER000", "bad.__version__")]


@pytest.mark.parametrize("name", COUNTING)
def test_whose_version_counts(good: Good, name: str) -> None:
    """The same modules count in the files and running, and are imported for this gate."""
    files, named, counting = COUNTING[name]
    member = good[0].members[0]
    members = tuple(dataclasses.replace(member, name=file) for file in files)
    wheel = dataclasses.replace(good[0], members=members)
    policy = Policy(imports=(), version_modules=named)
    assert version_modules(wheel, policy) == counting
    assert modules_for(wheel, policy, frozenset((VERSION,))) == counting


def test_other_metadata_is_found(good: Good) -> None:
    """A distribution of another version, or of another name, is found (IVER002)."""
    wheel, trial = good
    for installed, found in (({"demo": "2.0"}, "2.0"), ({}, "not installed under this name")):
        (finding,) = check(
            Trials((dataclasses.replace(trial, installed=installed),)), wheel, Policy()
        )
        assert (finding.rule, finding.expected, finding.found) == ("IVER002", "1.0", found)


def test_all_that_was_asked_is_told_in_order(good: Good) -> None:
    """The file name, git, pyproject.toml, the metadata and the modules, each with its answer."""
    wheel, trial = good
    source = SourceFacts("demo", GitFacts("a" * 40, ("v1.0",)), "1.0", Unanswered("not needed"))
    said = [(one.source, one.version) for one in told(Trials((trial,)), wheel, source)]
    python = f"Python {trial.interpreter.minor}"
    assert said == [
        ("file name", "1.0"),
        ("git tag", "v1.0"),
        ("[project] version", "1.0"),
        (f"importlib.metadata, {python}", "1.0"),
        (f"demo.__version__, {python}", "1.0"),
    ]
    assert [one.source for one in told(Trials(), wheel, None)] == ["file name"]


def test_the_tag_counts_when_the_name_says_nothing(good: Good) -> None:
    """A file without a version in its name is held against the tag of its source."""
    wheel, trial = good
    nameless = dataclasses.replace(wheel, name=parse_wheel_name("demo.whl"))
    source = SourceFacts("demo", GitFacts("a" * 40, ("v2.0",)), "2.0", Unanswered("not needed"))
    found = check(Trials((trial,)), nameless, Policy(), source)
    assert [(one.rule, one.expected) for one in found] == [("IVER002", "2.0"), ("IVER001", "2.0")]


def test_nothing_observed_is_never_good(good: Good) -> None:
    """No interpreter, no installation, no import and no version are findings, not passes."""
    wheel, trial = good
    raised = dataclasses.replace(trial.imports[0], state=ImportState.ENDED)
    silent: list[tuple[Trials | NoInterpreter, ArtifactFacts]] = [
        (NoInterpreter("there is none"), wheel),
        (Trials(), wheel),
        (Trials((dataclasses.replace(trial, steps=()),)), wheel),
        (Trials((dataclasses.replace(trial, imports=()),)), wheel),
        (
            Trials((trial,)),
            dataclasses.replace(wheel, name=parse_wheel_name("demo.whl"), contents={}),
        ),
    ]
    for answer, facts in silent:
        assert [one.rule for one in check(answer, facts, Policy())] == ["IVER000"]
    ended = Trials((dataclasses.replace(trial, imports=(raised,)),))
    assert check(ended, wheel, Policy()) == []  # that is for the gate import to say


def test_every_rule_has_a_case() -> None:
    """A rule that no test breaks is found here."""
    assert {rule.id for rule in rules_of("installed-version")} == {"IVER000", "IVER001", "IVER002"}
