"""A whole source tree: what pyproject.toml states, and what the build back end says."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from release_tests.errors import SelectionError
from release_tests.policy import InstallPolicy, Policy, SourcePolicy
from release_tests.sandbox.progress import quiet
from release_tests.source.facts import GitFacts, SourceFacts, Unanswered
from release_tests.source.reading import read_source
from tests import forge
from tests.source.trees import STATIC, committed, dynamic

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Leave nothing of this machine's pip configuration, but a directory with one dependency."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    links = tmp_path / "links"
    forge.Wheel(name="helper", version="3.5").write(links)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(links))


def _write(directory: Path, files: dict[str, str]) -> Path:
    directory.mkdir()
    for name, text in files.items():
        (directory / name).write_text(text)
    return directory


def _read(directory: Path, **env: str) -> SourceFacts:
    return read_source(directory, Policy(source=SourcePolicy(env=tuple(env.items()))), quiet)


def _reason(answer: str | Unanswered) -> str:
    assert isinstance(answer, Unanswered), answer
    return answer.reason


def test_a_stated_version_needs_no_back_end(tmp_path: Path) -> None:
    """`[project] version` is taken as it stands, and nothing is run."""
    never = "raise SystemExit('never')"
    files = dynamic(before=never) | {"pyproject.toml": STATIC.format(version="1.0")}
    found = _read(committed(tmp_path / "demo", files, "v1.0"))
    assert (found.directory, found.declared) == ("demo", "1.0")
    assert isinstance(found.git, GitFacts)
    assert _reason(found.built) == "pyproject.toml states the version"


def test_the_back_end_says_a_dynamic_version(tmp_path: Path) -> None:
    """Its hook runs with both kinds of build requirements, and in a copy of the tree."""
    files = dynamic(
        "helper.__version__ + os.environ['LOCAL']",
        requires='"helper==3.5"',
        more="'helper>=3'",
        before="import helper",
    )
    tree = _write(tmp_path / "demo", files)
    found = _read(tree, LOCAL="+cpu")
    assert found.built == "3.5+cpu"
    assert sorted(path.name for path in tree.iterdir()) == ["backend.py", "pyproject.toml"]


FAILING = {
    "raises": (dynamic("1 / 0"), "ZeroDivisionError"),
    "ends": (dynamic("os._exit(0)"), ""),
    "exits": (dynamic("exit('no compiler')"), "no compiler"),
    "no requirement": (dynamic(requires='"nowhere"'), "nowhere"),
    "no later requirement": (dynamic(more="'nowhere'"), "nowhere"),
    "no hook": (
        dynamic(before="") | {"backend.py": "def build_wheel(*args): exit(3)\n"},
        "no hook",
    ),
    "no back end": (dynamic() | {"backend.py": "import nowhere"}, "nowhere"),
    "no version": (dynamic("''"), "states no version"),
    "declared badly": ({"pyproject.toml": "[build-system]\nrequires = 3\n"}, "requires"),
    "a link": (
        dynamic()
        | {
            "backend.py": "import os\ndef prepare_metadata_for_build_wheel(d, c=None):\n"
            "    os.mkdir(d + '/x.dist-info')\n"
            "    os.symlink('/etc/hostname', d + '/x.dist-info/METADATA')\n"
            "    return 'x.dist-info'\n"
        },
        "no file",
    ),
    "a pipe": (
        dynamic()
        | {
            "backend.py": "import os\ndef prepare_metadata_for_build_wheel(d, c=None):\n"
            "    os.mkdir(d + '/x.dist-info')\n    os.mkfifo(d + '/x.dist-info/METADATA')\n"
            "    return 'x.dist-info'\n"
        },
        "no file",
    ),
    "elsewhere": (
        dynamic()
        | {
            "backend.py": "def prepare_metadata_for_build_wheel(d, c=None):\n"
            "    return '/etc/hostname'\n"
        },
        "hostname",
    ),
}


@pytest.mark.parametrize("name", FAILING)
def test_a_back_end_that_does_not_say_it(tmp_path: Path, name: str) -> None:
    """Whatever goes wrong is the reason why it said nothing, and never an exception."""
    files, words = FAILING[name]
    assert words in _reason(_read(_write(tmp_path / "demo", files)).built)


def test_a_back_end_that_hangs(tmp_path: Path) -> None:
    """A hook is killed at its deadline."""
    tree = _write(tmp_path / "demo", dynamic("__import__('time').sleep(60)"))
    policy = Policy(source=SourcePolicy(deadline=1.0), install=InstallPolicy())
    found = read_source(tree, policy, quiet)
    assert "killed after 1 s" in _reason(found.built)


def test_passes_no_secret_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The source's code sees none of the caller's variables."""
    monkeypatch.setenv("PYPI_API_TOKEN", "canary")
    tree = _write(tmp_path / "demo", dynamic("str(len(os.environ.get('PYPI_API_TOKEN', '')))"))
    assert _read(tree).built == "0"


def test_no_project(tmp_path: Path) -> None:
    """A directory that is no project is the caller's mistake."""
    with pytest.raises(SelectionError, match=r"there is no project.*\n.*--source"):
        _read(tmp_path)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[tool.poetry]\nversion = '1'", "no table [project]"),
        ("[project]\ndynamic = ['version']", "the build back end does"),
        ("[project]\nversion = 1", "the build back end does"),
        ("no toml", "cannot be read"),
    ],
)
def test_why_nothing_is_stated(tmp_path: Path, text: str, reason: str) -> None:
    """The reason says what pyproject.toml lacks."""
    assert reason in _reason(_read(_write(tmp_path / "demo", {"pyproject.toml": text})).declared)
