"""Clean environments: what is in them, what a process sees there, what is left of them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from release_tests.errors import ReleaseGatesError
from release_tests.policy import INSTALLERS, InstallPolicy
from release_tests.process import run
from release_tests.sandbox.clean import clean_environment
from release_tests.sandbox.installers import installer_for
from release_tests.sandbox.interpreter import Interpreter
from release_tests.sandbox.scratch import sweep
from tests import forge
from tests.sandbox.trying import try_wheel

if TYPE_CHECKING:
    from release_tests.sandbox.environment import Sandbox

_ALLOWED = {
    *("PATH", "HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP", "LANG", "LANGUAGE", "TZ"),
    *("PYTHONNOUSERSITE", "PYTHONDONTWRITEBYTECODE", "SYSTEMROOT", "WINDIR"),
}
_DUMP = """
import json, os, pathlib
(pathlib.Path.home() / "environment.json").write_text(json.dumps(dict(os.environ)))
"""


def _python(sandbox: Sandbox, code: str) -> str:
    command = sandbox.python("-c", code)
    return run(command, deadline=30, env=sandbox.environment(), cwd=sandbox.work).stdout.strip()


def test_holds_pip_and_nothing_else(sandbox: Sandbox) -> None:
    """Neither setuptools nor wheel helps a package that forgot to declare them."""
    code = "import importlib.metadata as m; print([d.name for d in m.distributions()])"
    assert _python(sandbox, code) == "['pip']"


def test_is_isolated(sandbox: Sandbox) -> None:
    """Nothing comes from the user's site, the working directory or the harness's own path."""
    paths = json.loads(_python(sandbox, "import json, sys; print(json.dumps(sys.path))"))
    base = json.loads(_python(sandbox, "import json, sys; print(json.dumps(sys.base_prefix))"))
    assert all(path.startswith((str(sandbox.prefix), base)) for path in paths)


def test_passes_no_secret_on(sandbox: Sandbox, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module sees only allowed names, and neither tokens nor proxies nor Python's settings."""
    canaries = {
        "PYPI_API_TOKEN": "canary",
        "GITHUB_TOKEN": "canary",
        "CI": "canary",
        "PYTHONPATH": "/canary",
        "PYTHONSTARTUP": "/canary",
        "HTTPS_PROXY": "http://canary@127.0.0.1:9",
        "PIP_INDEX_URL": "http://canary@127.0.0.1:9/simple/",
        "TWINE_PASSWORD": "canary",
    }
    for name, value in canaries.items():
        monkeypatch.setenv(name, value)
    (site / "dumps_environment.py").write_text(_DUMP)
    _python(sandbox, "import dumps_environment")
    seen = json.loads((sandbox.home / "environment.json").read_text())
    assert "canary" not in json.dumps(seen)
    assert {name for name in seen if not name.startswith("LC_")} <= _ALLOWED
    assert seen["HOME"] == str(sandbox.home)


@pytest.mark.parametrize("name", INSTALLERS)
def test_fails_clearly_and_leaves_nothing_half_made(tmp_path: Path, name: str) -> None:
    """An environment that cannot be made names the interpreter, and its directory is gone."""
    installer = installer_for(InstallPolicy(installer=name))
    missing = tmp_path / "no-such-python"
    with (
        pytest.raises(ReleaseGatesError, match=r"no virtual environment .*no-such-python"),
        clean_environment(installer, Interpreter(str(missing), "3.11.1"), parent=tmp_path),
    ):
        pytest.fail("there is no such interpreter")
    assert list(tmp_path.iterdir()) == []


def test_is_removed_after_a_trial(tmp_path: Path) -> None:
    """A finished trial leaves nothing in the scratch directory."""
    wheel = forge.Wheel().write(tmp_path / "dist")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    assert try_wheel(wheel, "demo", scratch=scratch).imports
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_interruption_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    """Ctrl-C in the middle of an import removes the environment; after a kill the next run does."""
    waits = "import os, pathlib, time\npathlib.Path(os.environ['HOME'], 'started').touch()\n"
    wheel = forge.Wheel(files={"demo.py": waits + "time.sleep(60)\n"}).write(tmp_path / "dist")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    code = (
        "import sys, pathlib\nfrom tests.sandbox.trying import try_wheel\n"
        "try_wheel(pathlib.Path(sys.argv[1]), 'demo', scratch=pathlib.Path(sys.argv[2]),"
        " say=lambda line: print(line, flush=True))\n"
    )
    command = [sys.executable, "-c", code, str(wheel), str(scratch)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout
        while not process.stdout.readline().rstrip().endswith("import demo"):
            assert process.poll() is None
        assert list(scratch.iterdir())
        os.kill(process.pid, number)
        assert process.wait(60) != 0
    if number == signal.SIGKILL:
        (left,) = scratch.iterdir()
        assert sweep(scratch) == [left]
        assert not _running_in(left)
    assert list(scratch.iterdir()) == []


def _running_in(directory: Path) -> list[str]:
    """Return the processes whose environment names a directory, where the system tells."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if os.fsencode(directory) in path.read_bytes():
                found.append(path.parent.name)
    return found
