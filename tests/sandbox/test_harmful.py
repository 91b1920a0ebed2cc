"""Code that means harm to the machine, or to what is tried after it, is over at its deadline."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from release_tests.sandbox.clean import clean_environment
from release_tests.sandbox.confinement import Confinement
from release_tests.sandbox.importing import import_module
from release_tests.sandbox.interpreter import running as this_python
from release_tests.sandbox.observed import ImportState
from release_tests.sandbox.pip import Pip
from release_tests.sandbox.progress import SILENT
from release_tests.sandbox.settings import InstallSettings
from tests.sandbox.forging import FORGING
from tests.sandbox.test_apart import APART, HIDES, running, usable
from tests.sandbox.test_importing import OWN_PARENT

if TYPE_CHECKING:
    from pathlib import Path

    from release_tests.sandbox.environment import Sandbox

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes of Linux")

SECONDS = 60.0
WAYS = ("a namespace", "nothing")

FORKS = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
for _ in range(60):
    if os.fork() == 0:
        os.setsid()
        os.execv(sys.executable, [sys.executable, "-ISc", "import time; time.sleep(60)", {mark!r}])
time.sleep(60)
"""
STOPS = "import os, signal\nos.kill(parent, signal.SIGSTOP)\nos.kill(os.getpid(), signal.SIGSTOP)\n"


@pytest.mark.parametrize("name", WAYS)
@pytest.mark.parametrize("how", ["forks", "stops"])
def test_it_ends_at_its_deadline(
    sandbox: Sandbox, site: Path, tmp_path: Path, name: str, how: str
) -> None:
    """Many processes that heed nothing, or a judge that was stopped: nothing is left of either."""
    mark = f"mark-of-{tmp_path}"
    limits = Confinement(way=usable(name))
    stops = (APART if limits.apart else OWN_PARENT) + STOPS
    hidden = HIDES.format(code="import time; time.sleep(60)", mark=mark)
    code = {"forks": FORKS.format(mark=mark), "stops": hidden + stops}[how]
    (site / f"{how}.py").write_text(code)
    report = import_module(sandbox, how, deadline=2, confinement=limits)
    assert report.state is ImportState.TIMED_OUT
    assert running(mark) == []


PIPE = """
import os
def says(data):
    for descriptor in range(3, 64):
        try:
            os.set_blocking(descriptor, False)
            os.write(descriptor, data)
        except OSError:
            pass
"""


@pytest.mark.parametrize(
    "data",
    [
        "b'[' * 60000 + b'\\n'",
        "b'{\"ready\": ' * 6000 + b'\\n'",
        'b\'{"returned": NaN}\\n{"claims": {"warnings": [[NaN]]}}\\n\'',
        'b\'{"raised": "\\\\ud800"}\\n\'',
        "b'\\xff\\xfe\\n' * 1000",
        "b'9' * 60000 + b'\\n'",
    ],
)
def test_what_is_no_message_harms_nobody(sandbox: Sandbox, site: Path, data: str) -> None:
    """Deep, endless or odd lines in the pipe to the judge are none, and never an import."""
    (site / "odd_lines.py").write_text(f"{PIPE}says({data})\nos._exit(0)\n")
    report = import_module(sandbox, "odd_lines", deadline=SECONDS)
    assert report.state is not ImportState.IMPORTED
    assert report.version is None


RIGHTS = """
import os, resource
said = dict(line.split(":\\t", 1) for line in open("/proc/self/status") if ":\\t" in line)
try:
    os.open("/dev/tty", os.O_RDWR)
    terminal = True
except OSError:
    terminal = False
system = 1 << 21 | 1 << 19
__version__ = repr((said["NoNewPrivs"].strip(), int(said["CapEff"], 16) & system, terminal,
                    resource.getrlimit(resource.RLIMIT_CORE)[1],
                    resource.getrlimit(resource.RLIMIT_FSIZE)[1] >> 30))
"""


@pytest.mark.parametrize("name", [*WAYS, "bubblewrap"])
def test_it_gains_no_rights_and_has_no_terminal(sandbox: Sandbox, site: Path, name: str) -> None:
    """Neither sudo nor root's own rights help it, it types into nobody's shell, and has limits."""
    (site / "wants.py").write_text(RIGHTS)
    limits = Confinement(way=usable(name))
    report = import_module(sandbox, "wants", deadline=SECONDS, confinement=limits)
    assert report.version == "('1', 0, False, 0, 1)"


STARTUP = {
    "sitecustomize.py": "{code}",
    "usercustomize.py": "{code}",
    "zzz.pth": "import zzz_code\n",
    "zzz_code.py": "{code}",
}


def test_start_up_files_forge_nothing_of_the_next_import(tmp_path: Path) -> None:
    """What a module leaves for the next start of its environment's Python is judged with that."""
    code = FORGING["walks_frames"].replace("door.tell(", "door.tell('started')\ndoor.tell(", 1)
    with clean_environment(Pip(InstallSettings()), this_python(), parent=tmp_path) as made:
        site = made.sites[0]
        writes = "".join(
            f"open(os.path.join(os.path.dirname(__file__), {name!r}), 'w')"
            f".write({text.format(code=code)!r})\n"
            for name, text in STARTUP.items()
        )
        (site / "leaves.py").write_text(f"import os\n{writes}")
        (site / "broken.py").write_text("raise OSError('really')\n")
        assert import_module(made, "leaves", deadline=SECONDS).imported
        report = import_module(made, "broken", deadline=SECONDS)
        assert (report.imported, report.version) == (False, None)
        check = Pip(InstallSettings()).check(made, SILENT)
    assert not check.ok or "No broken requirements found" in check.output
