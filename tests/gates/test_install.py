"""The gate ``install``: a wheel that breaks each rule, and one that does not."""

from __future__ import annotations

import dataclasses
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from release_tests.archive.facts import ArtifactFacts, Member, MemberKind
from release_tests.archive.names import parse_wheel_name
from release_tests.archive.reader import read_wheel
from release_tests.gates.catalogue import rules_of
from release_tests.gates.explain import explain
from release_tests.gates.install import check
from release_tests.gates.trying import companions_of, modules_of, observe, plan_for
from release_tests.policy import INSTALLERS, InstallPolicy, Policy
from release_tests.sandbox.choosing import NoInterpreter
from release_tests.sandbox.interpreter import Interpreter, running
from release_tests.sandbox.observed import CHECK, INSTALL, Step, StepState, Tool, Trial, Upgrade
from release_tests.sandbox.plan import Plan
from release_tests.sandbox.trial import perform
from release_tests.sandbox.trials import Trials, carried_out
from tests import forge

if TYPE_CHECKING:
    from collections.abc import Iterator

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

_TWO = {"one.py": "__version__ = '7'\n", "two.py": "__version__ = '1.0'\n"}
_MEMBER = Member("demo/__init__.py", 0, 0, 0, 0, 0, MemberKind.TEXT)

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
    "deadline": Case("INST004", forge.Wheel(), Policy(install=InstallPolicy(deadline=0.05))),
    "another version": Case(
        "INST011", _module("__version__ = '1.1'\n"), says=("1.1", "demo.__version__")
    ),
    "named module": Case(
        "INST011",
        forge.Wheel(files=_TWO),
        Policy(version_modules=("one", "two")),
        ("one.__version__",),
    ),
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
    "nothing": Case("INST013", forge.Wheel(files={})),
    "start-up file": Case(
        "INST014", forge.Wheel(files={"demo.py": "", "demo.pth": "import os; os._exit(0)\n"})
    ),
}

MODULES = {
    "absent": ("INST006", "", "No module named 'absent'"),
    "absent.part": ("INST006", "", "No module named 'absent'"),
    "fine.part": ("INST006", "", "'fine' is not a package"),
    "needs": ("INST007", "import numpy_like\n", "No module named 'numpy_like'"),
    "raises": ("INST007", "def f():\n    1 / 0\nf()\n", 'raises.py", line 2, in f'),
    "exits": ("INST008", "import sys\nsys.exit(0)\n", "SystemExit"),
    "exits_hard": ("INST008", "import os\nos._exit(0)\n", "exit code 0"),
    "dies": ("INST008", "import os\nos.kill(os.getpid(), 4)\n", "SIGILL"),
    "closes": ("INST008", "import os\nos.closerange(3, 99)\n", "no result"),
    "endless": ("INST009", "while True: pass\n", "killed after 2 s"),
    "json": ("INST010", "", "json/__init__.py"),
    "sys": ("INST010", "", "built into Python"),
    "number": ("INST011", "__version__ = 1\n", "no text of that name"),
    "fine": (None, "__version__ = '1.0'\n", ""),
}
"""Modules by the rule that importing them breaks, if any; all of them are in one wheel."""

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

AGREEING = [
    ("1.0", "1.0"),
    ("1.0", "v1.0.0"),
    ("1.0", "1.0+cpu"),
    ("1.0+cpu", "1.0"),
    ("1.0", None),
]
DIFFERING = [("1.0", "1.1"), ("1.0", "unknown"), ("1.0+cpu", "1.0+cu118"), ("1.0", "1.0rc1")]
DIFFERING.append(("1.0", f"1.{'9' * 4900}"))  # more digits than Python converts


@pytest.fixture(scope="module", autouse=True)
def offline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Leave nothing of this machine's pip configuration, but a directory with one dependency."""
    links = tmp_path_factory.mktemp("links")
    forge.Wheel(name="helper").write(links)
    forge.Wheel(name="aid", files={"aid.py": "old = 1\n"}).write(links)
    forge.Wheel(name="aid", version="2.0", files={"aid.py": "new = 1\n"}).write(links)
    earlier = _metadata("Requires-Dist: aid<2", version="0.9")
    forge.Wheel(version="0.9", files={"old.py": ""}, metadata=earlier).write(links)
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("PIP_")]:
            patch.delenv(name)
        patch.setenv("PIP_CONFIG_FILE", os.devnull)
        patch.setenv("PIP_NO_INDEX", "1")
        patch.setenv("PIP_FIND_LINKS", str(links))
        yield


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> ArtifactFacts:
    """Return the facts about a good wheel."""
    return read_wheel(forge.Wheel().write(tmp_path_factory.mktemp("good")))


@pytest.fixture(scope="module")
def trial(good: ArtifactFacts, offline: None) -> Trial:
    """Return what is observed of the good wheel, for the tests that change one thing of it."""
    del offline
    tried = observe(good, HERE)
    assert isinstance(tried, Trials)
    return tried.trials[0]


