"""The names that a wheel makes importable."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from release_tests.archive.reader import read_wheel
from release_tests.archive.toplevel import importable
from tests import forge

if TYPE_CHECKING:
    from pathlib import Path

CASES: dict[str, tuple[list[str], tuple[str, ...]]] = {
    "package": (["demo/__init__.py", "demo/core.py"], ("demo",)),
    "module": (["demo.py"], ("demo",)),
    "several": (["b.py", "a/__init__.py"], ("a", "b")),
    "namespace": (["google/cloud/thing/__init__.py"], ("google",)),
    "abi3": (["_demo.abi3.so"], ("_demo",)),
    "cpython": (["_demo.cpython-311-x86_64-linux-gnu.so"], ("_demo",)),
    "plain extension": (["_demo.so", "_other.pyd"], ("_demo", "_other")),
    "extension in a package": (["demo/_fast.abi3.so"], ("demo",)),
    "library": (["libgomp.so", "libgomp.so.1", "demo.libs/libx.so"], ()),
    "purelib": (["demo-1.0.data/purelib/demo/__init__.py"], ("demo",)),
    "platlib": (["demo-1.0.data/platlib/demo.abi3.so"], ("demo",)),
    "other schemes": (["demo-1.0.data/scripts/demo.py", "demo-1.0.data/data/share/x.py"], ()),
    "no code": (["demo/data.txt", "demo/py.typed"], ()),
    "stubs": (["demo-stubs/__init__.pyi", "demo/__init__.pyi"], ()),
    "no identifier": (["my-tool.py", "2to3/__init__.py", "class.py"], ()),
    "dunder": (["__main__.py", "__pycache__/demo.cpython-311.py"], ()),
}


@pytest.mark.parametrize("name", CASES)
def test_importable(tmp_path: Path, name: str) -> None:
    """Packages, namespaces, modules and extensions are named; what no import reaches is not."""
    members, expected = CASES[name]
    wheel = forge.Wheel(files=dict.fromkeys(members, "")).write(tmp_path)
    assert importable(read_wheel(wheel)) == expected
