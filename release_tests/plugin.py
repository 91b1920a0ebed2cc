"""The pytest plugin: options, parametrization, and what turns a gate's answer into evidence.

It is inert in every session that does not name the gates (a path into this package, or
``--pyargs release_tests``), however it was loaded.
"""

from __future__ import annotations

import dataclasses
import signal
import threading
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from release_tests import asking, workers
from release_tests.archive.reader import shown_name
from release_tests.asking import HARNESS, STORE, VERDICT, ask, ask_release, say
from release_tests.errors import ReleaseGatesError
from release_tests.facts_store import FactsStore
from release_tests.gates.catalogue import GATES
from release_tests.harness import Harness, Request, prepare
from release_tests.policy import PROFILES, THIRD_PARTY
from release_tests.recorder import NAME, Recorder
from release_tests.sandbox.scratch import scratch_directory
from release_tests.verdict import ARTIFACT, GATE

if TYPE_CHECKING:
    from collections.abc import Generator

    from release_tests.gates.grouping import Release

__all__ = ["ask", "ask_release", "say"]

_ENDING = (signal.SIGTERM, signal.SIGHUP)
PACKAGE = Path(__file__).resolve().parent
_WORKER_KEY = "release_gates"
_ACTIVE: pytest.StashKey[bool] = pytest.StashKey()
_SCRATCH: pytest.StashKey[Path] = pytest.StashKey()
_RELEASE = "release"
_ORDER = {gate.name: at for at, gate in enumerate(GATES)}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare what can be verified, and how."""
    group = parser.getgroup("release gates", "verification of built wheels before a release")
    group.addoption(
        "--wheel-dir",
        action="append",
        default=[],
        type=Path,
        metavar="DIR",
        help="verify every wheel and sdist in DIR; repeatable (default: dist)",
    )
    group.addoption(
        "--wheel",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="verify FILE, whatever it is called; repeatable",
    )
    group.addoption(
        "--fetch",
        action="append",
        default=[],
        metavar="REQUIREMENT",
        help="verify every file of a published release, as in demo==1.0; repeatable",
    )
    group.addoption(
        "--fetch-tags",
        action="append",
        default=[],
        metavar="PATTERN",
        help="with --fetch, only wheels whose tags match, as in '*x86_64'; repeatable",
    )
    group.addoption(
        "--release-config",
        type=Path,
        default=None,
        metavar="FILE",
        help="the policy; by default [tool.release-gates] of the project's pyproject.toml",
    )
    group.addoption(
        "--profile",
        choices=PROFILES,
        default=None,
        help="third-party: for wheels that are not ours, what is only a matter of taste is advice "
        "(default: the policy's)",
    )
    group.addoption(
        "--evidence-dir",
        type=Path,
        default=Path("release-evidence"),
        metavar="DIR",
        help="where each run leaves its evidence (default: release-evidence)",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Declare each gate as a marker; in a session of gates, make ready to record."""
    for gate in GATES:
        config.addinivalue_line("markers", f"{gate.name}: release gate. {gate.question}")
    if _active(config) and not hasattr(config, "workerinput"):
        _record(config)


def _active(config: pytest.Config) -> bool:
    """Whether this session is one of gates; found out at the first call."""
    if _ACTIVE not in config.stash:
        handed = getattr(config, "workerinput", {}).get(_WORKER_KEY)
        if handed is not None:
            _adopt(config, Harness.unpacked(handed))
        config.stash[_ACTIVE] = handed is not None or _names_gates(config)
    return config.stash[_ACTIVE]


def _record(config: pytest.Config) -> None:
    if config.getoption("collectonly"):
        return
    root = config.invocation_params.dir / config.getoption("evidence_dir")
    recorder = Recorder(root, map(str, config.invocation_params.args))
    config.pluginmanager.register(recorder, NAME)
    if not hasattr(config.option, "xmlpath"):
        raise pytest.UsageError(
            "the plugin junitxml is switched off, but junit.xml is part of the evidence\n"
            "  Leave out `-p no:junitxml`."
        )
    if not config.option.xmlpath:
        config.option.xmlpath = str(recorder.junit)


