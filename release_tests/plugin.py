"""The pytest plugin: options, parametrization, and what turns a gate's answer into evidence.

It is inert in every session that does not name the gates (a path into this package, or
``--pyargs release_tests``), however it was loaded.
"""

from __future__ import annotations

import atexit
import dataclasses
import gc
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import pytest

from release_tests import loading, options
from release_tests.archive.depth import Depth
from release_tests.archive.shown import shown_name
from release_tests.asking import VERDICT, ask, ask_release, say
from release_tests.belonging import (
    RELEASE,
    is_gate,
    is_ours,
    marked,
    ordered,
    refuse_a_foreign_hand,
    subjects,
)
from release_tests.errors import ReleaseGatesError
from release_tests.gates import catalogue
from release_tests.gates.catalogue import GATES, RUNS_CODE, gate_of, test_of
from release_tests.named import PACKAGE, names_gates, of_this_copy, refuse_misread
from release_tests.policy import THIRD_PARTY
from release_tests.sparing import spare
from release_tests.stashed import ASKED, HARNESS, PRIVATE, STAGED, STORE
from release_tests.verdict import ARTIFACT, GATE

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from release_tests.harness import Harness

__all__ = ["ask", "ask_release", "say"]

_WORKER_KEY = "release_gates"
_SEAL_KEY = "release_gates_seal"
_ACTIVE: pytest.StashKey[bool] = pytest.StashKey()
_SCRATCH: pytest.StashKey[Path] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare what can be verified, and how; refuse what pytest took for tests before that."""
    options.declare(parser)
    config = cast("pytest.Config", pluginmanager.get_plugin("pytestconfig"))
    try:
        refuse_misread(config, parser)
    except ReleaseGatesError as error:
        raise pytest.UsageError(str(error)) from error
    spare(config, parser)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Declare each gate as a marker; in a session of gates, make ready to record."""
    config.add_cleanup(loading.end)
    for gate in GATES:
        config.addinivalue_line("markers", f"{gate.name}: release gate. {gate.question}")
    config.addinivalue_line("markers", f"{RUNS_CODE}: every release gate that runs code.")
    if not _active(config):
        return
    config.add_cleanup(gc.unfreeze)
    atexit.register(gc.freeze)  # an interpreter that ends frees everything without a search
    if not hasattr(config, "workerinput"):
        _record(config)


def _active(config: pytest.Config) -> bool:
    """Whether this session is one of gates; found out at the first call."""
    if _ACTIVE not in config.stash:
        handed = getattr(config, "workerinput", {}).get(_WORKER_KEY)
        if handed is not None:
            from release_tests.binary.code.counters import COUNTERS
            from release_tests.harness import Harness
            from release_tests.keeping import SEAL

            SEAL.adopt(getattr(config, "workerinput", {})[_SEAL_KEY])
            COUNTERS.share(getattr(config, "workerinput", {})["workercount"])
            _adopt(config, Harness.unpacked(handed))
        config.stash[_ACTIVE] = handed is not None or names_gates(config)
    return config.stash[_ACTIVE]


def _record(config: pytest.Config) -> None:
    if config.getoption("collectonly"):
        return
    from release_tests.recorder import NAME, Recorder

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
        words[:] = [of_this_copy(early_config.invocation_params.dir, word) for word in words]


def _harness(config: pytest.Config) -> Harness:
    """Return what this run verifies, found out at the first call; raise UsageError."""
    if HARNESS not in config.stash:
        from release_tests.harness import prepare

        try:
            today = datetime.now(UTC).date()
            base = config.invocation_params.dir
            _adopt(config, prepare(options.request_of(config), base, today, _say_at_once))
        except ReleaseGatesError as error:
            raise pytest.UsageError(str(error)) from error
    return config.stash[HARNESS]


def _say_at_once(words: str) -> None:
    sys.stderr.write(f"[release-gates] {words}\n")


def _adopt(config: pytest.Config, harness: Harness) -> None:
    from release_tests.facts_store import FactsStore

    shared = harness.shared
    config.stash[HARNESS] = harness
    config.stash[PRIVATE] = private = lambda: shared or _scratch(config)
    config.stash[STORE] = FactsStore(private, shared=shared is not None)
    if harness.staging is not None:
        from release_tests.staged_store import StagedStore

        config.stash[STAGED] = StagedStore(harness.staging, private, shared=shared)


