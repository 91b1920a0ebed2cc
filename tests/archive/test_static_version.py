"""Versions and names that a module states, read without running it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release_tests.archive.static_version import defines, stated_versions

STATED: dict[str, tuple[str, str, list[str]]] = {
    "plain": ('__version__ = "1.0"', "__init__", ["1.0"]),
    "annotated": ('__version__: str = "1.0"', "__init__", ["1.0"]),
    "chained": ('__version__ = version = "1.0"', "_version", ["1.0", "1.0"]),
    "version elsewhere": ('version = "1.0"', "__init__", []),
    "version in its file": ('version = "1.0"', "version", ["1.0"]),
    "twice": ('__version__ = "1"\n__version__ = "2"', "__init__", ["1", "2"]),
    "computed": ('__version__ = ".".join(["1", "0"])', "__init__", []),
    "formatted": ('__version__ = f"{1}.0"', "__init__", []),
    "joined literal": ('__version__ = "1." "0"', "__init__", ["1.0"]),
    "number": ("__version__ = 1.0", "__init__", []),
    "in a function": ('def f():\n    __version__ = "1.0"', "__init__", []),
    "in a condition": ('if x:\n    __version__ = "1.0"', "__init__", []),
    "attribute": ('a.__version__ = "1.0"', "__init__", []),
    "unpacked": ('__version__, x = "1.0", 2', "__init__", []),
    "declared only": ("__version__: str", "__init__", []),
    "comment": ('# __version__ = "1.0"', "__init__", []),
    "not python": ("__version__ = ", "__init__", []),
    "until it is known": (
        '__version__ = "0"\ntry:\n    __version__ = version("x")\nexcept E:\n    pass',
        "__init__",
        [],
    ),
    "until it is imported": ('__version__ = "0"\nfrom x import __version__', "__init__", []),
    "until it is computed": ('__version__ = "0"\n__version__ += "1"', "__init__", []),
    "until a function is called": (
        '__version__ = "0"\ndef f():\n    global __version__\n    __version__ = "1"',
        "__init__",
        [],
    ),
    "until a condition holds": (
        '__version__ = "0"\nif f():\n    __version__ = g()',
        "__init__",
        [],
    ),
    "beside a branch that is closed": (
        'release = True\nversion = "1"\nif not release:\n    version = full',
        "version",
        ["1"],
    ),
    "before a deep condition": (
        f'x = 1\n__version__ = "0"\nif {"not " * 1500}x:\n    __version__ = f()',
        "__init__",
        [],
    ),
    "before a branch that is open": (
        'release = False\nversion = "1"\nif not release:\n    version = full',
        "version",
        [],
    ),
    "instead of the imported": ('from x import __version__\n__version__ = "1"', "__init__", ["1"]),
    "beside a function's own": (
        '__version__ = "1"\ndef f():\n    __version__ = "2"',
        "__init__",
        ["1"],
    ),
    "python 2": ('print "x"\n__version__ = "1.0"', "__init__", []),
}

LATIN = '# -*- coding: latin-1 -*-\n__version__ = "1.0"  # é\n'.encode("latin-1")

DEFINED: dict[str, tuple[str, bool | None]] = {
    "function": ("def main(): ...", True),
    "async function": ("async def main(): ...", True),
    "class": ("class main: ...", True),
    "assignment": ("main = 1", True),
    "import": ("import main", True),
    "import from": ("from x import main", True),
    "import as": ("from x import y as main", True),
    "under another name": ("from x import main as y", False),
    "submodule import": ("import main.sub", True),
    "in a condition": ("try:\n    def main(): ...\nexcept E:\n    main = None", True),
    "by a loop": ("for main in []: ...", True),
    "not at all": ("def other(): ...", False),
    "empty": ("", False),
    "star": ("from x import *", None),
    "getattr": ("def __getattr__(name): ...", None),
    "globals": ("globals()['main'] = 1", None),
    "not python": ("def", None),
}


@pytest.mark.parametrize("name", STATED)
def test_stated(name: str) -> None:
    """Only literals at the top level state a version, in the files that may."""
    source, stem, values = STATED[name]
    assert [item.value for item in stated_versions(source.encode(), stem)] == values


def test_other_encodings() -> None:
    """A source in the encoding that it declares is read, with the line of the statement."""
    (found,) = stated_versions(LATIN, "__init__")
    assert (found.variable, found.value, found.line) == ("__version__", "1.0", 2)


@pytest.mark.parametrize("name", DEFINED)
def test_defines(name: str) -> None:
    """A module defines a name, does not, or its text cannot tell."""
    source, expected = DEFINED[name]
    assert defines(source.encode(), "main") is expected


HOSTILE: dict[str, bytes] = {
    "deep brackets": b"(" * 20_000,
    "deep operators": b"-" * 100_000 + b"1",
    "deep attributes": b"a" + b".a" * 20_000,
    "null": b"\0",
    "bad encoding": b"# coding: nonsense\n",
    "huge number": b"x = " + b"9" * 10_000,
    "invalid escape": b'x = "\\d"',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_sources(name: str) -> None:
    """Sources made to break a parser state nothing, and raise and warn of nothing."""
    assert stated_versions(HOSTILE[name], "__init__") == []
    assert defines(HOSTILE[name], "main") is not True


@given(st.binary(max_size=100))
def test_any_bytes(data: bytes) -> None:
    """Whatever the bytes, nothing is raised."""
    assert isinstance(stated_versions(data, "_version"), list)
