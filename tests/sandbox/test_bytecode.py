"""pip's bytecode is made once for all environments, and never trusted further than its sources."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

from release_tests.archive.reader import read_wheel
from release_tests.gates.trying import plan_for
from release_tests.policy import InstallPolicy, Policy
from release_tests.sandbox.bytecode import give_bytecode
from release_tests.sandbox.clean import clean_environment
from release_tests.sandbox.interpreter import running
from release_tests.sandbox.pip import Pip
from release_tests.sandbox.plan import Plan
from release_tests.sandbox.progress import SILENT
from release_tests.sandbox.settings import InstallSettings
from release_tests.sandbox.trial import perform
from tests.forge import Wheel, package

if TYPE_CHECKING:
    from pathlib import Path

    from release_tests.sandbox.observed import Contents


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where bytecode is kept, in a cache of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache/release-gates/bytecode"


def compiled(tmp_path: Path) -> dict[str, int]:
    """Make an environment; return its pip's bytecode, by its path, with its size."""
    pip = Pip(InstallSettings())
    with clean_environment(pip, running(), parent=tmp_path) as sandbox:
        assert pip.check(sandbox, SILENT).ok
        (site,) = sandbox.sites
        found = (site / "pip").rglob("__pycache__/*.pyc")
        return {str(path.relative_to(site)): path.stat().st_size for path in found}


def test_it_is_made_once(tmp_path: Path, kept: Path) -> None:
    """The next environment gets the same from one archive, which nothing has touched since."""
    first = compiled(tmp_path)
    (archive,) = kept.iterdir()
    before = archive.stat().st_ino, archive.stat().st_mtime_ns
    assert len(first) > 100
    assert compiled(tmp_path) == first
    assert (archive.stat().st_ino, archive.stat().st_mtime_ns) == before


@pytest.mark.parametrize("keeping", [5000, -1], ids=["cut", "one byte"])
def test_what_is_damaged_is_made_anew(tmp_path: Path, kept: Path, keeping: int) -> None:
    """An archive that is cut short, or has another byte, harms no environment."""
    first = compiled(tmp_path)
    (archive,) = kept.iterdir()
    whole = archive.read_bytes()
    damaged = whole[:keeping] if keeping >= 0 else whole[:9000] + b"\xff" + whole[9001:]
    archive.write_bytes(damaged)
    assert compiled(tmp_path) == first
    assert len(archive.read_bytes()) == len(whole)


@pytest.mark.parametrize("name", ["odd.pth", "pip/__init__.py", "pip/__pycache__/../../odd.pyc"])
def test_nothing_but_bytecode_is_taken(tmp_path: Path, kept: Path, name: str) -> None:
    """An archive with a file that Python would run unasked is made anew, and gives nothing."""
    first = compiled(tmp_path)
    (archive,) = kept.iterdir()
    with zipfile.ZipFile(archive, "a") as more:
        more.writestr(name, "import sys")
    assert compiled(tmp_path) == first
    with zipfile.ZipFile(archive) as anew:
        assert name not in anew.namelist()


def test_no_cache_is_no_fault(tmp_path: Path, kept: Path) -> None:
    """Where nothing can be kept, each environment makes its own."""
    kept.parent.mkdir(parents=True)
    kept.touch()
    assert len(compiled(tmp_path)) > 100
    assert not kept.read_bytes()


def test_what_is_not_written_whole_is_not_kept(tmp_path: Path, kept: Path) -> None:
    """Where not all of it can be written, as on a full disk, none is, and pip goes without."""
    with clean_environment(Pip(InstallSettings()), running(), parent=tmp_path) as sandbox:
        (archive,) = kept.iterdir()
        archive.unlink()
        (site,) = sandbox.sites
        (site / "pip/__pycache__/cut.pyc").write_bytes(b"\0" * 16 + b"\xe3")
        give_bytecode(sandbox, "pip", archive, SILENT)
        assert not [*(site / "pip").rglob("*.pyc")]
        assert Pip(InstallSettings()).check(sandbox, SILENT).ok
    assert not archive.exists()


def installed(directory: Path, wheel: Path) -> Contents:
    """Return what installing a wheel does to an environment, beside what the wheel has."""
    policy = Policy(install=InstallPolicy(pythons=(running().minor,)))
    plan = plan_for(read_wheel(wheel), policy)
    assert isinstance(plan, Plan)
    contents = perform(plan, running(), scratch=directory).contents
    assert contents is not None
    return contents


def test_an_upgraded_pip_takes_its_bytecode_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wheel that requires another pip has changed nothing that is not that pip's."""
    served = tmp_path / "served"
    Wheel(name="pip", version="99.0", files={"pip/__main__.py": "", "pip/new.py": ""}).write(served)
    monkeypatch.setenv("PIP_FIND_LINKS", str(served))
    metadata = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nRequires-Dist: pip==99.0\n"
    wheel = Wheel(metadata=metadata, files=package()).write(tmp_path / "dist")
    contents = installed(tmp_path, wheel)
    assert not contents.changed
    assert not contents.appeared


def test_a_wheel_that_replaces_bytecode_is_seen(tmp_path: Path) -> None:
    """Bytecode of pip is a file as any other: whoever changes it has changed the environment."""
    tag = f"cpython-{running().minor.replace('.', '')}"
    target = f"pip/__pycache__/__main__.{tag}.pyc"
    files = package() | {target: "a program of the wheel's own"}
    contents = installed(tmp_path, Wheel(files=files).write(tmp_path / "dist"))
    assert [path.rpartition("site-packages/")[2] for path in contents.changed] == [target]