def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    """Take a second copy of this package, as in a checkout beside an installation, for this one.

    Two modules of one name cannot be imported. Done before conftest files are looked up.
    """
    known = early_config.known_args_namespace.file_or_dir
    for words in (args, known):
        words[:] = [_of_this_copy(early_config.invocation_params.dir, word) for word in words]


def _of_this_copy(base: Path, arg: str) -> str:
    path, separator, rest = arg.partition("::")
    inside = None if arg.startswith("-") else _inside(base / path)
    if inside is None or (base / path).resolve() == PACKAGE / inside:
        return arg
    return f"{PACKAGE / inside}{separator}{rest}"


def _names_gates(config: pytest.Config) -> bool:
    """Whether the command line names this package, by path or by name."""
    paths = [arg.partition("::")[0] for arg in config.args]
    named = config.getoption("pyargs") and any(
        path.partition(".")[0] == PACKAGE.name for path in paths
    )
    return named or any(_inside(config.invocation_params.dir / path) is not None for path in paths)


def _inside(path: Path) -> Path | None:
    """Return where *path* lies inside a copy of this package, None if it does not."""
    resolved = path.resolve()
    for directory in (resolved, *resolved.parents):
        is_copy = directory.name == PACKAGE.name and (directory / Path(__file__).name).is_file()
        if directory == PACKAGE or is_copy:
            return resolved.relative_to(directory)
    return None


def _harness(config: pytest.Config) -> Harness:
    """Return what this run verifies, found out at the first call; raise UsageError."""
    if HARNESS not in config.stash:
        try:
            today = datetime.now(UTC).date()
            _adopt(config, prepare(_request(config), config.invocation_params.dir, today))
        except ReleaseGatesError as error:
            raise pytest.UsageError(str(error)) from error
    return config.stash[HARNESS]


def _adopt(config: pytest.Config, harness: Harness) -> None:
    shared = harness.shared
    config.stash[HARNESS] = harness
    config.stash[STORE] = FactsStore(lambda: shared or _scratch(config), shared=shared is not None)


def _scratch(config: pytest.Config) -> Path:
    """Return this process's own directory for facts, made at the first call."""
    if _SCRATCH not in config.stash:
        stack = ExitStack()
        config.add_cleanup(stack.close)
        config.stash[_SCRATCH] = stack.enter_context(scratch_directory())
    return config.stash[_SCRATCH]


def _request(config: pytest.Config) -> Request:
    base = config.invocation_params.dir
    asked = config.getoption("release_config")
    return Request(
        wheel_dirs=tuple(base / path for path in config.getoption("wheel_dir")),
        wheels=tuple(base / path for path in config.getoption("wheel")),
        requirements=tuple(config.getoption("fetch")),
        tags=tuple(config.getoption("fetch_tags")),
        config=base / asked if asked else None,
        profile=config.getoption("profile"),
    )


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Find out what is verified, before anything is collected."""
    config = session.config
    if not _active(config):
        return
    harness = _harness(config)
    _unwind_when_terminated(config)
    recorder = config.pluginmanager.getplugin(NAME)
    if isinstance(recorder, Recorder):
        try:
            recorder.begin(harness.source, map(shown_name, harness.artifacts))
        except ReleaseGatesError as error:
            raise pytest.UsageError(str(error)) from error


def _unwind_when_terminated(config: pytest.Config) -> None:
    """End as after Ctrl-C by SIGTERM and SIGHUP too: environments and what runs in them go."""
    if threading.current_thread() is not threading.main_thread():
        return
    heeded = [number for number in _ENDING if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, _terminated) for number in heeded}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    config.add_cleanup(restore)


def _terminated(number: int, _frame: object) -> None:
    pytest.exit(f"terminated by {signal.Signals(number).name}", returncode=128 + number)


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say what is verified under which policy."""
    if HARNESS not in config.stash:
        return []
    harness = config.stash[HARNESS]
    count = len(harness.artifacts)
    return [
        f"release gates: {count} artifact{'s' if count != 1 else ''}, gates from {PACKAGE}",
        f"policy: {harness.source}{_profile(harness)}",
    ]


