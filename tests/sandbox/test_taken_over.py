"""Code of a wheel that takes over the environment's Python does not get to judge itself."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from release_tests.archive.digest import sha256_of
from release_tests.policy import InstallPolicy
from release_tests.sandbox.clean import clean_environment
from release_tests.sandbox.importing import import_module
from release_tests.sandbox.installers import installer_for
from release_tests.sandbox.interpreter import running
from release_tests.sandbox.observed import ImportState
from release_tests.sandbox.pip import Pip
from release_tests.sandbox.progress import SILENT
from release_tests.sandbox.settings import InstallSettings
from tests import forge
from tests.sandbox.trying import try_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from release_tests.sandbox.environment import Sandbox

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links, and scripts for programs")

SECONDS = 60.0

# Says what the judge would say, for it is told what that is; all else it leaves to the real one.
FORGER = """#!{python} -IS
import json, sys
for word in sys.argv:
    if word.endswith(".order"):
        order = json.load(open(word))
        report = dict(nonce=order["nonce"], seconds=0.1, witnessed=True, version="9.9",
                      locations=[sys.argv[0]])
        json.dump(report, open(order["report"], "w"))
"""

TAKES_OVER = {
    "replaces": "os.unlink(python)\nopen(python, 'w').write(FORGER)\nos.chmod(python, 0o755)\n",
    "points_elsewhere": "os.unlink(python)\nos.symlink('/bin/true', python)\n",
    "moves_the_library": (
        "with open(config) as stream: text = stream.read()\n"
        "with open(config, 'w') as stream: stream.write('home = /nowhere\\n' + text)\n"
    ),
    "moves_the_directory": (
        "place = os.path.dirname(python)\nos.rename(place, place + '.old')\nos.mkdir(place)\n"
        "open(python, 'w').write(FORGER)\nos.chmod(python, 0o755)\n"
    ),
    "removes": "os.unlink(python)\n",
}
PLACES = """
import os, sys
python = os.path.join(sys.prefix, 'bin', 'python')
config = os.path.join(sys.prefix, 'pyvenv.cfg')
FORGER = """


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Sandbox]:
    """Return an environment to be spoilt."""
    with clean_environment(Pip(InstallSettings()), running(), parent=tmp_path) as made:
        yield made


@pytest.mark.parametrize("how", TAKES_OVER)
def test_the_next_import_is_not_judged_by_what_was_put_there(fresh: Sandbox, how: str) -> None:
    """It is seen before the next process is started, and told as what it is."""
    forger = repr(FORGER.format(python=sys.executable))
    (fresh.sites[0] / f"{how}.py").write_text(PLACES + forger + "\n" + TAKES_OVER[how])
    (fresh.sites[0] / "broken.py").write_text("raise OSError('really')\n")
    assert import_module(fresh, how, deadline=SECONDS).imported
    report = import_module(fresh, "broken", deadline=SECONDS)
    assert (report.state, report.version) == (ImportState.ENDED, None)
    assert "not as the installer made it: env/" in report.ending
    check = Pip(InstallSettings()).check(fresh, SILENT)
    assert (check.ok, "not as the installer made it" in check.output) == (False, True)


@pytest.mark.parametrize("name", ["pip", "uv"])
def test_a_command_called_python_does_not_run_in_its_place(tmp_path: Path, name: str) -> None:
    """A wheel that installs one over the environment's own is found out, and passes nothing."""
    wheel = forge.Wheel(
        files={
            "demo.py": "def main(): raise SystemExit\n",
            "demo-1.0.data/scripts/python": FORGER.format(python=sys.executable),
        }
    ).write(tmp_path)
    trial = try_wheel(wheel, "demo", policy=InstallPolicy(installer=name))
    assert not trial.usable or not trial.imports[0].imported
    assert not all(step.ok for step in trial.steps)


STARTS = """
import json, os
with open({mark!r}, "a") as stream:
    stream.write(json.dumps(dict(os.environ)))
"""


@pytest.mark.parametrize("name", ["pip", "uv"])
def test_what_runs_along_with_the_installer_is_told_no_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A path file runs when pip checks and uninstalls, and finds no address with credentials."""
    mark = tmp_path / "mark"
    mark.touch()
    monkeypatch.setenv("PIP_INDEX_URL", "http://user:secret-of-the-index@127.0.0.1:9/simple")
    monkeypatch.delenv("PIP_NO_INDEX")
    with clean_environment(
        installer_for(InstallPolicy(installer=name)), running(), parent=tmp_path
    ) as made:
        installer = installer_for(InstallPolicy(installer=name))
        wheel = forge.Wheel().write(tmp_path)
        assert installer.install_alone(made, wheel, sha256_of(wheel), SECONDS, SILENT).ok
        (made.sites[0] / "hook_of_it.py").write_text(STARTS.format(mark=str(mark)))
        (made.sites[0] / "hook.pth").write_text("import hook_of_it\n")
        assert installer.check(made, SILENT).ok
        assert installer.uninstall(made, "demo", SILENT).ok
    seen = mark.read_text()
    assert seen or name == "uv"  # which need not ask the environment's Python again
    assert "secret-of-the-index" not in seen
