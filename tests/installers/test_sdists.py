"""What pip and uv see of sdists that do not end as they must, as the rules' pages say it."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
import tarfile
from typing import TYPE_CHECKING

import pytest
import uv

from release_tests.archive.reader import read_artifact
from release_tests.gates import archive
from release_tests.policy import Policy

if TYPE_CHECKING:
    from pathlib import Path

_BACK_END = """
import pathlib, zipfile
INFO = "demo-1.0.dist-info/"
def build_wheel(directory, config_settings=None, metadata_directory=None):
    with zipfile.ZipFile(pathlib.Path(directory, "demo-1.0-py3-none-any.whl"), "w") as wheel:
        wheel.writestr("seen.txt", pathlib.Path("which").read_text())
        wheel.writestr(INFO + "METADATA", "Metadata-Version: 2.1\\nName: demo\\nVersion: 1.0\\n")
        tag = "Root-Is-Purelib: true\\nTag: py3-none-any\\n"
        wheel.writestr(INFO + "WHEEL", "Wheel-Version: 1.0\\nGenerator: x\\n" + tag)
        wheel.writestr(INFO + "RECORD", "seen.txt,,\\n" + INFO + "RECORD,,\\n")
    return "demo-1.0-py3-none-any.whl"
"""
_BUILD = '[build-system]\nrequires = []\nbuild-backend = "back"\nbackend-path = ["."]\n'
_PKG_INFO = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"
_END = bytes(2 * tarfile.BLOCKSIZE)
_REFUSES = ""


def _tar(**files: str) -> bytes:
    """Return the members of a tar archive, without its end."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as packed:
        for name, text in files.items():
            info = tarfile.TarInfo(f"demo-1.0/{name}")
            info.size = len(text.encode())
            packed.addfile(info, io.BytesIO(text.encode()))
        end = packed.offset
    return stream.getvalue()[:end]


_FIRST = _tar(
    **{"PKG-INFO": _PKG_INFO, "pyproject.toml": _BUILD, "back.py": _BACK_END, "which": "1"}
)
_SECOND = _tar(which="2")

ENDINGS = {
    "right": (gzip.compress(_FIRST + _END), set(), "1", "1"),
    "no end": (gzip.compress(_FIRST), {"ZIP104"}, "1", _REFUSES),
    "half an end": (gzip.compress(_FIRST + _END[:512]), {"ZIP104"}, "1", _REFUSES),
    "members behind": (gzip.compress(_FIRST + _END + _SECOND + _END), {"ZIP105"}, "1", "1"),
    "text behind": (gzip.compress(_FIRST + _END) + b"text", {"ZIP105"}, "1", "1"),
    "no checksum": (gzip.compress(_FIRST + _END)[:-8], {"ZIP106"}, "1", "1"),
    "another checksum": (gzip.compress(_FIRST + _END)[:-8] + bytes(8), {"ZIP106"}, "1", "1"),
    "two parts": (
        gzip.compress(_FIRST) + gzip.compress(_SECOND + _END),
        {"ZIP107"},
        "2",
        _REFUSES,
    ),
}
"""Of each file the rules that it breaks, and whose bytes pip and uv install."""


@pytest.mark.parametrize("name", ENDINGS)
def test_ends_of_sdists(name: str, tmp_path: Path) -> None:
    """The gate stops each, whatever the installers take of it."""
    packed, rules, by_pip, by_uv = ENDINGS[name]
    path = tmp_path / "demo-1.0.tar.gz"
    path.write_bytes(packed)
    assert {finding.rule for finding in archive.check(read_artifact(path), Policy())} == rules
    pip = (sys.executable, "-m", "pip", "install", "--no-cache-dir")
    assert _installed(tmp_path / "pip", path, *pip) == by_pip
    assert _installed(tmp_path / "uv", path, uv.find_uv_bin(), "pip", "install", "--no-cache") == (
        by_uv
    )


def _installed(target: Path, path: Path, *program: str) -> str:
    """Return what the installer saw in the sdist that it built, nothing where it refused it."""
    options = ("--quiet", "--no-deps", "--no-index", "--target", str(target), str(path))
    done = subprocess.run([*program, *options], capture_output=True, check=False, timeout=120)
    seen = target / "seen.txt"
    assert (done.returncode == 0) is seen.exists()
    return seen.read_text() if seen.exists() else _REFUSES