def _profile(harness: Harness) -> str:
    third_party = harness.source.policy.profile == THIRD_PARTY
    return ", profile third-party: nothing of it can be published" if third_party else ""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Put each gate to each artifact, or to each release."""
    wanted = [name for name in (ARTIFACT, _RELEASE) if name in metafunc.fixturenames]
    if not wanted or not _is_ours(metafunc.definition):
        return
    if not _active(metafunc.config):
        metafunc.parametrize(wanted[0], [])
    elif wanted[0] == _RELEASE:
        metafunc.parametrize(_RELEASE, _harness(metafunc.config).releases, ids=str)
    else:
        artifacts = _harness(metafunc.config).artifacts
        metafunc.parametrize(ARTIFACT, artifacts, ids=[shown_name(path) for path in artifacts])


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark every gate's test with its gate and its artifact, in the order of the catalogue."""
    gates = [item for item in items if _is_gate(item)]
    _refuse_a_foreign_hand(config, items, gates)
    for item in gates:
        gate = item.originalname.removeprefix("test_")  # type: ignore[attr-defined]
        item.add_marker(gate)
        item.user_properties.append((GATE, gate))
        item.user_properties += [(ARTIFACT, shown_name(path)) for path in _subjects(item)]
    items.sort(key=_place)


def _refuse_a_foreign_hand(
    config: pytest.Config, items: list[pytest.Item], gates: list[pytest.Item]
) -> None:
    """Raise UsageError where a project's own configuration of pytest would leave gates unasked."""
    where = config.inipath or config.rootpath
    if gates and not _active(config):
        raise pytest.UsageError(
            "the release gates were collected, but not asked for\n"
            "  Name them: pytest --pyargs release_tests, or pytest release_tests in a checkout."
        )
    if _active(config) and not gates and not hasattr(config, "workerinput"):
        raise pytest.UsageError(
            f"the release gates were asked for, but none was collected (configuration: {where})\n"
            "  `python_files` or `python_functions` there may hide them: add `-c /dev/null`."
        )
    strays = [item.nodeid for item in items if _is_ours(item) and not _is_gate(item)]
    if strays:
        raise pytest.UsageError(
            f"{strays[0]} is about no artifact: a conftest.py replaces a fixture of the gates\n"
            "  Add `--noconftest`, or rename the project's fixtures called `ask`, `ask_release`, "
            "`artifact`, `release` or `say`."
        )


def _subjects(item: pytest.Item) -> tuple[Path, ...]:
    """Return the artifacts that a gate's test is about."""
    params: dict[str, Any] = item.callspec.params  # type: ignore[attr-defined]
    release: Release | None = params.get(_RELEASE)
    return (params[ARTIFACT],) if release is None else release.paths


def _is_gate(item: pytest.Item) -> bool:
    return _is_ours(item) and not {ARTIFACT, _RELEASE}.isdisjoint(getattr(item, "fixturenames", ()))


def _is_ours(item: pytest.Item) -> bool:
    return item.path.parent.resolve() == PACKAGE


def _place(item: pytest.Item) -> int:
    found = asking.marked(item)
    return -1 if found is None else _ORDER.get(found, len(_ORDER))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Send the verdict along with the report, from a worker to the controller."""
    report = yield
    verdict = item.stash.get(VERDICT, None)
    if verdict is not None and report.when == "call":
        report.release_gates = verdict.plain()
    return report


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Fit the number of workers to the work."""
    if not _active(config):
        return None
    return workers.worth_starting(config, _harness(config).artifacts)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand a worker the harness, with a directory to share facts in."""
    config = node.config
    if not _active(config):
        return
    harness = _harness(config)
    if harness.shared is None:
        harness = dataclasses.replace(harness, shared=_scratch(config))
        _adopt(config, harness)
    node.workerinput[_WORKER_KEY] = harness.packed()


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep the tests of an artifact together, unless the user chose another way."""
    if _active(config) and config.getoption("dist") == "load":
        return workers.make_scheduler(config, log)
    return None
