"""What of the caller's surroundings does not reach an installation, nor what runs in it."""

from __future__ import annotations

import ast
import contextlib
import socket
import threading
from typing import TYPE_CHECKING

import pytest

from release_tests.policy import INSTALLERS, InstallPolicy
from release_tests.sandbox.confinement import CUT_OFF, OPEN, Confinement, confinement
from release_tests.sandbox.observed import INSTALL, ImportState
from tests import forge
from tests.sandbox.trying import try_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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


@pytest.mark.parametrize("network", [True, False])
def test_the_network_is_cut_off_where_it_can_be(tmp_path: Path, *, network: bool) -> None:
    """Without a network nothing of this machine is reached, and a loopback of its own works."""
    policy = InstallPolicy(network=network)
    limits = confinement(policy)
    if not network and limits.network != CUT_OFF:
        pytest.skip(limits.network)
    with _listening() as port:
        code = CONNECTS.replace("{port}", str(port))
        wheel = forge.Wheel(files={"demo.py": code}).write(tmp_path)
        trial = try_wheel(wheel, "demo", policy=policy)
    outside, inside = ast.literal_eval(trial.imports[0].version or "")
    assert (outside == "reached", inside) == (network, "reached")
    assert trial.network == (OPEN if network else CUT_OFF)


def test_a_system_that_cannot_cut_it_off_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason stands where the evidence says what could be reached, and nothing is refused."""
    monkeypatch.setattr("release_tests.sandbox.confinement._why_not", lambda: "Operation refused")
    limits = confinement(InstallPolicy(network=False))
    assert limits.network == "open: this system cannot cut it off (Operation refused)"
    assert Confinement(0, limits.network).network != CUT_OFF
