"""The gate ``import``: modules, commands and smoke tests, in real environments."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

import pytest

from release_tests.archive.reader import read_wheel
from release_tests.gates.catalogue import rules_of
from release_tests.gates.explain import explain
from release_tests.gates.importing import KINDS, check
from release_tests.gates.observing import modules_of
from release_tests.gates.trying import plan_for
from release_tests.policy import Policy
from release_tests.sandbox.choosing import NoInterpreter
from release_tests.sandbox.plan import Plan
from release_tests.sandbox.trial import perform
from release_tests.sandbox.trials import Trials
from release_tests.smoke import Smoke
from tests import forge
from tests.gates.trials import HERE, here, offline, on, repack, tried
from tests.sandbox.pythons import INSTALLERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.findings import Finding
    from release_tests.sandbox.observed import Trial

MODULES = {
    "absent": ("IMP001", "", "No module named 'absent'"),
    "absent.part": ("IMP001", "", "No module named 'absent'"),
    "fine.part": ("IMP001", "", "'fine' is not a package"),
    "needs": ("IMP002", "import numpy_like\n", "No module named 'numpy_like'"),
    "raises": ("IMP002", "def f():\n    1 / 0\nf()\n", 'raises.py", line 2, in f'),
    "exits": ("IMP003", "import sys\nsys.exit(0)\n", "SystemExit"),
    "exits_hard": ("IMP003", "import os\nos._exit(0)\n", "exit code 0"),
    "dies": ("IMP003", "import os\nos.kill(os.getpid(), 4)\n", "SIGILL"),
    "closes": ("IMP003", "import os\nos.closerange(3, 99)\n", "no result"),
    "endless": ("IMP004", "import time\nwhile True: time.sleep(9)\n", "killed after 3 s"),
    "json": ("IMP005", "", "json/__init__.py"),
    "sys": ("IMP005", "", "built into Python"),
    "fades": (
        "IMP007",
        "import warnings\nwarnings.warn('use other', DeprecationWarning)\n",
        "DeprecationWarning on import: use other",
    ),
    "spells": ("IMP007", "import re\nre.compile('\\d')\n", "invalid escape sequence"),
    "warns": (None, "import warnings\nwarnings.warn('of something else', UserWarning)\n", ""),
    "blames": (
        None,
        "import warnings\nwarnings.warn_explicit('old', DeprecationWarning, 'elsewhere.py', 1)\n",
        "",
    ),
    "writes": (None, "import sys\nprint('hello', file=sys.stderr)\n", ""),
    "fine": (None, "__version__ = '1.0'\n", ""),
}
"""Modules by the rule that importing them breaks, if any; all of them are in one wheel."""

COMMANDS = {
    "helps": (None, "print('usage')"),
    "tells": (None, "import sys\n    if sys.argv[1] != '--version': sys.exit(2)\n    print('1.0')"),
    "mute": ("IMP009", "pass"),
    "fails": ("IMP009", "raise SystemExit('no')"),
    "leaves": ("IMP009", "import os\n    os._exit(0)"),
    "waits": ("IMP009", "import time\n    while True: time.sleep(9)"),
}
"""Console scripts by the rule that they break when no policy speaks of them, and their bodies."""

_SETUP = "import demo\n"
SMOKE: dict[str, tuple[str | None, Smoke, dict[str, str], str]] = {
    "passes": (None, Smoke(run="a.py"), {"a.py": f"{_SETUP}assert demo.__version__ == '1.0'"}, ""),
    "ends itself": (None, Smoke(run="b.py"), {"b.py": "import sys\nsys.exit(0)"}, ""),
    "calls exit": (None, Smoke(run="b2.py"), {"b2.py": "exit()"}, ""),
    "environment": (
        None,
        Smoke(run="c.py", env=(("DEMO_MODE", "fast"),)),
        {"c.py": "import os\nassert os.environ['DEMO_MODE'] == 'fast'"},
        "",
    ),
    "main": (
        None,
        Smoke(run="d.py"),
        {
            "d.py": "import multiprocessing, sys\ndef work(n): return n + 1\n"
            "if __name__ == '__main__':\n    assert sys.argv == [__file__]\n"
            "    with multiprocessing.get_context('spawn').Pool(1) as pool:\n"
            "        assert pool.map(work, [1]) == [2]\n"
        },
        "",
    ),
    "requirement": (
        None,
        Smoke(run="e.py", requirements=("helper>=1",)),
        {"e.py": "import helper\nassert helper.__version__ == '1.0'"},
        "",
    ),
    "taken out": (
        None,
        Smoke(run="f.py", without=("helper", "never-there")),
        {"f.py": "import importlib.util\nassert not importlib.util.find_spec('helper')"},
        "",
    ),
    "tests": (
        None,
        Smoke(run="good"),
        {"good/__init__.py": "", "good/test_demo.py": f"{_SETUP}def test_it(): pass"},
        "",
    ),
    "sees no tree": (
        "IMP010",
        Smoke(run="sub/g.py"),
        {"sub/g.py": "import beside", "sub/beside.py": "", "beside.py": ""},
        "No module named 'beside'",
    ),
    "fails": ("IMP010", Smoke(run="h.py"), {"h.py": "assert 1 == 2, 'not so'"}, "not so"),
    "exits": ("IMP010", Smoke(run="i.py"), {"i.py": "import sys\nsys.exit(3)"}, "SystemExit"),
    "is ended well": (
        "IMP010",
        Smoke(run="j.py"),
        {"j.py": "import exits\nassert False, 'never reached'"},
        "SystemExit",
    ),
    "is ended hard": ("IMP010", Smoke(run="k.py"), {"k.py": "import exits_hard"}, "exit code 0"),
    "failing tests": (
        "IMP010",
        Smoke(run="bad"),
        {"bad/test_demo.py": "def test_it(): assert 1 == 2"},
        "assert 1 == 2",
    ),
    "tests ended hard": (
        "IMP010",
        Smoke(run="hard"),
        {"hard/test_demo.py": "def test_it(): import exits_hard"},
        "exit code 0",
    ),
    "no tests": ("IMP010", Smoke(run="none"), {"none/other.py": ""}, "pytest found no test"),
    "endless": (
        "IMP011",
        Smoke(run="l.py", deadline=1.0),
        {"l.py": "import time\nprint('begun', flush=True)\ntime.sleep(60)"},
        "begun",
    ),
    "no file": ("IMP012", Smoke(run="m.py"), {}, "there is no m.py"),
    "no requirement": (
        "IMP012",
        Smoke(run="n.py", requirements=("nowhere",)),
        {"n.py": ""},
        "nowhere could not be installed",
    ),
    "no library": (
        "IMP012",
        Smoke(run="o.py", preload=("libnowhere.so",)),
        {"o.py": ""},
        "no library libnowhere.so",
    ),
}
"""Smoke tests by the rule that they break, their files, and what is shown of them."""


@pytest.fixture(scope="module", autouse=True)
def links(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Leave nothing of this machine's pip configuration, but a directory with few wheels."""
    directory = tmp_path_factory.mktemp("links")
    forge.Wheel(name="helper").write(directory)
    for name in ("pytest", "pluggy", "iniconfig", "packaging", "pygments"):
        repack(name, directory)
    with offline(directory):
        yield


