"""Marks of tools that hide source are found, and nothing else is."""

from __future__ import annotations

import pytest

from release_tests.archive.markers import LARGEST, concerned, obfuscator

_ARMOR = "__pyarmor_"
_FENCES = ("---BEGIN", "---END")

MARKED = {
    "call": (f"from x import *\n{_ARMOR}_(__name__, __file__, b'')", "PyArmor"),
    "enter": (f"'{_ARMOR}enter__'", "PyArmor"),
    "exit": (f"{_ARMOR}exit__()", "PyArmor"),
    "assert": (f"{_ARMOR}assert__(1)", "PyArmor"),
    "bcc": (f"{_ARMOR}bcc__(1)", "PyArmor"),
    "fenced": ("\n".join(f"{fence} PYE FILE---" for fence in _FENCES), "SourceDefender"),
}
CLEAN = {
    "nothing": "",
    "words": "pyarmor is a tool",
    "another call": f"{_ARMOR}_(name, $path,",
    "another hook": f"{_ARMOR}leave__",
    "numbered": f"{_ARMOR}enter_1__",
    "half a fence": f"{_FENCES[0]} PYE FILE---\n",
    "other fences": "\n".join(f"--{fence} CERTIFICATE-----" for fence in _FENCES),
}


@pytest.mark.parametrize("name", MARKED)
def test_marked(name: str) -> None:
    """The tool is named whose marks the bytes hold."""
    words, tool = MARKED[name]
    assert obfuscator(words.encode()) == tool


@pytest.mark.parametrize("name", CLEAN)
def test_clean(name: str) -> None:
    """Bytes that only resemble a mark are not accused."""
    assert obfuscator(CLEAN[name].encode()) == ""


@pytest.mark.parametrize(
    ("name", "size", "expected"),
    [
        ("demo/core.py", 10, True),
        ("demo/core.pye", LARGEST, True),
        ("demo/core.py", LARGEST + 1, False),
        ("demo/core.PY", 10, True),
        ("demo/.py", 10, False),
        ("demo/core.pyc", 10, False),
        ("demo/core.txt", 10, False),
    ],
)
def test_concerned(name: str, size: int, expected: bool) -> None:  # noqa: FBT001 - a column
    """Only Python files up to five mebibytes are looked into."""
    assert concerned(name, size) is expected
