"""The architecture, as data: who may import whom, and what is reserved to whom."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture import (
    Part,
    Reserved,
    Tree,
    cycle,
    misdirected,
    read,
    trespassing,
    unplaced,
)

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("release_tests", "publisher")


def part(pattern: str, *may: str) -> Part:
    """Return a part of release_tests and the other parts of it that it may import."""
    return Part(f"release_tests.{pattern}", tuple(f"release_tests.{name}" for name in may))


PARTS = (
    Part("release_tests", ("release_tests._version",), alone=True),
    part("_version"),
    # What everything may stand on.
    part("errors"),
    part("findings"),
    part("process", "errors"),
    part("redaction"),
    part("seclusion"),
    part("decoding", "errors"),
    part("waivers", "decoding"),
    part("smoke", "decoding"),
    part("github", "decoding", "errors"),
    part("pip_settings", "errors", "process"),
    part("projects"),
    part("variants", "binary", "decoding", "errors", "projects"),
    part("policy", "decoding", "errors", "github", "smoke", "variants", "waivers"),
    part("selection", "errors"),
    # Reading knows nothing of gates, evidence nothing of either.
    part("binary", "errors", "process"),
    part("processor", "binary"),
    part("archive", "binary", "errors"),
    part("index", "archive", "errors", "pip_settings", "redaction"),
    part("evidence", "errors"),
    part(
        "sandbox",
        *("archive", "binary", "pip_settings", "policy", "process", "redaction", "errors"),
        *("keeping", "locking", "seclusion", "smoke"),
    ),
    part("source", "archive", "errors", "policy", "process", "sandbox"),
    part(
        "gates",
        "archive",
        "binary",
        "index",
        "processor",
        "sandbox",
        "source",
        "policy",
        "projects",
        "findings",
        "variants",
        "waivers",
    ),
    # The harness; which of its modules know pytest is said below.
    part("keeping", "errors"),
    part("facts_store", "archive", "keeping"),
    part("once", "errors", "keeping"),
    part("halting"),
    part("locking"),
    part("crew", "halting"),
    part("background", "halting"),
    part("side_by_side", "halting", "locking"),
    part("trial_store", "background", "halting", "once", "sandbox", "side_by_side"),
    part("staged_store", "errors", "index", "once", "sandbox"),
    part("room"),
    part(
        "harness",
        *("errors", "gates", "index", "policy", "processor", "room", "sandbox", "selection"),
        *("side_by_side", "source"),
    ),
    part("verdict", "evidence", "findings", "gates"),
    part(
        "tried",
        *("archive", "facts_store", "gates", "harness", "index", "processor", "sandbox"),
        *("staged_store", "trial_store"),
    ),
    part("workers", "archive"),
    part("stashed", "facts_store", "harness", "staged_store", "trial_store"),
    part("belonging", "gates", "named", "verdict"),
    part("trying", "archive", "belonging", "sandbox", "stashed", "trial_store", "tried"),
    part(
        "asking",
        *("archive", "belonging", "evidence", "findings", "gates", "harness", "index"),
        *("policy", "sandbox", "source", "stashed", "tried", "trying", "verdict"),
    ),
    Part(
        "release_tests.recorder",
        (
            "release_tests",
            *(
                f"release_tests.{name}"
                for name in ("errors", "evidence", "gates", "policy", "processor", "verdict")
            ),
        ),
    ),
    part("named", "errors"),
    part("sparing", "named"),
    part("options", "harness", "policy"),
    part("termination"),
    part("loading"),
    part(
        "plugin",
        *(
            "archive",
            "asking",
            "belonging",
            "binary",
            "errors",
            "facts_store",
            "gates",
            "harness",
            "keeping",
            "loading",
        ),
        *(
            "named",
            "options",
            "policy",
            "processor",
            "recorder",
            "sandbox",
            "seclusion",
            "sparing",
            "staged_store",
            "stashed",
            "termination",
        ),
        *("verdict", "workers"),
    ),
    part("test_*", "asking", "gates", "sandbox"),
    Part(
        "publisher",
        (
            "release_tests",
            *(f"release_tests.{name}" for name in ("archive", "errors", "evidence", "findings")),
            *(f"release_tests.{name}" for name in ("crew", "gates", "github", "halting")),
            *(f"release_tests.{name}" for name in ("index", "policy")),
            *(f"release_tests.{name}" for name in ("process", "redaction", "sandbox", "selection")),
            *("release_tests.binary", "release_tests.projects", "release_tests.seclusion"),
            "release_tests.variants",
        ),
    ),
)

_KNOW_PYTEST = (
    *("plugin", "options", "belonging", "named", "sparing", "termination"),
    *("recorder", "asking", "stashed", "trying", "workers", "test_*"),
)

_BECOME_COMMANDS = ("confine", "inside.probe")

RESERVED = {
    "pytest": Reserved(
        ("pytest", "pytest.*", "_pytest", "_pytest.*", "xdist", "xdist.*", "pluggy"),
        tuple(f"release_tests.{name}" for name in _KNOW_PYTEST),
    ),
    "starting a command": Reserved(
        (
            "subprocess.*",
            *("os.system", "os.popen", "os.exec*", "os.spawn*", "os.posix_spawn*", "pty.*"),
            *("asyncio.create_subprocess*", "multiprocessing", "multiprocessing.*"),
        ),
        # The others become the command that they stand in front of, in the sandbox.
        ("release_tests.process", *(f"release_tests.sandbox.{name}" for name in _BECOME_COMMANDS)),
    ),
    # The probe sees whether an import ends the interpreter; the launcher leads into a namespace.
    "forking": Reserved(
        ("os.fork", "os.forkpty"),
        ("release_tests.sandbox.inside.probe", "release_tests.sandbox.confine"),
    ),
    # Types, PIPE, STDOUT and TimeoutExpired, for what process.py started.
    "the module subprocess": Reserved(
        ("subprocess",),
        (
            "release_tests.process",
            "publisher.loopback",
            "publisher.gates_run",
            "publisher.sending.running",
        ),
    ),
}


@pytest.fixture(scope="module")
def tree() -> Tree:
    """Return every module of this project."""
    return read(ROOT, PACKAGES)


def test_the_whole_project_is_read(tree: Tree) -> None:
    """The rules are held against real modules, those of both packages."""
    assert {"release_tests.plugin", "release_tests.gates.install", "publisher.road"} <= tree.keys()


def test_every_module_has_its_place(tree: Tree) -> None:
    """A new module is allowed nothing before it is placed here."""
    assert unplaced(tree, PARTS) == []


def test_imports_go_in_one_direction(tree: Tree) -> None:
    """Each part imports only the parts below it."""
    assert misdirected(tree, PARTS) == []


def test_every_permission_is_used(tree: Tree) -> None:
    """What nobody imports any more is not allowed any more; errors are open to all."""
    used = {
        (mine.pattern, theirs.pattern)
        for module in tree.values()
        for target in module.imports & tree.keys()
        for mine in PARTS
        for theirs in PARTS
        if mine.holds(module.name) and theirs.holds(target)
    }
    allowed = {(one.pattern, other) for one in PARTS for other in one.may}
    assert {pair for pair in allowed - used if pair[1] != "release_tests.errors"} == set()


@pytest.mark.parametrize("reserved", RESERVED.values(), ids=RESERVED)
def test_what_is_reserved_is_used_by_nobody_else(tree: Tree, reserved: Reserved) -> None:
    """Only a few modules know pytest, and only one starts commands."""
    assert trespassing(tree, reserved) == []


def test_no_module_imports_itself_in_a_circle(tree: Tree) -> None:
    """There is no import cycle, not even for a type checker or within a function."""
    assert cycle(tree) == []


def test_the_root_conftest_only_loads_the_plugin() -> None:
    """A bare checkout gets the plugin from conftest.py, and nothing else."""
    docstring, *statements = ast.parse((ROOT / "conftest.py").read_text(encoding="utf-8")).body
    assert isinstance(docstring, ast.Expr)
    assert [ast.unparse(line) for line in statements] == [
        "pytest_plugins = ['release_tests.plugin']"
    ]


# That the rules above can be broken: each row is a module, its source, and what is said of it.

WRONG_DIRECTIONS = {
    "the archive knows the gates": (
        "release_tests/archive/names.py",
        "from release_tests.gates.catalogue import RULES",
    ),
    "evidence knows the findings, for a type checker": (
        "release_tests/evidence/model.py",
        "if TYPE_CHECKING:\n    from release_tests import findings",
    ),
    "the publisher knows the recorder, in a function": (
        "publisher/cli.py",
        "def run():\n    from release_tests.recorder import Recorder",
    ),
    "an index knows the policy, relatively": (
        "release_tests/index/simple.py",
        "from ..policy import Policy",
    ),
    "gates know the publisher": ("release_tests/gates/record.py", "import publisher.cli"),
}

TRESPASSES = {
    "a gate imports pytest": ("pytest", "release_tests/gates/record.py", "import pytest"),
    "the publisher imports xdist": (
        "pytest",
        "publisher/cli.py",
        "def run():\n    from xdist.scheduler import LoadScheduling",
    ),
    "the publisher runs a command": (
        "starting a command",
        "publisher/cli.py",
        "import subprocess as sp\nsp.run(['true'])",
    ),
    "a gate starts a shell": (
        "starting a command",
        "release_tests/gates/record.py",
        "from os import system\nsystem('true')",
    ),
    "an index forks": ("forking", "release_tests/index/simple.py", "import os\nos.fork()"),
    "the archive imports subprocess": (
        "the module subprocess",
        "release_tests/archive/names.py",
        "from subprocess import Popen",
    ),
}

_MODULES = (
    *("release_tests/archive/names.py", "release_tests/evidence/model.py", "publisher/cli.py"),
    *("release_tests/index/simple.py", "release_tests/gates/record.py"),
    *("release_tests/gates/catalogue.py", "release_tests/findings.py", "release_tests/policy.py"),
    *("release_tests/recorder.py", "release_tests/__init__.py", "publisher/__init__.py"),
)


def planted(root: Path, **sources: str) -> Tree:
    """Return a small tree with this project's names, empty but for *sources*."""
    for name in _MODULES:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(sources.get(name, ""), encoding="utf-8")
    return read(root, PACKAGES)


