"""Import libraries are told from libraries that bring code."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from release_tests.archive.facts import MemberKind
from release_tests.archive.hoard import Hoard
from release_tests.archive.linking import is_import_library
from release_tests.archive.scan import Scan, kind_of
from tests.archive.linkable import (
    CODE,
    DATA,
    DESCRIPTOR,
    IMPORTS,
    library,
    object_file,
    short_import,
)

if TYPE_CHECKING:
    from pathlib import Path

IMPORT = short_import()
OTHERS = {
    "code beside imports": library(IMPORT, object_file(DATA, CODE)),
    "executable without being called code": library(IMPORT, object_file(0x20000040)),
    "no imports": library(DESCRIPTOR),
    "nothing": library(),
    "no archive": IMPORT,
    "cut off": IMPORTS[:-4],
    "ends in a header": IMPORTS + b"demo.dll/",
    "a size that is none": IMPORTS.replace(b"8         `\n", b"eight     `\n"),
    "a header that ends otherwise": IMPORTS.replace(b"`\n", b"!\n"),
    "an object without sections": library(IMPORT, object_file()),
    "an object that is cut off": library(IMPORT, object_file(DATA)[:40]),
    "next to nothing": library(IMPORT, b"\0"),
    "another version": library(IMPORT, IMPORT[:4] + b"\1\0" + IMPORT[6:]),
}


def test_an_import_library() -> None:
    """Short imports, and objects without code, are all that it holds; so are the lists."""
    assert is_import_library(IMPORTS)
    assert is_import_library(library(short_import("odd")))
    assert kind_of(IMPORTS) is MemberKind.IMPORTS


@pytest.mark.parametrize("data", OTHERS.values(), ids=OTHERS)
def test_what_is_none(data: bytes) -> None:
    """Anything that could hold code, or is not whole, is taken for a static library."""
    assert not is_import_library(data)


def test_what_comes_in_pieces_is_not_looked_into() -> None:
    """A piece that ends where a member does may be followed by code."""
    scan = Scan("demo/demo.lib", Hoard())
    scan.feed(IMPORTS)
    scan.feed(b"")
    assert scan.kind is MemberKind.AR


DLLTOOL = "llvm-dlltool"


@pytest.mark.skipif(shutil.which(DLLTOOL) is None, reason=f"there is no {DLLTOOL} (Debian's llvm)")
@pytest.mark.parametrize("machine", ["i386:x86-64", "i386", "arm64"])
def test_real_import_libraries(tmp_path: Path, machine: str) -> None:
    """What LLVM's tool makes of a list of exports is one."""
    (tmp_path / "demo.def").write_text("LIBRARY demo.dll\nEXPORTS\nfirst\nmore DATA\n")
    command = [DLLTOOL, "-m", machine, "-d", "demo.def", "-l", "demo.lib"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert is_import_library((tmp_path / "demo.lib").read_bytes())
