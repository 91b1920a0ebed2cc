"""What pip fetches into a new environment is kept, and taken from there by the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from release_tests.archive.digest import sha256_of
from release_tests.sandbox.clean import clean_environment
from release_tests.sandbox.distributions import installed
from release_tests.sandbox.fetching import Errand
from release_tests.sandbox.interpreter import running
from release_tests.sandbox.pip import Pip
from release_tests.sandbox.progress import SILENT
from release_tests.sandbox.settings import InstallSettings
from tests.forge import Wheel

if TYPE_CHECKING:
    from pathlib import Path

    from release_tests.sandbox.environment import Sandbox

SECONDS = 120.0


@pytest.fixture
def served(tmp_path: Path) -> Path:
    """Return a directory with two dependencies, in the place of an index."""
    directory = tmp_path / "served"
    for name in ("dep", "other"):
        Wheel(name=name).write(directory)
    return directory


@pytest.fixture
def pip(served: Path) -> Pip:
    """Return pip, set up for that directory alone."""
    return Pip(InstallSettings({"no-index": "true", "find-links": str(served)}))


def errand(tmp_path: Path, *words: str) -> Errand:
    """Return the errand of fetching what the words say."""
    shared = tmp_path / "shared"
    shared.mkdir(exist_ok=True)
    return Errand(shared, words)


def names(sandbox: Sandbox) -> set[str]:
    """Return the names of what is installed beside pip."""
    return set(installed(sandbox)) - {"pip"}


def test_the_next_environment_needs_no_index(tmp_path: Path, served: Path, pip: Pip) -> None:
    """The artifact itself is not kept; a dependency is, by its name, for whoever asks the same."""
    metadata = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nRequires-Dist: dep\n"
    wheel = Wheel(metadata=metadata).write(tmp_path)
    for _ in range(2):
        with clean_environment(pip, running(), parent=tmp_path) as sandbox:
            asked = errand(tmp_path, "dep")
            step = pip.install(sandbox, wheel, sha256_of(wheel), SECONDS, SILENT, asked)
            assert step.ok, step.output
            assert names(sandbox) == {"demo", "dep"}
        for path in served.iterdir():
            path.unlink()
    assert [path.name for path in asked.files.iterdir()] == ["dep-1.0-py3-none-any.whl"]


def test_a_file_that_somebody_else_put_there_is_not_installed(
    tmp_path: Path, served: Path, pip: Pip
) -> None:
    """Code of another trial can write where files are kept; then the index is asked."""
    metadata = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nRequires-Dist: dep\n"
    wheel = Wheel(metadata=metadata).write(tmp_path)
    asked = errand(tmp_path, "dep")
    for _ in range(2):
        with clean_environment(pip, running(), parent=tmp_path) as sandbox:
            assert pip.install(sandbox, wheel, sha256_of(wheel), SECONDS, SILENT, asked).ok
            assert not list(sandbox.sites[0].glob("evil.py"))
        Wheel(name="dep", files={"evil.py": ""}).write(asked.files)
    assert [*served.glob("dep-*")]


def test_into_more_than_a_new_environment_nothing_is_downloaded_apart(
    tmp_path: Path, pip: Pip
) -> None:
    """Downloading does not know what is installed; and what cannot be downloaded is told by pip."""
    with clean_environment(pip, running(), parent=tmp_path) as sandbox:
        missing = errand(tmp_path, "missing")
        failed = pip.fetch(sandbox, ["missing"], SECONDS, SILENT, missing)
        assert "No matching distribution found for missing" in failed.output
        assert not failed.ok
        assert pip.fetch(sandbox, ["dep"], SECONDS, SILENT).ok
        other = errand(tmp_path, "other")
        assert pip.fetch(sandbox, ["other"], SECONDS, SILENT, other).ok
        assert names(sandbox) == {"dep", "other"}
    assert not other.resolved.exists()
