"""What of the caller's surroundings does not reach an installation, nor what runs in it."""

from __future__ import annotations

import ast
import contextlib
import os
import platform
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from release_tests.policy import INSTALLERS, InstallPolicy
from release_tests.sandbox import cutting_off
from release_tests.sandbox.confinement import OPEN, confinement
from release_tests.sandbox.cutting_off import Way, bubblewrap, first_of, namespace, way_here
from release_tests.sandbox.observed import INSTALL, ImportState
from tests import forge
from tests.sandbox.trying import try_wheel

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).resolve().parents[2]

LOOKS = """
import importlib.util, os, site, sys
__version__ = repr({
    "bytecode": not sys.dont_write_bytecode,
    "user": bool(site.ENABLE_USER_SITE),
    "stray": importlib.util.find_spec("stray") is not None,
    "flags": (sys.flags.isolated, sys.flags.no_user_site),
    "names": sorted(os.environ),
})
"""


@pytest.fixture
def littered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set everything up that would change an installation or an import, were it heeded."""
    (tmp_path / "stray.py").touch()
    (tmp_path / "none.txt").write_text("demo<0\n")
    (tmp_path / "uv.toml").write_text("this is no configuration\n")
    (tmp_path / "pyproject.toml").write_text("[tool.uv]\nconstraint-dependencies = ['demo<0']\n")
    config = tmp_path / ".config" / "uv"
    config.mkdir(parents=True)
    (config / "uv.toml").write_text("this is no configuration\n")
    place = str(tmp_path)
    for name in ("PYTHONPATH", "PYTHONUSERBASE", "PYTHONHOME", "PYTHONPYCACHEPREFIX", "HOME"):
        if name != "PYTHONHOME":
            monkeypatch.setenv(name, place)
    constrained = str(tmp_path / "none.txt")
    for name in ("PIP_CONSTRAINT", "UV_CONSTRAINT", "UV_OVERRIDE", "UV_EXCLUDE", "PIP_REQUIREMENT"):
        monkeypatch.setenv(name, constrained)
    for name in ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "UV_CACHE_DIR", "UV_PROJECT_ENVIRONMENT"):
        monkeypatch.setenv(name, f"{place}/elsewhere")
    monkeypatch.setenv("PIP_REQUIRE_HASHES", "1")
    monkeypatch.setenv("UV_COMPILE_BYTECODE", "1")
    monkeypatch.setenv("VIRTUAL_ENV", f"{place}/elsewhere")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", INSTALLERS)
def test_nothing_of_the_surroundings_leaks_in(littered: Path, name: str) -> None:
    """Neither variables, nor files in the home and working directory, change what is observed."""
    files = {"demo.py": LOOKS}
    wheel = forge.Wheel(files=files).write(littered / "dist")
    trial = try_wheel(wheel, "demo", policy=InstallPolicy(installer=name), scratch=littered)
    assert trial.step(INSTALL).ok, trial.step(INSTALL)
    (report,) = trial.imports
    assert report.state is ImportState.IMPORTED
    seen = ast.literal_eval(report.version or "")
    names = seen.pop("names")
    assert seen == {"bytecode": False, "user": False, "stray": False, "flags": (1, 1)}
    assert not [one for one in names if one.startswith(("PIP_", "UV_"))]
    assert not (littered / "elsewhere").exists()


@contextlib.contextmanager
def _listening() -> Iterator[int]:
    """Accept connections on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_accept, args=(server,), daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def _accept(server: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while True:
            server.accept()[0].close()


CONNECTS = """
import socket
def reached(port):
    try:
        socket.create_connection(("127.0.0.1", port), 2).close()
    except OSError as error:
        return type(error).__name__
    return "reached"
own = socket.create_server(("127.0.0.1", 0))
__version__ = repr((reached({port}), reached(own.getsockname()[1])))
"""


def _usable(name: str) -> Way:
    """Return a way to cut the network off, if this machine can use it."""
    if name == namespace().name:
        way = namespace(cut=True)
    elif found := shutil.which("bwrap"):
        way = bubblewrap(found, cut=True)
    else:
        pytest.skip("bubblewrap is not installed")
    if isinstance(why := first_of([way]), str):
        pytest.skip(why)
    return way


def test_the_network_is_open_unless_asked_otherwise(tmp_path: Path) -> None:
    """What listens on this machine is reached."""
    with _listening() as port:
        wheel = forge.Wheel(files={"demo.py": CONNECTS.replace("{port}", str(port))})
        trial = try_wheel(wheel.write(tmp_path), "demo")
    assert ast.literal_eval(trial.imports[0].version or "") == ("reached", "reached")
    assert trial.network == OPEN


@pytest.mark.parametrize("name", ["a namespace", "bubblewrap"])
def test_the_network_is_cut_off_either_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Nothing of this machine is reached, a loopback of its own works, and the judge still sees."""
    way = _usable(name)
    monkeypatch.setattr("release_tests.sandbox.cutting_off.way_here", lambda **_: way)
    with _listening() as port:
        wheel = forge.Wheel(files={"demo.py": CONNECTS.replace("{port}", str(port))})
        trial = try_wheel(wheel.write(tmp_path), "demo", policy=InstallPolicy(network=False))
    (report,) = trial.imports
    outside, inside = ast.literal_eval(report.version or "")
    assert (outside == "reached", inside) == (False, "reached")
    assert trial.network == f"cut off: only a loopback of its own, by {name}"
    assert report.witnessed == _witnessed_without(tmp_path)


def _witnessed_without(tmp_path: Path) -> bool:
    """Say whether an import can be looked at from outside here, without any confinement."""
    (report,) = try_wheel(forge.Wheel().write(tmp_path / "plain"), "demo").imports
    return report.witnessed


def test_bubblewrap_leaves_nothing_running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is killed at its deadline ends with all that it started, the processes between, too."""
    way = _usable("bubblewrap")
    monkeypatch.setattr("release_tests.sandbox.cutting_off.way_here", lambda **_: way)
    code = "import subprocess, time\nsubprocess.Popen(['sleep', '300.25'])\ntime.sleep(300)\n"
    wheel = forge.Wheel(files={"demo.py": code}).write(tmp_path)
    policy = InstallPolicy(network=False, import_deadline=2)
    (report,) = try_wheel(wheel, "demo", policy=policy).imports
    assert report.state is ImportState.TIMED_OUT
    commands = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    assert not [one for one in commands if b"300.25" in one]


def test_the_next_way_is_taken_where_one_cannot_be(tmp_path: Path) -> None:
    """Each is tried in its order, and where none does, all reasons are given."""
    refused = tmp_path / "refused"
    refused.write_text("#!/bin/sh\necho refused: not allowed >&2\nexit 1\n")
    refused.chmod(0o755)
    broken, works = bubblewrap(str(refused)), Way("as it is")
    assert first_of([broken, works]) == works
    assert first_of([works, broken]) == works
    assert first_of([broken, broken]) == "; ".join(["bubblewrap: refused: not allowed"] * 2)


# Refuses unshare(2), 272 on x86-64, as containers do: seccomp(2), by a filter of four instructions
# (load the number; is it 272? if so EPERM; else allow). Then prints the way that is found.
REFUSED = """
import ctypes, struct
load, compare = (0x20, 0, 0, 0), (0x15, 0, 1, 272)
refuse, allow = (6, 0, 0, 0x50001), (6, 0, 0, 0x7FFF0000)
code = struct.pack("HBBI" * 4, *load, *compare, *refuse, *allow)
kept = ctypes.create_string_buffer(code)
program = struct.pack("HxxxxxxQ", 4, ctypes.addressof(kept))
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, ctypes.c_char_p(program), 0, 0) == 0
from release_tests.sandbox.cutting_off import way_here
print(getattr(way_here(), "name", way_here()))
"""


@pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"), reason="the filter is for x86-64"
)
def test_bubblewrap_is_taken_where_unshare_is_refused() -> None:
    """The kernel refuses for real; where bubblewrap is missing, too, both reasons are given."""
    _usable("bubblewrap")
    ways = [
        subprocess.run(
            [sys.executable, "-c", REFUSED],
            env={"PATH": path, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for path in (os.environ["PATH"], "")
    ]
    assert ways[0] == "bubblewrap"
    assert ways[1].startswith("a namespace: cannot be confined: ")
    assert ways[1].endswith("; bubblewrap: not installed")


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give up")
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="setpriv is not installed")
def test_root_without_rights_makes_a_user_namespace() -> None:
    """As root of a container, which may not make a network namespace by itself."""
    way = _usable("a namespace")
    inside = "import os; print(os.getuid(), open('/proc/net/dev').read().count(':'))"
    words = way.command(0, (sys.executable, "-c", inside))
    dropped = ("setpriv", "--bounding-set", "-sys_admin", "--inh-caps", "-sys_admin")
    done = subprocess.run([*dropped, *words], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "1"]


@pytest.mark.parametrize("installed", [True, False])
def test_what_works_here_is_found_out_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, installed: bool
) -> None:
    """Bubblewrap is looked for on PATH, after the namespace that needs no other program."""
    looked: list[tuple[str, ...]] = []

    def none(ways: Iterable[Way]) -> str:
        looked.append(tuple(way.name for way in ways))
        return "refused"

    if installed:
        (tmp_path / "bwrap").write_text("")
        (tmp_path / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("release_tests.sandbox.cutting_off.first_of", none)
    way_here.cache_clear()
    try:
        found = [way_here(), way_here()]
    finally:
        way_here.cache_clear()
    others = ("bubblewrap",) if installed else ()
    assert looked == [("a namespace", *others)]
    assert set(found) == {"refused" if installed else "refused; bubblewrap: not installed"}


def test_a_system_that_cannot_cut_it_off_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason stands where the evidence says what could be reached, and nothing is refused."""
    monkeypatch.setattr(
        "release_tests.sandbox.cutting_off.way_here", lambda **_: "Operation refused"
    )
    limits = confinement(InstallPolicy(network=False))
    assert limits.network == "open: this system cannot cut it off (Operation refused)"
    assert limits.way == cutting_off.OPEN