def _scratch(config: pytest.Config) -> Path:
    """Return this process's own directory for facts, made at the first call."""
    if _SCRATCH not in config.stash:
        from release_tests.sandbox.scratch import scratch_directory, sweep

        sweep()
        stack = ExitStack()
        config.add_cleanup(stack.close)
        config.stash[_SCRATCH] = stack.enter_context(scratch_directory())
    return config.stash[_SCRATCH]


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Find out what is verified, before anything is collected."""
    config = session.config
    if not _active(config):
        return
    from release_tests.processor import told_by_kernel
    from release_tests.recorder import NAME, Recorder
    from release_tests.termination import unwind_when_terminated

    harness = _harness(config)
    unwind_when_terminated(config)
    recorder = config.pluginmanager.getplugin(NAME)
    if isinstance(recorder, Recorder):
        try:
            names = map(shown_name, harness.artifacts)
            processor = told_by_kernel(harness.cpuinfo)
            recorder.begin(harness.source, names, harness.gates, processor)
        except ReleaseGatesError as error:
            raise pytest.UsageError(str(error)) from error


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say what is verified under which policy."""
    if HARNESS not in config.stash:
        return []
    harness = config.stash[HARNESS]
    count = len(harness.artifacts)
    return [
        f"release gates: {count} artifact{'s' if count != 1 else ''}, gates from {PACKAGE}",
        f"policy: {harness.source}{_profile(harness)}",
        *([f"staging: {harness.staging}, {harness.staging.shown}"] if harness.staging else []),
    ]


def _profile(harness: Harness) -> str:
    third_party = harness.source.policy.profile == THIRD_PARTY
    return ", profile third-party: nothing of it can be published" if third_party else ""


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Look for the gates' tests where they are: the packages beside them hold none."""
    return True if collection_path.parent == PACKAGE and collection_path.is_dir() else None


def pytest_pycollect_makeitem(collector: pytest.Collector, name: str) -> list[pytest.Item] | None:
    """Collect no gate that this run does not put."""
    config = collector.config
    if not _active(config) or not is_ours(collector):
        return None
    withheld = {gate.name for gate in GATES} - {*_harness(config).gates}
    return [] if name in map(test_of, withheld) else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Put each gate to each artifact, or to each release."""
    wanted = [name for name in (ARTIFACT, RELEASE) if name in metafunc.fixturenames]
    if not wanted or not is_ours(metafunc.definition):
        return
    if not _active(metafunc.config):
        metafunc.parametrize(wanted[0], [])
    elif wanted[0] == RELEASE:
        metafunc.parametrize(RELEASE, _harness(metafunc.config).releases, ids=str)
    else:
        artifacts = _harness(metafunc.config).artifacts
        metafunc.parametrize(ARTIFACT, artifacts, ids=[shown_name(path) for path in artifacts])


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark every gate's test with its gate and its artifact, in the order of the catalogue."""
    gates = [item for item in items if is_gate(item)]
    refuse_a_foreign_hand(config, items, gates, active=_active(config))
    for item in gates:
        gate = gate_of(item.originalname)  # type: ignore[attr-defined]
        item.add_marker(gate)
        if catalogue.gate(gate).runs_code:
            item.add_marker(RUNS_CODE)
        item.user_properties.append((GATE, gate))
        item.user_properties += [(ARTIFACT, shown_name(path)) for path in subjects(item)]
    items[:] = ordered(items)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Let files be read, and observed in environments, as far as the gates need that were left.

    What was loaded up to here stays, so the garbage collector need not look through it each time
    that the members of an archive, which are many, make it look.
    """
    if _active(session.config):
        gc.freeze()
    names = frozenset(filter(None, map(marked, session.items)))
    session.config.stash[ASKED] = names
    if STORE in session.config.stash:
        depths = [gate.depth for gate in GATES if gate.name in names]
        session.config.stash[STORE].depth = max(depths, default=Depth.MEMBERS)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, Any, Any]:
    """Send the verdict along with the report, from a worker to the controller.

    What the harness cannot go on from is told in its own words, as they say what to do next.
    """
    report = yield
    error = call.excinfo.value if call.excinfo else None
    if is_gate(item) and isinstance(error, ReleaseGatesError):
        report.longrepr = str(error)
    verdict = item.stash.get(VERDICT, None)
    if verdict is not None and report.when == "call":
        report.release_gates = verdict.plain()
    return report


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Start no workers unless so many are asked for: this process does several things at once."""
    return 0 if _active(config) else None


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand a worker the harness, with a directory to share facts in."""
    config = node.config
    if not _active(config):
        return
    from release_tests.keeping import SEAL
    from release_tests.seclusion import seclude

    seclude()
    node.workerinput[_SEAL_KEY] = SEAL.handed_over()
    workers = node.workerinput["workercount"]
    node.workerinput[_WORKER_KEY] = _shared(config, workers).packed()


def _shared(config: pytest.Config, workers: int) -> Harness:
    """Return the harness, with a directory to share facts in, and as much at once as is asked."""
    harness = _harness(config)
    if harness.shared is None:
        at_once = config.getoption("at_once") or workers
        harness = dataclasses.replace(harness, shared=_scratch(config), at_once=at_once)
        _adopt(config, harness)
    return harness


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep the tests of an artifact together, unless the user chose another way."""
    if _active(config) and config.getoption("dist") == "load":
        from release_tests import workers

        return workers.make_scheduler(config, log, workers.sizes(_harness(config).artifacts))
    return None