def _wheel() -> forge.Wheel:
    files = {f"{name}.py": code for name, (_, code, _) in MODULES.items() if code}
    bodies = [f"def {name}():\n    {body}\n" for name, (_, body) in COMMANDS.items()]
    scripts = "".join(f"{name} = commands:{name}\n" for name in COMMANDS)
    return forge.Wheel(
        files={**forge.package(), **files, "commands.py": "".join(bodies)},
        entry_points=f"[console_scripts]\n{scripts}",
    )


@dataclasses.dataclass(frozen=True)
class Seen:
    """A real trial of everything above, and what is found."""

    wheel: ArtifactFacts
    tried: Trials
    findings: list[Finding]

    def of(self, where: str) -> list[Finding]:
        """Return what is found at a place, whatever the Python."""
        return [one for one in self.findings if one.where.partition(": ")[2] == where]


@pytest.fixture(scope="module", params=INSTALLERS, ids="-".join)
def seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """Try everything once with each installer, on another Python."""
    installer, python = request.param
    base = tmp_path_factory.mktemp("project")
    for _, _, files, _ in SMOKE.values():
        for name, text in files.items():
            (base / name).parent.mkdir(exist_ok=True)
            (base / name).write_text(text)
    (base / "none").mkdir(exist_ok=True)
    policy = Policy(imports=tuple(MODULES), smoke=tuple(test for _, test, _, _ in SMOKE.values()))
    policy = on(policy, python, installer)
    wheel = read_wheel(_wheel().write(base / "dist"))
    plan = plan_for(wheel, policy, base=base)
    assert isinstance(plan, Plan), plan
    trials = Trials.of(plan.choice, [_together(_ending(plan), _endless(plan))])
    return Seen(wheel, trials, check(trials, wheel, policy))


def _ending(plan: Plan) -> Trial:
    """Try what ends by itself; under load that must not meet a deadline."""
    patient = dataclasses.replace(
        plan,
        modules=tuple(one for one in plan.modules if one != "endless"),
        commands=tuple(one for one in plan.commands if one.name != "waits"),
        smoke=tuple(one for one in plan.smoke if one.declared.run != "l.py"),
    )
    return perform(patient, plan.choice.interpreters[0])


