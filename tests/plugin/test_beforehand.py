"""What a session of gates begins before its tests are known, and that nothing hangs on it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from release_tests.archive import limits
from release_tests.archive.digest import sha256_of
from tests.forge import Wheel, package

if TYPE_CHECKING:
    from tests.plugin.conftest import Sessions

_WATCH = """
import atexit, threading
from release_tests.ahead import Ahead
begun = []
def begin(self, path, begin=Ahead.begin):
    begun.append(path.name)
    begin(self, path)
Ahead.begin = begin
atexit.register(lambda: print("begun:", *begun))
"""

_REBUILD = """
import pathlib
def pytest_sessionstart():
    (wheel,) = pathlib.Path("dist").iterdir()
    data = pathlib.Path("other").read_bytes()
    wheel.write_bytes(data)
"""


def _large(marker: str) -> Wheel:
    filling = os.urandom(limits.PARALLEL_FROM)
    return Wheel(files={**package(), "demo/data.bin": filling, "demo/which.txt": marker})


@pytest.mark.parametrize(
    ("arguments", "begun"),
    [
        (("-m", "archive"), True),
        (("-m", "archive", "--collect-only"), False),
        (("-m", "archive", "-n", "1"), False),
        (("-k", "archive or other", "test_other.py"), False),
        (("--wheel-dir", "nowhere"), False),
    ],
    ids=str,
)
def test_the_first_artifact_is_begun_where_this_process_reads_it(
    sessions: Sessions, arguments: tuple[str, ...], *, begun: bool
) -> None:
    """Nothing is begun that another process reads, or nobody."""
    wheel = sessions.forge(_large("first"))
    sessions.pytester.makepyfile(watch=_WATCH, test_other="def test_other():\n    pass\n")
    sessions.pytester.syspathinsert()
    found = sessions.command("-p", "watch", "--pyargs", "release_tests", *arguments)
    lines = [line for line in found.outlines if line.startswith("begun:")]
    assert lines == ([f"begun: {wheel.name}"] if begun else ["begun:"] * len(lines))


def test_what_is_rebuilt_when_the_session_starts_is_what_is_verified(sessions: Sessions) -> None:
    """A project may build its wheels in a hook: the evidence is about what was there then."""
    wheel = sessions.forge(_large("first"))
    other = sessions.pytester.path / "other"
    wheel.rename(other)
    sessions.forge(_large("second"))
    sessions.pytester.makepyfile(rebuild=_REBUILD)
    sessions.command("-p", "rebuild", "--pyargs", "release_tests", "-m", "archive or record")
    (artifact,) = sessions.last().artifacts
    assert artifact.sha256 == sha256_of(other)
    assert {row.outcome.value for row in artifact.rows} == {"passed"}


def test_a_session_that_cannot_start_ends(sessions: Sessions) -> None:
    """A mistake in the policy is told, and what was begun is let go."""
    sessions.forge(_large("first"))
    sessions.pytester.makefile(".toml", policy="nonsense = 1\n")
    found = sessions.command("--pyargs", "release_tests", "--release-config", "policy.toml")
    assert found.ret == pytest.ExitCode.USAGE_ERROR
    assert "nonsense" in found.stderr.str()