def _calling_itself(trial: Trial, release: str, running: str | None) -> list[str]:
    """Return the rules broken when a release's only module has this `__version__`."""
    wheel = parse_wheel_name(f"demo-{release}-py3-none-any.whl")
    report = dataclasses.replace(trial.imports[0], version=running, metadata_version=release)
    facts = ArtifactFacts(
        "", "", trial.sha256, 0, wheel, is_archive=True, is_framed=True, members=(_MEMBER,)
    )
    changed = dataclasses.replace(trial, imports=(report,), installed={"demo": release})
    return [finding.rule for finding in check(Trials((changed,)), facts, Policy())]


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


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Finding]]:
    """Return what is found on each of MODULES, in one real trial of a wheel with all of them."""
    files = {f"{name}.py": code for name, (_, code, _) in MODULES.items() if code}
    wheel = read_wheel(forge.Wheel(files=files).write(tmp_path_factory.mktemp("modules")))
    policy = Policy(
        imports=tuple(MODULES),
        version_modules=("number", "fine"),
        install=InstallPolicy(import_deadline=2.0),
    )
    found: dict[str, list[Finding]] = {name: [] for name in MODULES}
    for finding in _judged(wheel, policy):
        where = finding.where.removeprefix(f"Python {running().minor}: ")
        found[where.removeprefix("import ").removesuffix(".__version__")].append(finding)
    return found


@pytest.mark.parametrize("name", MODULES)
def test_each_module_is_judged_alone(judged: dict[str, list[Finding]], name: str) -> None:
    """What one module does is found under its own name, and says nothing of the others."""
    rule, _, words = MODULES[name]
    assert [finding.rule for finding in judged[name]] == ([rule] if rule else [])
    assert all(words in "\n".join(explain(finding).values()) for finding in judged[name])


@both
@pytest.mark.parametrize("name", GOOD)
def test_a_good_wheel_breaks_none(tmp_path: Path, name: str, installer: str) -> None:
    """Nothing is found on a wheel that installs, imports and calls itself by its version."""
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


def test_a_trial_of_other_bytes_proves_nothing(trial: Trial, tmp_path: Path) -> None:
    """A good trial does not speak for a wheel with another digest."""
    other = read_wheel(_module("").write(tmp_path))
    assert [finding.rule for finding in check(Trials((trial,)), other, Policy())] == ["INST001"]


@pytest.mark.parametrize(("release", "running"), AGREEING)
def test_versions_that_agree(trial: Trial, release: str, running: str | None) -> None:
    """A spelling, or a local part that only one side has, is no other version."""
    assert _calling_itself(trial, release, running) == []


@pytest.mark.parametrize(("release", "running"), DIFFERING)
def test_versions_that_differ(trial: Trial, release: str, running: str) -> None:
    """Another public version, another local part, and no version at all are found."""
    assert _calling_itself(trial, release, running) == ["INST011"]


def test_a_module_of_another_name_may_have_its_own_version(
    good: ArtifactFacts, trial: Trial
) -> None:
    """Of several modules only the one named like the project has the release's version."""
    other = dataclasses.replace(trial.imports[0], module="other", version="7")
    policy = Policy(imports=("demo", "other"))
    more = dataclasses.replace(trial, imports=(*trial.imports, other))
    assert check(Trials((more,)), good, policy) == []


def test_what_does_not_fit_together_is_found(good: ArtifactFacts, trial: Trial) -> None:
    """`pip check` and the metadata are judged each by its rule (INST005, INST012)."""
    said = Step(CHECK, StepState.FAILED, 1.0, "demo 1.0 requires helper, not installed.")
    worse = dataclasses.replace(
        trial, steps=(trial.steps[0], said, trial.steps[2]), installed={"demo": "2.0"}
    )
    findings = check(Trials((worse,)), good, Policy())
    assert [finding.rule for finding in findings] == ["INST005", "INST012"]
    assert "helper" in findings[0].found
    assert (findings[1].expected, findings[1].found) == ("1.0", "2.0")


def test_a_distribution_of_another_name_is_found(good: ArtifactFacts, trial: Trial) -> None:
    """An environment without the project has no version of it (INST012)."""
    findings = check(Trials((dataclasses.replace(trial, installed={}),)), good, Policy())
    assert [finding.rule for finding in findings] == ["INST012"]


def test_nothing_observed_is_never_good(good: ArtifactFacts, trial: Trial) -> None:
    """No interpreter, no step and no import are findings, not passes."""
    silent: list[Trials | NoInterpreter] = [
        NoInterpreter("there is none"),
        Trials(),
        Trials(missing=("3.99",)),
        Trials((trial,), missing=("3.99",)),
        Trials((_trial(good),)),
        Trials((dataclasses.replace(trial, imports=()),)),
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
    older = dataclasses.replace(trial, interpreter=Interpreter("/older", "3.9.2"), installed={})
    both = [
        dataclasses.replace(one, steps=(one.steps[0], said, one.steps[2])) for one in (older, trial)
    ]
    found = [(one.rule, one.where) for one in check(Trials(tuple(both)), good, Policy())]
    assert found == [
        ("INST005", f"Python 3.9, {running().minor}: pip check"),
        ("INST012", "Python 3.9: importlib.metadata.version('demo')"),
    ]


def test_a_listed_python_that_is_missing_is_found(good: ArtifactFacts, trial: Trial) -> None:
    """A Python that the policy lists and this machine lacks is no pass, beside a good trial."""
    (finding,) = check(Trials((trial,), missing=("3.99",)), good, Policy())
    assert (finding.rule, finding.where) == ("INST000", "Python 3.99")


def test_imports_what_the_policy_adds(good: ArtifactFacts) -> None:
    """Modules that hold a version are imported too, each once."""
    policy = Policy(version_modules=("demo.core", "demo"))
    assert modules_of(good, policy) == ("demo", "demo.core")
    assert modules_of(good, Policy(imports=())) == ()


def test_every_rule_has_a_case() -> None:
    """A rule that no test breaks is found here."""
    tested = {case.rule for case in BAD.values()} | {rule for rule, _, _ in MODULES.values()}
    tested |= {"INST001", "INST005", "INST012"}
    assert tested - {None} == {rule.id for rule in rules_of("install")}
