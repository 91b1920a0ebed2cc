"""Sessions on machines whose processors differ: what each can show, and what they show together."""

from __future__ import annotations

import platform
import sys
from typing import TYPE_CHECKING

import pytest

from release_tests.evidence.model import ELSEWHERE, Outcome, Row
from tests.binary.compiled import Elf
from tests.forge import Wheel, package
from tests.gates.cases.built import Built, requiring
from tests.processors import CASCADE_LAKE, SAPPHIRE_RAPIDS, cpuinfo

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plugin.conftest import Sessions

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() != "x86_64", reason="modules for x86-64 Linux"
)

HOOKS = """
import dataclasses, os, pathlib
from release_tests import harness
def told(*args, prepare=harness.prepare, **named):
    return dataclasses.replace(prepare(*args, **named), cpuinfo=pathlib.Path(os.environ["CPUINFO"]))
harness.prepare = told
"""
POLICY = f"""
imports = ["demo"]
[variants.demo]
baseline = ["avx512_bf16"]
[install]
installer = "uv"
pythons = ["3.{sys.version_info.minor}"]
"""
LIBRARY = Elf(exports=("kernel",), calls=(), libraries=())
"""Nothing of Python's: the package is what is imported, and never loads it."""


@pytest.fixture
def machine(sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Prepare sessions on a machine whose kernel tells of its processor in the file returned."""
    place = sessions.pytester.path / "cpuinfo"
    monkeypatch.setenv("CPUINFO", str(place))
    sessions.pytester.makepyfile(hooks=HOOKS)
    (sessions.pytester.path / "policy.toml").write_text(POLICY, encoding="utf-8")
    return place


def _forge(sessions: Sessions) -> Path:
    sessions.dist.mkdir()
    wheel = Built("py3-none-manylinux_2_17_x86_64", {"demo/_kernels.so": LIBRARY})
    return wheel.write(sessions.dist)


def _run(sessions: Sessions, *args: str) -> pytest.RunResult:
    return sessions.run("-p", "hooks", "--release-config", "policy.toml", *args)


def _rows(sessions: Sessions) -> dict[str, Row]:
    (artifact,) = sessions.last().artifacts
    return {row.gate: row for row in artifact.rows}


def test_a_machine_that_lacks_something_runs_nothing_of_it(
    sessions: Sessions, machine: Path
) -> None:
    """Every gate that runs code is skipped with that reason; of the install gate the rest is done.

    Another machine's evidence, kept in a directory of its own, is what admission asks for, and
    with both the file may go out.
    """
    wheel = _forge(sessions)
    cpuinfo(machine, CASCADE_LAKE)
    result = _run(sessions, "-m", "runs_code and not installed-torch")
    assert result.ret == 0
    rows = _rows(sessions)
    assert {row.outcome for row in rows.values()} == {Outcome.SKIPPED}
    assert all("lacks avx512_bf16" in row.reason for row in rows.values())
    assert rows["install"].reason.startswith("it installs, but its code is not run")
    assert all(
        row.details[ELSEWHERE] == "a machine whose processor has avx512_bf16"
        for row in rows.values()
    )
    host = sessions.last().host
    assert (host["processor"], "avx512_vnni" in host["features"]) == ("A Processor @ 2.4GHz", True)
    library, version = platform.libc_ver()
    expected = (
        f"manylinux_{version.replace('.', '_')}_x86_64" if library == "glibc" else "musllinux_"
    )
    assert host["platform-tag"].startswith(expected)

    words = [sys.executable, "-m", "publisher", "check", "--release-config", "policy.toml"]
    check = [*words, "--wheel", str(wheel), "--evidence-dir", "release-evidence"]
    refused = sessions.pytester.run(*check)
    refused.stdout.fnmatch_lines(["*lacks avx512_bf16*run it on a machine whose processor has*"])

    cpuinfo(machine, SAPPHIRE_RAPIDS)
    assert _run(sessions, "--evidence-dir", "there").ret == 0
    both = sessions.pytester.run(*check, "--evidence-dir", "there")
    both.stdout.fnmatch_lines([f"admitted*{wheel.name}*"])
    assert both.ret == 0


def test_a_machine_that_lacks_something_still_finds_what_is_wrong(
    sessions: Sessions, machine: Path
) -> None:
    """That an installation fails does not hang on the processor, and is told as ever."""
    sessions.dist.mkdir()
    files = {**package(), "demo/_kernels.so": LIBRARY.data}
    metadata = requiring("Requires-Dist: demo==2.0")
    tags = "py3-none-manylinux_2_17_x86_64"
    Wheel(tags=tags, files=files, metadata=metadata).write(sessions.dist)
    cpuinfo(machine, CASCADE_LAKE)
    result = _run(sessions, "-m", "install or import")
    assert result.ret == 1
    rows = _rows(sessions)
    assert rows["install"].outcome is Outcome.FAILED
    assert rows["import"].outcome is Outcome.SKIPPED
