"""What a library wants of others, against readelf, and whatever the file is."""

from __future__ import annotations

import re

import pytest

from release_tests.binary.elf.undefined import Wants, wants_of
from tests.binary.compiled import Elf, Library
from tests.binary.toolchain import COMPILER, readelf

pytestmark = COMPILER

MANY = Elf(
    calls=("lacking", "_ZN3c105ErrorE", "PyLong_FromLong"),
    libraries=(Library("libother.so.2", (("versioned", "OTHER_2"),)),),
    weak=("never_missed",),
)


def test_names_and_libraries_are_those_of_readelf() -> None:
    """All undefined symbols are named that are not weak, and all libraries that are needed."""
    wants = wants_of(MANY.data)
    rows = re.findall(r"(\w+) +DEFAULT +UND (\S+)", readelf(MANY.data, "--dyn-syms", "--wide"))
    assert set(wants.names) == {name.partition("@")[0] for bind, name in rows if bind == "GLOBAL"}
    assert {"lacking", "_ZN3c105ErrorE", "versioned"} <= set(wants.names)
    assert "never_missed" not in wants.names
    assert wants.libraries == ("libother.so.2",)


@pytest.mark.parametrize("data", [b"", b"MZ", b"\x7fELF", b"\x7fELF\x02\x01\x01" + b"\xff" * 200])
def test_what_is_no_such_file_wants_nothing(data: bytes) -> None:
    """Other files, and what is left of one, are no reason to stop."""
    assert wants_of(data) == Wants()


def test_a_file_that_is_cut_wants_no_more() -> None:
    """Wherever a library ends, what is named is what it names."""
    whole = wants_of(MANY.data)
    for end in range(0, len(MANY.data), 97):
        found = wants_of(MANY.data[:end])
        assert set(found.names) <= set(whole.names)
        assert set(found.libraries) <= set(whole.libraries)
