"""A wheel and its source distribution, released together, pass every gate, without an index."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from release_tests.evidence.store import Damaged, load_runs
from release_tests.gates.catalogue import GATES
from tests import forge
from tests.forge_sdist import Sdist, metadata

if TYPE_CHECKING:
    import pytest

    from release_tests.evidence.model import Run

_ROOT = Path(__file__).resolve().parents[2]
_OF_WHEELS = ("record", "tags", "platform", "abi3", "cpu", "torch")
_OF_TORCH = ("torch", "installed-torch")
_DESCRIBED = metadata("demo", "1.0")

_PYPROJECT = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
_BACKEND = '''"""A build back end that needs nothing."""

import zipfile
from pathlib import Path

INFO = "demo-1.0.dist-info"
WHEEL = "Wheel-Version: 1.0\\nGenerator: backend\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"


def build_wheel(directory, config_settings=None, metadata_directory=None):
    name = "demo-1.0-py3-none-any.whl"
    files = {path.as_posix(): path.read_text() for path in sorted(Path("demo").iterdir())}
    files |= {f"{INFO}/METADATA": Path("PKG-INFO").read_text(), f"{INFO}/WHEEL": WHEEL}
    record = "".join(f"{file},,\\n" for file in [*files, f"{INFO}/RECORD"])
    with zipfile.ZipFile(Path(directory, name), "w") as archive:
        for file, text in {**files, f"{INFO}/RECORD": record}.items():
            archive.writestr(file, text)
    return name
'''


def _released(directory: Path) -> Path:
    """Put a wheel and the source distribution of the same state into a directory."""
    dist = directory / "dist"
    forge.Wheel(metadata=_DESCRIBED).write(dist)
    files = {"pyproject.toml": _PYPROJECT, "backend.py": _BACKEND, **forge.package()}
    Sdist(files=files, pkg_info=_DESCRIBED).write(dist)
    return dist


def _run(directory: Path) -> Run:
    command = [sys.executable, "-m", "pytest", "-p", "release_tests.plugin", "--pyargs"]
    command += ["release_tests", "--wheel-dir", str(_released(directory))]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (run,) = load_runs(directory / "release-evidence")
    assert not isinstance(run, Damaged)
    return run


def test_a_wheel_and_its_sdist_pass_every_gate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sdist is built by a back end of its own, so that no index is needed; nothing is found."""
    monkeypatch.setenv("PYTHONPATH", str(_ROOT))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    outcomes = {
        artifact.name: {row.gate: row.outcome.value for row in artifact.rows}
        for artifact in _run(tmp_path).artifacts
    }
    passed = {gate.name: "passed" for gate in GATES if not gate.option} | dict.fromkeys(
        _OF_TORCH, "not-applicable"
    )
    assert outcomes == {
        "demo-1.0-py3-none-any.whl": passed,
        "demo-1.0.tar.gz": passed | dict.fromkeys(_OF_WHEELS, "not-applicable"),
    }
