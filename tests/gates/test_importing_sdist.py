"""The gate ``import`` of a source distribution: what was built from it is what is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from release_tests.archive.reader import read_artifact
from release_tests.gates.importing import check
from release_tests.gates.trying import observe
from release_tests.policy import Policy
from release_tests.sandbox.trials import Trials
from tests.forge_sdist import Sdist
from tests.gates.trials import HERE, here, offline

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from release_tests.findings import Finding
    from release_tests.sandbox.observed import Trial

_PYPROJECT = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
_BACKEND = '''"""Packs what lies in ``lib`` as it lies there."""

import zipfile
from pathlib import Path

INFO = "demo-1.0.dist-info"
WHEEL = "Wheel-Version: 1.0\\nGenerator: backend\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
POINTS = """[console_scripts]
demo-helps = one:helps
demo-fails = one:fails
"""


def build_wheel(directory, config_settings=None, metadata_directory=None):
    name = "demo-1.0-py3-none-any.whl"
    root = Path("lib")
    paths = [path for path in sorted(root.rglob("*")) if path.is_file()]
    files = {path.relative_to(root).as_posix(): path.read_text() for path in paths}
    files |= {f"{INFO}/METADATA": Path("PKG-INFO").read_text(), f"{INFO}/WHEEL": WHEEL}
    if "one.py" in files:
        files[f"{INFO}/entry_points.txt"] = POINTS
    record = "".join(f"{file},,\\n" for file in [*files, f"{INFO}/RECORD"])
    with zipfile.ZipFile(Path(directory, name), "w") as archive:
        for file, text in {**files, f"{INFO}/RECORD": record}.items():
            archive.writestr(file, text)
    return name
'''
_ONE = "def helps(): print('usage')\ndef fails(): raise SystemExit('no')\n"


@pytest.fixture(scope="module", autouse=True)
def links(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Leave nothing of this machine's pip configuration, and no index."""
    with offline(tmp_path_factory.mktemp("links")):
        yield


def _judged(
    directory: Path, files: Mapping[str, str], policy: Policy = HERE
) -> tuple[Trial, list[Finding]]:
    """Really build, install and try an sdist with *files*, on the running Python."""
    built = {"pyproject.toml": _PYPROJECT, "backend.py": _BACKEND, **files}
    facts = read_artifact(Sdist(files=built).write(directory))
    tried = observe(facts, policy)
    assert isinstance(tried, Trials)
    return tried.trials[0], check(tried, facts, policy)


def test_imports_and_asks_what_the_installed_files_bring(tmp_path: Path) -> None:
    """Neither a module nor a command can be told from the sdist's own layout, and all are tried."""
    files = {"lib/one.py": _ONE, "lib/two/__init__.py": "import nowhere\n"}
    trial, findings = _judged(tmp_path, files)
    assert [report.module for report in trial.imports] == ["one", "two"]
    assert {report.name: report.answered for report in trial.commands} == {
        "demo-fails": False,
        "demo-helps": True,
    }
    places = {finding.rule: finding.where.partition(": ")[2] for finding in findings}
    assert places == {"IMP002": "import two", "IMP009": "demo-fails --version"}


def test_a_package_that_the_build_forgot_is_missed(tmp_path: Path) -> None:
    """The package named like the project lies in the sdist, and not in what was built from it."""
    files = {"demo/__init__.py": "", "lib/two/__init__.py": ""}
    trial, findings = _judged(tmp_path, files)
    assert trial.brought is not None
    assert trial.brought.modules == ("two",)
    assert [(one.rule, one.where.partition(": ")[2]) for one in findings] == [
        ("IMP001", "import demo")
    ]


def test_an_sdist_that_brings_no_module_is_said(tmp_path: Path) -> None:
    """A file that is no code is nothing to import."""
    _, findings = _judged(tmp_path, {"lib/two/notes.txt": "hello"})
    assert [one.rule for one in findings] == ["IMP006"]


def test_the_policy_has_the_last_word(tmp_path: Path) -> None:
    """Where it names the modules and the commands, nothing else is imported or asked."""
    files = {"lib/one.py": _ONE, "lib/two.py": "import nowhere\n"}
    policy = here(Policy(imports=("one",), commands=()))
    trial, findings = _judged(tmp_path, files, policy)
    assert [report.module for report in trial.imports] == ["one"]
    assert trial.commands == ()
    assert findings == []