def _endless(plan: Plan) -> Trial:
    """Try what costs its whole deadline; the smoke test needs one in which it can begin."""
    (smoke,) = (one for one in plan.smoke if one.declared.run == "l.py")
    for seconds in (1.0, 8.0, 64.0):
        declared = dataclasses.replace(smoke.declared, deadline=seconds)
        hasty = dataclasses.replace(
            plan,
            install=dataclasses.replace(plan.install, import_deadline=3.0),
            modules=("endless",),
            commands=tuple(one for one in plan.commands if one.name == "waits"),
            smoke=(dataclasses.replace(smoke, declared=declared),),
        )
        trial = perform(hasty, plan.choice.interpreters[0])
        if trial.smoke[0].wrote:
            break
    return trial


def _together(one: Trial, other: Trial) -> Trial:
    return dataclasses.replace(
        one,
        imports=one.imports + other.imports,
        commands=one.commands + other.commands,
        smoke=one.smoke + other.smoke,
    )


@pytest.mark.parametrize("name", MODULES)
def test_each_module_is_judged_alone(seen: Seen, name: str) -> None:
    """What one module does is found under its own name, and says nothing of the others."""
    rule, _, words = MODULES[name]
    found = [*seen.of(f"import {name}"), *_in_file(seen, f"{name}.py")]
    assert [finding.rule for finding in found] == ([rule] if rule else [])
    assert all(words in "\n".join(explain(finding).values()) for finding in found)


def _in_file(seen: Seen, file: str) -> list[Finding]:
    return [one for one in seen.findings if f": {file}, line " in one.where]


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_is_judged_alone(seen: Seen, name: str) -> None:
    """A command answers one of the two questions with exit code 0 and a word, or is advice."""
    found = seen.of(f"{name} --version")
    assert [finding.rule for finding in found] == [COMMANDS[name][0]][: len(found)]
    assert bool(found) is (COMMANDS[name][0] is not None)


@pytest.mark.parametrize("name", SMOKE)
def test_each_smoke_test_is_judged_alone(seen: Seen, name: str) -> None:
    """A test passes only when it came to its end; what ended it instead is shown."""
    rule, smoke, _, words = SMOKE[name]
    found = seen.of(smoke.run)
    assert [finding.rule for finding in found] == ([rule] if rule else [])
    assert all(words in f"{finding.message} {finding.found}" for finding in found)


def test_the_evidence_says_what_an_import_did(seen: Seen) -> None:
    """Seconds, standard error, warnings of every kind and mapped libraries are plain data."""
    (told,) = json.loads(json.dumps(seen.tried.details(*KINDS)))["trials"]
    modules = {report["module"]: report for report in told["imports"]}
    assert modules["writes"]["stderr"] == "hello"
    assert modules["warns"]["warnings"][0]["category"] == "UserWarning"
    assert modules["warns"]["warnings"][0]["file"] == "site-packages/warns.py"
    assert modules["fine"]["stderr"] == ""
    assert 0 <= modules["fine"]["seconds"] < 120
    runs = {report["run"]: report for report in told["smoke"]}
    assert runs["h.py"]["sha256"] != runs["a.py"]["sha256"]
    assert runs["a.py"]["passed"] is True
    assert runs["l.py"]["wrote"] == "begun"
    commands = {report["name"]: report for report in told["commands"]}
    assert (commands["helps"]["answered"], commands["helps"]["wrote"]) == (True, "usage")


def test_an_extension_is_among_the_libraries(tmp_path: Path) -> None:
    """A module that loads a shared library shows it, and one that does not shows none."""
    files = {"loads.py": "import _ctypes\n", "plain.py": ""}
    policy = dataclasses.replace(HERE, imports=("loads", "plain"))
    _, trials = tried(forge.Wheel(files=files), tmp_path, policy)
    loads, plain = trials.trials[0].imports
    assert any("_ctypes" in path for path in loads.libraries)
    assert plain.libraries == ()


@pytest.mark.parametrize(
    ("policy", "rules"),
    [
        (Policy(commands=(("helps", ("--anything",)),)), []),
        (Policy(commands=(("mute", ("--help",)), ("tells", ("--version",)))), ["IMP008"]),
        (Policy(commands=(("nowhere", ()),)), ["IMP008"]),
        (Policy(commands=()), []),
    ],
)
def test_the_policy_says_which_commands_must_answer(
    tmp_path: Path, policy: Policy, rules: list[str]
) -> None:
    """What the policy names has to answer its words, and nothing else is run."""
    policy = here(dataclasses.replace(policy, imports=("demo",)))
    wheel, trials = tried(_wheel(), tmp_path, policy)
    assert [finding.rule for finding in check(trials, wheel, policy)] == rules


