"""Compiled members: examined in the same pass, as deep as it is asked for, and no deeper."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from release_tests.archive.depth import Depth
from release_tests.archive.reader import read_artifact, read_wheel
from release_tests.binary.facts import Format
from tests.binary.small import MachO, Pe
from tests.forge import Wheel, corrupt_member, package
from tests.forge_sdist import Sdist

if TYPE_CHECKING:
    from pathlib import Path

MODULES = {"demo/core.so": MachO().data, "demo/core.pyd": Pe().data}


def _wheel(directory: Path) -> Path:
    return Wheel(files={**package(), **MODULES}).write(directory)


def test_nobody_asked(tmp_path: Path) -> None:
    """Without being asked nothing is examined, which is told from nothing being there."""
    assert read_wheel(_wheel(tmp_path)).binaries is None
    pure = Wheel().write(tmp_path)
    assert read_wheel(pure, Depth.BINARIES).binaries == {}


def test_members_are_examined(tmp_path: Path) -> None:
    """Each compiled member has its facts, under its name."""
    facts = read_artifact(_wheel(tmp_path), Depth.BINARIES)
    assert facts.binaries is not None
    assert {
        name: [image.format for image in one.images] for name, one in facts.binaries.items()
    } == {"demo/core.so": [Format.MACH_O], "demo/core.pyd": [Format.PE]}
    assert all(image.code is None for one in facts.binaries.values() for image in one.images)


def test_instructions_are_looked_at_if_asked(tmp_path: Path) -> None:
    """The deepest reading has the code of each image, or why there is none."""
    facts = read_artifact(_wheel(tmp_path), Depth.CODE)
    assert facts.binaries is not None
    codes = [image.code for one in facts.binaries.values() for image in one.images]
    assert [code is not None and bool(code.digest) for code in codes] == [True, True]


def test_damaged_members_are_left_out(tmp_path: Path) -> None:
    """What cannot be inflated is a fault, and says nothing of itself."""
    facts = read_artifact(corrupt_member(_wheel(tmp_path), "demo/core.so"), Depth.BINARIES)
    assert facts.faults
    assert facts.binaries is not None
    assert set(facts.binaries) == {"demo/core.pyd"}


LOADED = """
import sys
from pathlib import Path
from release_tests.archive.depth import Depth
from release_tests.archive.reader import read_artifact
read_artifact(Path(sys.argv[1]), Depth[sys.argv[2]])
print(*sorted(name for name in sys.modules if name.startswith(("release_tests.binary.", "iced"))))
"""
PLAIN = {"release_tests.binary.room"}


@pytest.mark.parametrize(
    ("compiled", "depth", "loaded"),
    [
        (True, "MEMBERS", ()),
        (False, "CODE", ()),
        (True, "BINARIES", ("macho", "pe")),
    ],
)
def test_readers_are_loaded_when_needed(
    tmp_path: Path, *, compiled: bool, depth: str, loaded: tuple[str, ...]
) -> None:
    """A pure wheel loads no reader, a compiled one those of its formats, and no decoder."""
    wheel = _wheel(tmp_path) if compiled else Wheel().write(tmp_path)
    command = [sys.executable, "-c", LOADED, str(wheel), depth]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    names = set(done.stdout.split())
    assert names >= PLAIN
    readers = {name.split(".")[2] for name in names} & {"elf", "macho", "pe", "code"}
    assert readers == set(loaded)
    assert not {name for name in names if name.startswith("iced")}


def test_source_distributions_too(tmp_path: Path) -> None:
    """A compiled file in an sdist is examined like one in a wheel."""
    sdist = Sdist(files={"demo/core.so": MachO().data, "demo/__init__.py": ""}).write(tmp_path)
    assert read_artifact(sdist).binaries is None
    found = read_artifact(sdist, Depth.BINARIES).binaries
    assert found is not None
    ((name, binary),) = found.items()
    assert (name, binary.images[0].format) == ("demo-1.0/demo/core.so", Format.MACH_O)
