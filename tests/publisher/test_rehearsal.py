"""The rehearsal walks the real road on loopback, and leaves nothing behind on any way out."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

import publisher
from publisher.loopback import HOST, free_port, loopback_index
from publisher.stage import require
from release_tests.errors import CallerMistake, ReleaseGatesError
from release_tests.process import run, started_process
from tests.forge import Wheel

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(publisher.__file__).parent.parent
COMMAND = [sys.executable, "-m", "publisher", "rehearse"]
QUICKLY = """
[tool.release-gates.install]
installer = "uv"
"""
"""pip takes seconds more; the rehearsal that tells what it did has it."""

PROJECT = f"""
{QUICKLY}
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "demo"
version = "1.0"
"""
BACKEND = """
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
from tests.forge import Wheel

def build_wheel(directory, config_settings=None, metadata_directory=None):
    return Wheel().write(Path(directory)).name
"""


@pytest.fixture
def environ(tmp_path: Path) -> Mapping[str, str]:
    """Return an environment whose temporary files are the test's own."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    loads = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": "xdist.plugin"}
    return os.environ | loads | {"PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)}


@pytest.fixture
def quickly(tmp_path: Path) -> None:
    """Have wheels installed by uv."""
    (tmp_path / "pyproject.toml").write_text(QUICKLY)


def left_over(environ: Mapping[str, str]) -> list[str]:
    """Return temporary files, and processes that were started from or with their directory."""
    place = environ["TMPDIR"]
    files = [path.name for path in Path(place).iterdir()]
    return files + [command for command, variables in _processes() if place in command + variables]


def _processes() -> list[tuple[str, str]]:
    """Return the command line and the environment of every process that may be looked at."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command, variables = (
                (process / name).read_bytes().replace(b"\0", b" ").decode(errors="replace")
                for name in ("cmdline", "environ")
            )
        except OSError:
            continue
        found.append((command, variables))
    return found


def test_a_rehearsal_tells_what_it_did(tmp_path: Path, environ: Mapping[str, str]) -> None:
    """Wheels of dist are verified, published, fetched back and installed; it is summed up."""
    path = Wheel().write(tmp_path / "dist")
    done = run(COMMAND, deadline=120, env=environ, cwd=tmp_path)
    report, _, summary = done.stdout.partition("Rehearsed, on two indexes and a GitHub")
    assert path.name in summary
    assert len(re.findall("uploaded, shown after . s, fetched back, same bytes", summary)) == 2
    assert "imported: demo" in summary
    assert summary.count("holds 1 file(s)") == 2
    assert "holds v1.0, published: demo-1.0-py3-none-any.whl, release-evidence-" in summary
    assert re.search(r"\| verified-staging \| staging \| \d+\.\d \| done \|", report)
    assert report.count(f"| {path.name.replace('_', chr(92) + '_')} | ") >= 3
    assert left_over(environ) == []
    assert sorted(item.name for item in tmp_path.iterdir()) == ["dist", "tmp"]


def test_without_wheels_the_projects_own_is_built(
    tmp_path: Path, environ: Mapping[str, str]
) -> None:
    """In a project without dist its wheel is built there and then; --dry-run stops at the plan."""
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "backend.py").write_text(BACKEND.format(root=str(ROOT)))
    done = run([*COMMAND, "--dry-run"], deadline=120, env=environ, cwd=tmp_path)
    assert "built demo-1.0-py3-none-any.whl" in done.stderr
    assert done.stdout.count("absent -> upload") == 3
    assert left_over(environ) == []


def test_what_is_built_and_verified_sees_no_token(
    tmp_path: Path, environ: Mapping[str, str]
) -> None:
    """Neither tokens of the policy or by default, nor who is told, nor how a CI proves itself."""
    seen = tmp_path / "seen"
    policy = '\n[tool.release-gates.indexes.production]\ntoken-env = "MINE"\n'
    (tmp_path / "pyproject.toml").write_text(PROJECT + policy)
    spying = f"\nimport os\nPath({str(seen)!r}).write_text(repr(dict(os.environ)))\n"
    (tmp_path / "backend.py").write_text(BACKEND.format(root=str(ROOT)) + spying)
    tokens = ("MINE", "PYPI_API_TOKEN", "TWINE_PASSWORD", "GH_TOKEN")
    others = ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "PYPI_ID_TOKEN", "RELEASE_GATES_NOTIFY")
    canaries = dict.fromkeys((*tokens, *others), "never-to-be-seen")
    words = [*COMMAND, "--dry-run", "--release-config", "pyproject.toml"]
    run(words, deadline=120, env={**environ, **canaries, "KEPT": "kept"}, cwd=tmp_path)
    assert "'KEPT': 'kept'" in seen.read_text()
    assert "never-to-be-seen" not in seen.read_text()


@pytest.mark.usefixtures("quickly")
def test_what_fails_on_the_way_is_in_the_report(tmp_path: Path, environ: Mapping[str, str]) -> None:
    """With faults of the index and of GitHub it is published all the same, in more attempts."""
    Wheel().write(tmp_path / "dist")
    faults = ("429", "lost-github-answer", "cut-at-github")
    words = [*COMMAND, *(f"--fault={name}" for name in faults)]
    done = run(words, deadline=120, env=environ, cwd=tmp_path)
    attempts = dict(re.findall(r"any\.whl \| (\w+) \| [\d.]+ k?B \| (\d) \|", done.stdout))
    assert attempts == {"staging": "2", "production": "2", "github": "2"}
    assert "asking GitHub whether the draft was created" in done.stderr
    assert done.stdout.count(", published: ") == 1
    assert left_over(environ) == []


@pytest.mark.usefixtures("quickly")
def test_a_wheel_that_fails_its_gates_ends_it(tmp_path: Path, environ: Mapping[str, str]) -> None:
    """What the gates found is shown, and it is refused."""
    Wheel(omit=["demo/core.py"]).write(tmp_path / "dist")
    done = run(COMMAND, deadline=120, env=environ, cwd=tmp_path, check=False)
    assert done.returncode == 1
    assert "demo/core.py" in done.stdout
    assert "the gates ended with exit code 1" in done.stderr
    assert left_over(environ) == []


def test_nothing_to_rehearse_with_is_a_usage_error(
    tmp_path: Path, environ: Mapping[str, str]
) -> None:
    """Neither wheels nor a project: it says what to name."""
    done = run(COMMAND, deadline=60, env=environ, cwd=tmp_path, check=False)
    assert done.returncode == 2
    assert "--wheel FILE" in done.stderr


def test_a_missing_extra_is_named() -> None:
    """The command that installs what is missing stands in the message."""
    with pytest.raises(CallerMistake, match=r"pip install 'release-gates\[rehearse\]'"):
        require("rehearse", ["nothing_of_this_name"])


@pytest.mark.usefixtures("quickly")
@pytest.mark.parametrize(
    ("number", "moment"),
    [
        (signal.SIGINT, "putting the gates"),
        (signal.SIGTERM, "in a clean environment"),
    ],
)
def test_an_interrupted_rehearsal_leaves_nothing(
    tmp_path: Path, environ: Mapping[str, str], number: signal.Signals, moment: str
) -> None:
    """Stopped in the gates or after an upload: no process and no file is left."""
    Wheel().write(tmp_path / "dist")
    log = tmp_path / "log"
    with (
        log.open("wb") as out,
        started_process(
            COMMAND, env=environ, cwd=tmp_path, stdout=out, stderr=subprocess.STDOUT
        ) as process,
    ):
        until = time.monotonic() + 120
        while moment not in log.read_text():
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.02)
        time.sleep(0.7)
        process.send_signal(number)
        process.send_signal(number)
        assert process.wait(120) == 130, log.read_text()
    assert left_over(environ) == []


@pytest.mark.usefixtures("quickly")
@pytest.mark.parametrize(
    ("number", "ignoring"),
    [(signal.SIGTERM, True), (signal.SIGTERM, False), (signal.SIGINT, False)],
)
def test_a_wheel_that_hangs_ends_with_the_rehearsal(
    tmp_path: Path, environ: Mapping[str, str], number: signal.Signals, *, ignoring: bool
) -> None:
    """Whoever starts it with `&` makes it ignore SIGINT; what it started still ends with it."""
    mark = tmp_path / "importing"
    code = f"import pathlib, time\npathlib.Path({str(mark)!r}).touch()\ntime.sleep(90)\n"
    Wheel(files={"demo/__init__.py": code}).write(tmp_path / "dist")
    prefix = ["sh", "-c", "trap '' INT; exec \"$@\"", "sh"] if ignoring else []
    log = tmp_path / "log"
    with (
        log.open("wb") as out,
        started_process(
            [*prefix, *COMMAND], env=environ, cwd=tmp_path, stdout=out, stderr=subprocess.STDOUT
        ) as process,
    ):
        until = time.monotonic() + 120
        while not mark.exists():
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.05)
        process.send_signal(number)
        assert process.wait(60) == 130, log.read_text()
    assert left_over(environ) == []


def test_a_loopback_index_is_there_and_then_gone(tmp_path: Path) -> None:
    """It answers as long as it is wanted, takes nothing without its token, and then is gone."""
    with (
        loopback_index(tmp_path / "index", os.environ) as index,
        httpx.Client(trust_env=False) as client,
    ):
        assert client.get(index.simple_url).status_code == 200
        form = {":action": "file_upload"}
        content = {"content": ("demo-1.0-py3-none-any.whl", b"x")}
        bare = client.post(index.upload_url, data=form, files=content)
        wrong = client.post(index.upload_url, data=form, files=content, auth=(index.user, "wrong"))
        assert (bare.status_code, wrong.status_code) == (401, 403)
        assert list(index.files.iterdir()) == []
        assert index.token not in repr(index)
    assert index.url.startswith(f"http://{HOST}:")
    with pytest.raises(httpx.ConnectError):
        httpx.get(index.simple_url, trust_env=False)


def test_a_port_that_is_taken_is_given_up_for_another(tmp_path: Path) -> None:
    """Between finding a free port and taking it, somebody else may be quicker."""
    with socket.create_server((HOST, 0)) as quicker:
        taken = quicker.getsockname()[1]
        ports = iter([taken, other := free_port()])
        with loopback_index(tmp_path / "index", os.environ, ports) as index:
            assert index.url == f"http://{HOST}:{other}"


def test_no_server_at_all_is_an_error(tmp_path: Path) -> None:
    """The end of what the server wrote says why."""
    with (
        socket.create_server((HOST, 0)) as quicker,
        pytest.raises(ReleaseGatesError, match=r"(?s)no pypiserver could be started.*in use"),
        loopback_index(tmp_path / "index", os.environ, iter([quicker.getsockname()[1]])),
    ):
        pytest.fail("it was started on a port that is taken")