@pytest.mark.parametrize(("path", "source"), WRONG_DIRECTIONS.values(), ids=WRONG_DIRECTIONS)
def test_a_wrong_direction_is_seen(tmp_path: Path, path: str, source: str) -> None:
    """An import against the direction is named, wherever it stands."""
    (found,) = misdirected(planted(tmp_path, **{path: source}), PARTS)
    assert found.startswith(path.removesuffix(".py").replace("/", "."))


@pytest.mark.parametrize(("rule", "path", "source"), TRESPASSES.values(), ids=TRESPASSES)
def test_a_trespass_is_seen(tmp_path: Path, rule: str, path: str, source: str) -> None:
    """A use of what is reserved is named, whatever name it was imported by."""
    found = trespassing(planted(tmp_path, **{path: source}), RESERVED[rule])
    assert found
    assert all(line.startswith(path.removesuffix(".py").replace("/", ".")) for line in found)


def test_a_cycle_is_seen(tmp_path: Path) -> None:
    """Two modules that import one another are a cycle, in a function too."""
    tree = planted(
        tmp_path,
        **{
            "release_tests/gates/record.py": "from release_tests.gates import catalogue",
            "release_tests/gates/catalogue.py": "def f():\n    import release_tests.gates.record",
        },
    )
    assert {"release_tests.gates.record", "release_tests.gates.catalogue"} <= set(cycle(tree))


def test_a_module_without_a_place_is_seen(tmp_path: Path) -> None:
    """A module that no part holds is named."""
    (tmp_path / "release_tests").mkdir()
    (tmp_path / "release_tests" / "utils.py").write_text("", encoding="utf-8")
    assert unplaced(planted(tmp_path), PARTS) == ["release_tests.utils"]
