"""The gate ``install``: a wheel that breaks each rule, and one that does not."""

from __future__ import annotations

import dataclasses
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from release_tests.archive.reader import read_wheel
from release_tests.gates.catalogue import rules_of
from release_tests.gates.explain import explain
from release_tests.gates.install import check
from release_tests.gates.trying import companions_of, observe, plan_for
from release_tests.policy import INSTALLERS, InstallPolicy, Policy
from release_tests.sandbox.choosing import NoInterpreter
from release_tests.sandbox.interpreter import Interpreter, running
from release_tests.sandbox.observed import (
    CHECK,
    INSTALL,
    START,
    Step,
    StepState,
    Tool,
    Trial,
    Upgrade,
)
from release_tests.sandbox.plan import Plan
from release_tests.sandbox.trial import perform
from release_tests.sandbox.trials import Trials, carried_out
from tests import forge
from tests.gates.trials import offline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.findings import Finding


@dataclass(frozen=True)
class Case:
    """A wheel, the policy it is judged by, and what the only finding has to say."""

    rule: str | None
    wheel: forge.Wheel
    policy: Policy = field(default_factory=Policy)
    says: tuple[str, ...] = ()


def _module(code: str) -> forge.Wheel:
    return forge.Wheel(files={"demo.py": code})


def _metadata(*lines: str, name: str = "demo", version: str = "1.0") -> str:
    return "\n".join(["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *lines, ""])


def _here(policy: Policy) -> Policy:
    """Return the policy with the running Python as the only one that wheels are tried on."""
    running_one = dataclasses.replace(policy.install, pythons=(running().minor,))
    return dataclasses.replace(policy, install=running_one)


both = pytest.mark.parametrize("installer", INSTALLERS)

HERE = Policy(install=InstallPolicy(pythons=(running().minor,)))

PYVENV = (
    f"home = {Path(sys.executable).resolve().parent}\nversion = 3\n"
    "include-system-site-packages = false\n"
)
WRITES = "with open(__file__.replace('__init__.py', 'cache'), 'w'):\n    pass\n"
SCHEMES = {
    "demo/__init__.py": "",
    "demo-1.0.data/purelib/demo/more.py": "",
    "demo-1.0.data/data/share/demo/page.txt": "text",
    "demo-1.0.data/scripts/demo-script": "#!python\nprint(1)\n",
    "demo-1.0.data/headers/demo.h": "",
    "ns/part/module.py": "",
}


BAD = {
    "unreadable": Case("INST000", forge.Wheel(file_name="demo-1.0-py3-none-any.whl")),
    "other platform": Case("INST000", forge.Wheel(tags="py3-none-win_amd64"), says=("win_amd64",)),
    "not a wheel's name": Case(
        "INST002", forge.Wheel(file_name="demo.whl"), says=("heel filename",)
    ),
    "two names": Case("INST002", forge.Wheel(dist_info="other-1.0.dist-info"), says=("other-1.0",)),
    "no such dependency": Case(
        "INST003", forge.Wheel(metadata=_metadata("Requires-Dist: nowhere>=3")), says=("nowhere",)
    ),
    "conflict": Case(
        "INST003",
        forge.Wheel(metadata=_metadata("Requires-Dist: helper<1", "Requires-Dist: helper>1")),
        says=("helper",),
    ),
    "deadline": Case("INST004", forge.Wheel(), Policy(install=InstallPolicy(deadline=0.001))),
    "two members at one path": Case(
        "INST015",
        forge.Wheel(
            files={"demo.py": "", "demo-1.0.data/purelib/demo.py": "__version__ = '1.0'\n"}
        ),
        says=("demo.py", "other bytes"),
    ),
    "the environment's own": Case(
        "INST016",
        forge.Wheel(files={"demo.py": "", "demo-1.0.data/data/pyvenv.cfg": PYVENV}),
        says=(": pyvenv.cfg", "been there before"),
    ),
    "another's file": Case(
        "INST017",
        forge.Wheel(
            files={"demo.py": "", "helper/core.py": "x = 1\n"},
            metadata=_metadata("Requires-Dist: helper"),
        ),
        says=("helper/core.py", "helper both"),
    ),
    "writes beside itself": Case(
        "INST018",
        forge.Wheel(files={"demo/__init__.py": WRITES}),
        says=("demo/cache", "after uninstalling"),
    ),
    "an upgrade": Case(
        "INST019",
        forge.Wheel(
            files={"demo.py": "import aid\naid.new\n"}, metadata=_metadata("Requires-Dist: aid")
        ),
        Policy(install=InstallPolicy(upgrade=True)),
        ("not over 0.9", "has no attribute 'new'"),
    ),
    "start-up file": Case(
        "INST014", forge.Wheel(files={"demo.py": "", "demo.pth": "import os; os._exit(0)\n"})
    ),
}

GOOD = {
    "plain": Case(None, forge.Wheel()),
    "any of its own modules": Case(None, forge.Wheel(), Policy(imports=("demo.core",))),
    "dependency": Case(None, forge.Wheel(metadata=_metadata("Requires-Dist: helper>=1"))),
    "every scheme, and what installers add": Case(
        None,
        forge.Wheel(
            files=SCHEMES,
            extra={"demo/unlisted.txt": "x"},
            entry_points="[console_scripts]\ndemo = demo:main\n",
        ),
    ),
    "the same file as another": Case(
        None,
        forge.Wheel(
            files={"demo.py": "", "helper/core.py": forge.package("helper")["helper/core.py"]},
            metadata=_metadata("Requires-Dist: helper"),
        ),
        Policy(imports=("demo",)),
    ),
    "an upgrade": Case(
        None,
        forge.Wheel(
            files={"demo.py": "import aid\naid.new\n"}, metadata=_metadata("Requires-Dist: aid>=2")
        ),
        Policy(install=InstallPolicy(upgrade=True)),
    ),
    "nothing to upgrade from": Case(
        None,
        forge.Wheel(version="0.1", files={"demo.py": ""}),
        Policy(install=InstallPolicy(upgrade=True)),
    ),
    "nothing is meant": Case(None, forge.Wheel(files={}), Policy(imports=())),
}


@pytest.fixture(scope="module", autouse=True)
def with_helpers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Leave nothing of this machine's pip configuration, but a directory with one dependency."""
    links = tmp_path_factory.mktemp("links")
    forge.Wheel(name="helper").write(links)
    forge.Wheel(name="aid", files={"aid.py": "old = 1\n"}).write(links)
    forge.Wheel(name="aid", version="2.0", files={"aid.py": "new = 1\n"}).write(links)
    earlier = _metadata("Requires-Dist: aid<2", version="0.9")
    forge.Wheel(version="0.9", files={"old.py": ""}, metadata=earlier).write(links)
    with offline(links):
        yield


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> ArtifactFacts:
    """Return the facts about a good wheel."""
    return read_wheel(forge.Wheel().write(tmp_path_factory.mktemp("good")))


@pytest.fixture(scope="module")
def trial(good: ArtifactFacts, with_helpers: None) -> Trial:
    """Return what is observed of the good wheel, for the tests that change one thing of it."""
    del with_helpers
    tried = observe(good, HERE)
    assert isinstance(tried, Trials)
    return tried.trials[0]


def _with(installer: str, policy: Policy) -> Policy:
    return dataclasses.replace(
        policy, install=dataclasses.replace(policy.install, installer=installer)
    )


def _judged(wheel: ArtifactFacts, policy: Policy) -> list[Finding]:
    """Return what is found on a wheel that is really tried here."""
    policy = _here(policy)
    return check(observe(wheel, policy), wheel, policy)


def _trial(wheel: ArtifactFacts, *steps: Step) -> Trial:
    return Trial(wheel.file_name, wheel.sha256, wheel.sha256, running(), Tool("pip", "1"), steps)


@both
@pytest.mark.parametrize("name", BAD)
def test_a_bad_wheel_breaks_its_rule_alone(tmp_path: Path, name: str, installer: str) -> None:
    """The one finding is of the rule, and shows what a maintainer has to know."""
    case = BAD[name]
    policy = _with(installer, case.policy)
    path = case.wheel.write(tmp_path / "dist")
    if name == "unreadable":
        forge.truncate(path, 40)
    wheel = read_wheel(path)
    findings = _judged(wheel, policy)
    assert [finding.rule for finding in findings] == [case.rule], findings
    shown = "\n".join(explain(findings[0]).values())
    assert [words for words in case.says if words not in shown] == []


@both
@pytest.mark.parametrize("name", GOOD)
def test_a_good_wheel_breaks_none(tmp_path: Path, name: str, installer: str) -> None:
    """Nothing is found on a wheel that installs."""
    case = GOOD[name]
    wheel = read_wheel(case.wheel.write(tmp_path / "dist"))
    assert _judged(wheel, _with(installer, case.policy)) == []


def test_changed_bytes_are_found(tmp_path: Path) -> None:
    """A file that was replaced after it was read is not installed (INST001)."""
    wheel = read_wheel(forge.Wheel().write(tmp_path))
    _module("other = 1\n").write(tmp_path)
    findings = _judged(wheel, Policy())
    assert [(finding.rule, finding.expected) for finding in findings] == [("INST001", wheel.sha256)]


def test_bytes_that_change_under_pip_are_found(good: ArtifactFacts) -> None:
    """A complaint of pip about the file's digest is not taken for a failed installation."""
    output = f"ERROR: THESE PACKAGES DO NOT MATCH THE HASHES\n file:///x/{good.file_name}"
    trial = _trial(good, Step(INSTALL, StepState.FAILED, 1.0, output))
    assert [finding.rule for finding in check(Trials((trial,)), good, Policy())] == ["INST001"]


@pytest.mark.parametrize(
    "output",
    [
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
        "error: Failed to install: demo\n  Caused by: No space left on device (os error 28)",
    ],
    ids=["pip", "uv"],
)
def test_a_full_disk_says_nothing_of_the_wheel(good: ArtifactFacts, output: str) -> None:
    """Where there is no room the wheel was not looked at; its users have room."""
    trial = _trial(good, Step(INSTALL, StepState.FAILED, 1.0, output))
    (finding,) = check(Trials((trial,)), good, Policy())
    assert finding.rule == "INST000"
    assert "no room" in finding.message


def test_a_trial_of_other_bytes_proves_nothing(trial: Trial, tmp_path: Path) -> None:
    """A good trial does not speak for a wheel with another digest."""
    other = read_wheel(_module("").write(tmp_path))
    assert [finding.rule for finding in check(Trials((trial,)), other, Policy())] == ["INST001"]


def test_what_does_not_fit_together_is_found(good: ArtifactFacts, trial: Trial) -> None:
    """What `pip check` says is judged (INST005)."""
    said = Step(CHECK, StepState.FAILED, 1.0, "demo 1.0 requires helper, not installed.")
    worse = dataclasses.replace(trial, steps=(trial.steps[0], said, trial.steps[2]))
    (finding,) = check(Trials((worse,)), good, Policy())
    assert finding.rule == "INST005"
    assert "helper" in finding.found


def test_nothing_observed_is_never_good(good: ArtifactFacts, trial: Trial) -> None:
    """No interpreter and no step are findings, not passes."""
    silent: list[Trials | NoInterpreter] = [
        NoInterpreter("there is none"),
        Trials(),
        Trials(missing=("3.99",)),
        Trials((trial,), missing=("3.99",)),
        Trials((_trial(good),)),
    ]
    for answer in silent:
        assert [finding.rule for finding in check(answer, good, Policy())] == ["INST000"]


def test_without_an_interpreter_the_reason_comes_back(tmp_path: Path) -> None:
    """A wheel for another platform gives a reason to skip, and nothing is run."""
    wheel = read_wheel(forge.Wheel(tags="py3-none-win_amd64").write(tmp_path))
    said: list[str] = []
    assert isinstance(observe(wheel, Policy(), said.append), NoInterpreter)
    assert said == []


def test_what_an_upgrade_leaves_is_found(good: ArtifactFacts, trial: Trial) -> None:
    """A file of the earlier version that nothing owns is named, with that version."""
    ok = Step(INSTALL, StepState.OK)
    upgraded = dataclasses.replace(trial, upgrade=Upgrade("0.9", "", (ok, ok), ("env/lib/old.py",)))
    (finding,) = check(Trials((upgraded,)), good, Policy())
    assert (finding.rule, "0.9" in finding.message) == ("INST019", True)


@both
def test_distributions_of_a_release_are_installed_together(tmp_path: Path, installer: str) -> None:
    """Where both install a file with different bytes, the first one's is seen to be lost."""
    shared = {"demo.py": "", "common.py": "a = 1\n", "alike.py": ""}
    first = read_wheel(forge.Wheel(files=shared).write(tmp_path))
    other = forge.Wheel(name="other", files={"common.py": "b = 1\n", "alike.py": ""})
    second = read_wheel(other.write(tmp_path))
    alone = read_wheel(forge.Wheel(name="third", files={"third.py": ""}).write(tmp_path))
    policy = _with(installer, HERE)
    companions = companions_of(first, [second, alone], policy)
    assert [one.path.name for one in companions] == [second.file_name]
    plan = plan_for(first, policy, companions=companions)
    assert isinstance(plan, Plan)
    (finding,) = check(carried_out(plan, perform), first, policy)
    assert (finding.rule, finding.where.endswith("common.py")) == ("INST017", True)
    assert second.file_name in finding.message


def test_exclusive_distributions_are_not_installed_together(tmp_path: Path) -> None:
    """What users install one of only may share paths."""
    first = read_wheel(forge.Wheel(files={"demo.py": ""}).write(tmp_path))
    second = read_wheel(forge.Wheel(name="other", files={"demo.py": "1\n"}).write(tmp_path))
    policy = dataclasses.replace(HERE, exclusive=(("demo", "other"),))
    assert companions_of(first, [second], policy) == ()
    assert companions_of(first, [second], HERE) != ()


def test_what_every_python_shows_is_said_once(good: ArtifactFacts, trial: Trial) -> None:
    """A finding names the Pythons that it was made on, and one that only one shows, that one."""
    said = Step(CHECK, StepState.FAILED, 1.0, "demo 1.0 requires helper, not installed.")
    older = dataclasses.replace(trial, interpreter=Interpreter("/older", "3.9.2"))
    both = [
        dataclasses.replace(one, steps=(one.steps[0], said, one.steps[2])) for one in (older, trial)
    ]
    found = [(one.rule, one.where) for one in check(Trials(tuple(both)), good, Policy())]
    assert found == [("INST005", f"Python 3.9, {running().minor}: pip check")]
    threaded = dataclasses.replace(both[0], interpreter=Interpreter("/t", "3.9.2", threaded=True))
    (one,) = check(Trials((both[0], threaded)), good, Policy())
    assert one.where == "Python 3.9, 3.9t: pip check"
    ended = Step(START, StepState.FAILED, 0.1, "ends")
    silent = dataclasses.replace(older, steps=(*trial.steps, ended))
    found = [(one.rule, one.where) for one in check(Trials((silent, trial)), good, Policy())]
    assert found == [("INST014", "Python 3.9: start of the interpreter")]


def test_a_listed_python_that_is_missing_is_found(good: ArtifactFacts, trial: Trial) -> None:
    """A Python that the policy lists and this machine lacks is no pass, beside a good trial."""
    (finding,) = check(Trials((trial,), missing=("3.99",)), good, Policy())
    assert (finding.rule, finding.where) == ("INST000", "Python 3.99")


def test_every_rule_has_a_case() -> None:
    """A rule that no test breaks is found here."""
    tested = {case.rule for case in BAD.values()} | {"INST001", "INST005"}
    assert tested - {None} == {rule.id for rule in rules_of("install")}
