"""Files that vanish, are replaced or change while they are being read.

The change is made by the reading thread itself, between two of its steps, so each run is the same.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from release_tests.archive.facts import FaultKind
from release_tests.archive.reader import read_artifact
from release_tests.gates import archive, metadata, record, structure, version
from release_tests.policy import Policy
from tests import forge
from tests.forge_sdist import Sdist

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from tests.gates.cases.case import Forged

_FILES = {**forge.package(), "demo/data.bin": bytes(range(256)) * 4096}
WHEEL = forge.Wheel(files=_FILES, method=forge.STORED)
DEFLATED = forge.Wheel(files={**_FILES, "demo/noise.bin": os.urandom(1 << 20)})
LARGE = forge.Wheel(
    files={**_FILES, **{f"demo/{at}.bin": os.urandom(9 << 20) for at in range(3)}},
)
SDIST = Sdist(files={"pyproject.toml": "", "demo/noise.bin": os.urandom(1 << 20)})

ARTIFACTS: dict[str, tuple[Forged, str]] = {
    "wheel": (WHEEL, "walk"),
    "deflated wheel": (DEFLATED, "walk"),
    "wheel that several threads read": (LARGE, "walk"),
    "sdist": (SDIST, "_take"),
}
"""What is read, and the step after which it changes."""


def _other(path: Path) -> Path:
    other = path.with_name("other")
    other.write_bytes(path.read_bytes()[::-1])
    return other


def _directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _link(path: Path) -> None:
    path.rename(path.with_name("moved"))
    path.symlink_to("moved")


def _fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _folder(path: Path) -> None:
    """Swap the directory above for another one with a file of the same name."""
    path.parent.rename(path.parent.with_name("before"))
    path.parent.mkdir()
    path.write_bytes(b"another")


def _scribbled(path: Path) -> None:
    with path.open("r+b") as stream:
        stream.seek(200)
        stream.write(b"x" * 300)


def _grown(path: Path) -> None:
    with path.open("ab") as stream:
        stream.write(b"more")


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "unlinked": (Path.unlink, "it vanished"),
    "above it gone": (lambda path: path.parent.rename(path.parent.with_name("x")), "it vanished"),
    "replaced": (lambda path: _other(path).replace(path), "another file took its place"),
    "replaced by a directory": (_directory, "a directory took its place"),
    "replaced by a link": (_link, "a symbolic link took its place"),
    "replaced by a FIFO": (_fifo, "a FIFO took its place"),
    "directory swapped": (_folder, "another file took its place"),
    "cut": (lambda path: os.truncate(path, 700), "it was cut"),
    "emptied": (lambda path: os.truncate(path, 0), "it was cut"),
    "grown": (_grown, "it grew"),
    "written to": (_scribbled, "it was written to"),
    "locked": (lambda path: path.chmod(0), "its permissions, links or times were changed"),
}


@contextlib.contextmanager
def _once_after(step: str, act: Callable[[], object]) -> Iterator[list[str]]:
    """Call *act* when a function of the reader called *step* returns the first time."""
    done: list[str] = []

    def watch(frame: FrameType, event: str, _: object) -> None:
        name = frame.f_globals.get("__name__", "")
        ours = name.startswith("release_tests.archive.")
        if event == "return" and ours and frame.f_code.co_name == step and not done:
            done.append(step)
            act()

    sys.setprofile(watch)
    try:
        yield done
    finally:
        sys.setprofile(None)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("kind", ARTIFACTS)
def test_a_change_while_reading_is_all_that_is_said(kind: str, change: str, tmp_path: Path) -> None:
    """One finding says what happened; no digest, no member, and no other gate answers."""
    made, step = ARTIFACTS[kind]
    act, words = CHANGES[change]
    folder = tmp_path / "dist"
    folder.mkdir()
    path = made.write(folder)
    with _once_after(step, lambda: act(path)) as done:
        facts = read_artifact(path)
    assert done
    (fault,) = facts.faults
    assert fault.kind is FaultKind.CHANGED
    assert fault.message.startswith(words)
    assert (facts.sha256, facts.members, facts.contents) == ("", (), {})
    (finding,) = archive.check(facts, Policy())
    assert (finding.rule, finding.message) == ("ZIP014", fault.message)
    for gate in (structure, metadata, version, *([] if kind == "sdist" else [record])):
        answer = gate.check(facts, Policy())
        assert isinstance(answer, list)
        assert [item.rule[-3:] for item in answer] == ["000"]
        assert words in answer[0].message


@pytest.mark.parametrize("kind", ARTIFACTS)
def test_no_change_is_no_fault(kind: str, tmp_path: Path) -> None:
    """Reading itself changes nothing that is looked at."""
    made, step = ARTIFACTS[kind]
    path = made.write(tmp_path)
    with _once_after(step, lambda: None) as done:
        facts = read_artifact(path)
    assert done
    assert (facts.faults, len(facts.sha256)) == ((), 64)


_AS_NOBODY = """
import os, sys
from pathlib import Path
from release_tests.archive.reader import read_artifact
os.seteuid(65534)
(fault,) = read_artifact(Path(sys.argv[1])).faults
print(fault.kind.value, fault.message)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can read as somebody else")
@pytest.mark.parametrize("locked", ["file", "directory"])
def test_permission_taken_away_before_reading(locked: str) -> None:
    """A file, or a directory, that was closed to us since it was selected is said to be."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "dist"
        folder.mkdir()
        path = WHEEL.write(folder)
        Path(name).chmod(0o755)
        (path if locked == "file" else folder).chmod(0)
        root = Path(__file__).resolve().parents[2]
        command = [sys.executable, "-c", _AS_NOBODY, str(path)]
        told = subprocess.run(command, capture_output=True, text=True, cwd=root, check=True)
    assert told.stdout.strip() == "unreadable the file cannot be read: Permission denied"