def test_preloads_a_library(tmp_path: Path) -> None:
    """A library named by its path is in LD_PRELOAD when the test runs."""
    (tmp_path / "smoke.py").write_text(
        "import os\nassert os.environ['LD_PRELOAD'].endswith('/own/libempty.so')\n"
    )
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "libempty.so").touch()
    smoke = Smoke(run="smoke.py", preload=("own/libempty.so",))
    policy = dataclasses.replace(HERE, smoke=(smoke,))
    wheel, trials = tried(forge.Wheel(), tmp_path / "dist", policy, tmp_path)
    assert check(trials, wheel, policy) == []


_DEEP = {
    **forge.package(),
    "demo/sub/__init__.py": "",
    "demo/sub/broken.py": "import nowhere\n",
    "demo/_private.py": "import nowhere\n",
    "demo/testing/helpers.py": "import nowhere\n",
    "demo/native.cpython-311-x86_64-linux-gnu.so": b"",
    "demo/data-file.py": "",
    "demo/notes.txt": "",
    "demo_extra/other.py": "",
}


def test_imports_all_below_on_request(tmp_path: Path) -> None:
    """Every public submodule is asked for, but those that the policy leaves out."""
    wheel = read_wheel(forge.Wheel(files=_DEEP).write(tmp_path))
    policy = Policy(imports=("demo",), import_all=True, import_all_except=("demo.testing*",))
    assert modules_of(wheel, policy) == (
        *("demo", "demo.core", "demo.native", "demo.sub", "demo.sub.broken"),
    )
    assert modules_of(wheel, Policy(imports=("demo",))) == ("demo",)


def test_a_broken_submodule_is_found_on_request_only(tmp_path: Path) -> None:
    """The submodule that nobody imports breaks the gate when all are asked for."""
    files = {name: text for name, text in _DEEP.items() if not name.endswith(".so")}
    policy = dataclasses.replace(HERE, imports=("demo",), import_all_except=("demo.testing*",))
    for asked, rules in ((False, []), (True, ["IMP002"])):
        policy = dataclasses.replace(policy, import_all=asked)
        wheel, trials = tried(forge.Wheel(files=files), tmp_path, policy)
        assert [finding.rule for finding in check(trials, wheel, policy)] == rules


@pytest.mark.parametrize(("policy", "rules"), [(HERE, ["IMP006"]), (here(Policy(imports=())), [])])
def test_nothing_to_import(tmp_path: Path, policy: Policy, rules: list[str]) -> None:
    """A wheel without a module is advice, unless the policy says that it is meant so."""
    wheel, trials = tried(forge.Wheel(files={}), tmp_path, policy)
    assert [finding.rule for finding in check(trials, wheel, policy)] == rules


def test_a_dependency_is_there(tmp_path: Path) -> None:
    """A wheel that imports what it requires breaks no rule."""
    metadata = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nRequires-Dist: helper>=1\n"
    wheel, trials = tried(
        forge.Wheel(files={"demo.py": "import helper\n"}, metadata=metadata), tmp_path, HERE
    )
    assert check(trials, wheel, HERE) == []


def test_nothing_observed_is_never_good(tmp_path: Path) -> None:
    """No interpreter, no installation, no report and other bytes are findings, not passes."""
    policy = dataclasses.replace(HERE, smoke=(Smoke(run="a.py"),), commands=(("demo", ()),))
    wheel, trials = tried(forge.Wheel(), tmp_path, HERE)
    (trial,) = trials.trials
    silent: list[Trials | NoInterpreter] = [
        NoInterpreter("there is none"),
        Trials(),
        Trials((dataclasses.replace(trial, steps=()),)),
        Trials((dataclasses.replace(trial, sha256="0"),)),
    ]
    for answer in silent:
        assert [one.rule for one in check(answer, wheel, policy)] == ["IMP000"]
    bare = Trials((dataclasses.replace(trial, imports=()),))
    found = [(one.rule, one.where.partition(": ")[2]) for one in check(bare, wheel, policy)]
    assert found == [("IMP000", "import demo"), ("IMP000", "demo"), ("IMP000", "a.py")]


def test_every_rule_has_a_case() -> None:
    """A rule that no test breaks is found here."""
    tested = {rule for rule, *_ in (*MODULES.values(), *COMMANDS.values(), *SMOKE.values())}
    tested |= {"IMP000", "IMP006", "IMP008"}
    tested |= {"IMP013"}  # by tests/sandbox/test_emulating.py
    assert tested - {None} == {rule.id for rule in rules_of("import")}
