"""Names of libraries among constants: whole strings, the first few, and never what is needed."""

from __future__ import annotations

import pytest

from release_tests.binary import limits
from release_tests.binary.content import Content
from release_tests.binary.facts import Format
from release_tests.binary.libraries import named_in
from tests.binary.small import CODE, MachO, Pe, padded
from tests.binary.toolchain import COMPILER, SHARED, built, image

NAMES = {
    "libcuda.so.1": True,
    "libcudart.so.12.4": True,
    "/opt/rocm/lib/libamdhip64.so": True,
    "nvcuda.dll": True,
    "@rpath/libtorch_cuda.dylib": True,
    "cannot open libcuda.so.1": False,
    "libcuda.so.1: not found": False,
    "libcuda.so.": False,
    "libcuda.so.one": False,
    ".so": False,
    "x" * 300 + ".so": False,
}


def found_in(data: bytes, *known: str) -> tuple[str, ...]:
    """Return what is found in constants that are these bytes."""
    return named_in(Content(len(data), [(0, data)]), [(0, len(data))], known)


@pytest.mark.parametrize(("name", "told"), NAMES.items(), ids=[name[-30:] for name in NAMES])
def test_a_name_is_a_string_of_its_own(name: str, told: bool) -> None:  # noqa: FBT001
    """Messages about a library, and what only ends like one, are none."""
    data = b"\0\0" + name.encode() + b"\0words\0"
    assert found_in(data) == ((name,) if told else ())


WIDE = {
    "nvcuda.dll": True,
    "cuda\\cudart64_12.dll": True,
    "no nvcuda.dll": False,
    "nvcuda.dll is missing": False,
    "\u0141nvcuda.dll": False,
    "libcuda.so.1": False,
    "nvcuda.dl\u016c": False,
    "x" * 300 + ".dll": False,
}


@pytest.mark.parametrize("odd", [b"", b"\0", b"z\0\0"])
@pytest.mark.parametrize(("name", "told"), WIDE.items(), ids=range(len(WIDE)))
def test_wide_strings_count_where_they_are_used(
    name: str,
    told: bool,  # noqa: FBT001
    odd: bytes,
) -> None:
    """Of 16 bits a character, at an even offset or an odd one, and only if that is asked for."""
    data = odd + f"\0words\0{name}\0more\0".encode("utf-16-le") + b"libdemo.so\0"
    content, places = Content(len(data), [(0, data)]), [(0, len(data))]
    assert named_in(content, places, wide=True) == ((name,) if told else ()) + ("libdemo.so",)
    assert named_in(content, places) == ("libdemo.so",)


def test_a_wide_string_may_begin_the_constants() -> None:
    """Nothing stands before it, as nothing stands before the first narrow one."""
    data = "nvcuda.dll\0".encode("utf-16-le")
    assert named_in(Content(len(data), [(0, data)]), [(0, len(data))], wide=True) == ("nvcuda.dll",)


def test_the_first_and_the_last_string_count() -> None:
    """One may begin the constants; one that nothing ends is not whole."""
    assert found_in(b"liba.so\0libb.so\0libc.so") == ("liba.so", "libb.so")


def test_strings_across_two_pieces_are_found_once() -> None:
    """Constants are searched in pieces, which overlap."""
    for shift in range(12):
        data = bytes((1 << 18) - shift) + b"libcuda.so.1\0" + bytes(40)
        assert found_in(data) == ("libcuda.so.1",)


def test_what_is_known_is_left_out() -> None:
    """Whatever its case, as Windows looks for it."""
    assert found_in(b"NVCUDA.dll\0libdemo.so\0", "nvcuda.DLL") == ("libdemo.so",)


def test_only_the_first_names_are_kept() -> None:
    """However many there are."""
    data = b"".join(b"lib%d.so\0" % number for number in range(1000))
    assert len(found_in(data)) == limits.LIBRARY_NAMES


SOURCE = """
char written[] = "libwritten.so";
const char *opened(void) { return "libopened.so.2"; }
"""


@COMPILER
def test_constants_of_elf() -> None:
    """Constants count, data that is written to does not; without section headers segments do."""
    data = built(*SHARED, "-nostdlib", "-Wl,-z,separate-code", source=SOURCE)
    bare = data[:40] + bytes(8) + data[48:60] + bytes(4) + data[64:]
    for one in (data, bare):
        assert image(one).named == ("libopened.so.2",)


def test_constants_of_pe() -> None:
    """Sections are told by their flags; the tables of imports lie among the constants."""
    assert image(Pe().data, Format.PE).named == ()
    assert image(Pe(path="\0libopened.dll").data, Format.PE).named == ("libopened.dll",)
    wide = "\0libopened.dll\0".encode("utf-16-le").decode("ascii")
    assert image(Pe(path=f"\0{wide}").data, Format.PE).named == ("libopened.dll",)


def test_constants_of_mach_o() -> None:
    """Sections are told by their type, and no others are looked at."""
    data, start = bytearray(MachO().data), 0x1000 + len(padded(CODE, 8))
    data[start : start + 8] = b"liba.so\0"
    assert image(bytes(data), Format.MACH_O).named == ()
    section = data.index(b"__mod_init_func")
    data[section + 64] = 2
    assert image(bytes(data), Format.MACH_O).named == ("liba.so",)
