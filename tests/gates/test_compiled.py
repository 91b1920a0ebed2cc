"""What the gates over compiled code share: tags, suffixes, policies of Linux, Python's symbols."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.tags import Tag

from release_tests.archive.depth import Depth
from release_tests.archive.reader import read_wheel
from release_tests.errors import ReleaseGatesError
from release_tests.gates import abi3, platform, tags, torch
from release_tests.gates.catalogue import RULES
from release_tests.gates.compiled import limits, platforms, python_api, pythons, suffixes
from release_tests.gates.compiled.platforms import System
from release_tests.gates.platform import linux_policy, modules
from release_tests.gates.rules import Severity
from release_tests.index.release import fetch_release
from release_tests.policy import Policy
from tests import forge

if TYPE_CHECKING:
    from pathlib import Path

    from release_tests.findings import Finding

GLIBC_217 = platforms.parse("manylinux2014_x86_64")

SYSTEMS = {
    "any": (System.ANY, set(), (0, 0)),
    "manylinux1_i686": (System.GLIBC, {"i686"}, (2, 5)),
    "manylinux2010_x86_64": (System.GLIBC, {"x86_64"}, (2, 12)),
    "manylinux_2_28_aarch64": (System.GLIBC, {"aarch64"}, (2, 28)),
    "musllinux_1_2_armv7l": (System.MUSL, {"armv7l"}, (1, 2)),
    "macosx_10_9_universal2": (System.MACOS, {"x86_64", "aarch64"}, (10, 9)),
    "macosx_11_0_arm64": (System.MACOS, {"aarch64"}, (11, 0)),
    "macosx_10_6_intel": (System.MACOS, {"x86_64", "i686"}, (10, 6)),
    "win32": (System.WINDOWS, {"i686"}, (0, 0)),
    "win_amd64": (System.WINDOWS, {"x86_64"}, (0, 0)),
    "linux_ppc64le": (System.LINUX, {"ppc64le"}, (0, 0)),
    "android_24_arm64_v8a": (System.OTHER, set(), (0, 0)),
}


@pytest.mark.parametrize(("tag", "said"), SYSTEMS.items(), ids=SYSTEMS)
def test_a_platform_tag_is_taken_apart(
    tag: str, said: tuple[System, set[str], tuple[int, int]]
) -> None:
    """A tag says a system, its version, and every architecture that must be served."""
    found = platforms.parse(tag)
    assert (found.system, set(found.machines), found.version) == said


SUFFIXES = {
    "_c.cpython-312-x86_64-linux-gnu.so": ("_c", "cp", (3, 12), "x86_64-linux-gnu"),
    "_c.cp39-win_amd64.pyd": ("_c", "cp", (3, 9), "win_amd64"),
    "_c.pypy311-pp73-darwin.so": ("_c", "pp", (3, 11), "darwin"),
    "_c.graalpy240-311-native-x86_64-linux.so": ("_c", "graalpy", (3, 11), "x86_64-linux"),
    "_c.abi3.so": ("_c", "cp", None, ""),
    "_c.so": ("_c", "", None, ""),
    "_c.other.so": ("_c", "", None, ""),
}


@pytest.mark.parametrize(("name", "said"), SUFFIXES.items(), ids=SUFFIXES)
def test_a_suffix_is_taken_apart(name: str, said: tuple[object, ...]) -> None:
    """The suffix says the interpreter, the one version that loads it, and the platform."""
    split = suffixes.split(name)
    assert split is not None
    stem, suffix = split
    assert (stem, suffix.implementation, suffix.python, suffix.platform) == said


@pytest.mark.parametrize("name", ["libx.so.6", "x.dll", "x.dylib", ".so", "x.exe"])
def test_no_module_is_named_like_a_library(name: str) -> None:
    """What importlib never looks for is no module."""
    assert suffixes.split(name) is None


LOADED = {
    ("cp312", "cp312", "cpython-312"): {12},
    ("cp312", "cp312", "cpython-312d"): set(),
    ("cp312", "cp312d", "cpython-312d"): {12},
    ("cp312", "cp312d", "cpython-312"): {12},
    ("cp312", "cp312", "cpython-311"): set(),
    ("cp313", "cp313t", "cpython-313t"): {13},
    ("cp313", "cp313t", "cpython-313"): set(),
    ("cp313", "cp313t", "abi3"): set(),
    ("cp313", "cp313", "abi3"): {13},
    ("cp315", "abi3t", "abi3t"): {15, 16, 17},
    ("cp314", "cp314", "abi3t"): set(),
    ("cp313", "abi3", "abi3-x86_64-linux-gnu"): {15, 16, 17},
    ("cp314", "abi3t", "abi3t-x86_64-linux-gnu"): {15, 16, 17},
    ("py3", "none", "cpython-316"): {16},
    ("cp316", "none", "cpython-316"): {16},
    ("pp311", "pypy311_pp73", "cpython-311"): set(),
    ("pp311", "pypy311_pp73", ""): {11},
}


@pytest.mark.parametrize(("case", "minors"), LOADED.items(), ids=map(str, LOADED))
def test_each_python_loads_its_own_suffixes(case: tuple[str, str, str], minors: set[int]) -> None:
    """Of the Pythons up to 3.17 that a tag is for, those load a module that look for its suffix."""
    interpreter, abi, middle = case
    wanted = pythons.of_tag(Tag(interpreter, abi, "win_amd64"))
    assert wanted is not None
    suffix = suffixes.parse(middle)
    assert {at for at in wanted.minors if at < 18 and pythons.load(wanted, suffix, at)} == minors


PLACED = {
    ("manylinux_2_31_armv7l", "cpython-312-arm-linux-gnueabihf"): True,
    ("manylinux_2_31_armv7l", "cpython-312-arm-linux-gnueabi"): False,
    ("musllinux_1_2_armv7l", "cpython-312-arm-linux-musleabihf"): True,
    ("musllinux_1_2_armv7l", "cpython-312-arm-linux-musleabi"): False,
    ("linux_armv7l", "cpython-312-arm-linux-gnueabi"): True,
    ("linux_x86_64", "cpython-312-x86_64-linux-gnux32"): False,
    ("manylinux_2_39_riscv64", "cpython-312-riscv64-linux-gnu"): True,
    ("manylinux_2_28_ppc64le", "cpython-312-powerpc64le-linux-gnu"): True,
    ("manylinux_2_28_s390x", "cpython-312-s390x-linux-gnu"): True,
    ("manylinux_2_38_loongarch64", "cpython-312-loongarch64-linux-gnu"): True,
    ("manylinux_2_17_i686", "cpython-312-i386-linux-gnu"): True,
    ("manylinux_2_17_i686", "cpython-312-x86_64-linux-gnu"): False,
    ("win_amd64", "cp312-win_amd64"): True,
    ("win_amd64", "cp312-win32"): False,
    ("win_amd64", "cp312-win_arm64"): False,
    ("win32", "cp312-win32"): True,
    ("win_arm64", "cp312-win_arm64"): True,
    ("win_amd64", "cp312-mingw_x86_64"): True,
    ("win_amd64", "cpython-312-darwin"): False,
}


@pytest.mark.parametrize(("case", "placed"), PLACED.items(), ids=map(str, PLACED))
def test_a_suffix_is_for_a_platform(case: tuple[str, str], *, placed: bool) -> None:
    """A triplet names architecture, libc and ABI; Pythons for others of an architecture differ."""
    tag, middle = case
    found = pythons.is_for_platform(suffixes.parse(middle), platforms.parse(tag), frozenset((12,)))
    assert found is placed


MUSLS = {
    "x86_64": ("libc.musl-x86_64.so.1", "ld-musl-x86_64.so.1"),
    "i686": ("libc.musl-x86.so.1", "ld-musl-i386.so.1"),
    "aarch64": ("libc.musl-aarch64.so.1", "ld-musl-aarch64.so.1"),
    "armv7l": ("libc.musl-armv7.so.1", "ld-musl-armhf.so.1"),
    "ppc64le": ("libc.musl-ppc64le.so.1", "ld-musl-powerpc64le.so.1"),
    "s390x": ("libc.musl-s390x.so.1", "ld-musl-s390x.so.1"),
    "riscv64": ("libc.musl-riscv64.so.1", "ld-musl-riscv64.so.1"),
}


@pytest.mark.parametrize("machine", MUSLS)
def test_musl_is_called_by_its_architecture(machine: str) -> None:
    """Alpine's library and loader are there for their own architecture, and for no other."""
    platform = platforms.parse(f"musllinux_1_2_{machine}")
    names = [name for both in MUSLS.values() for name in both]
    found = tuple(name for name in names if linux_policy.has_library(platform, name))
    assert found == MUSLS[machine]
    assert not linux_policy.has_library(platform, f"libc.musl-{machine}.so.2")


ALLOWED = {
    ("manylinux2014_x86_64", "GLIBC_2.17"): True,
    ("manylinux2014_x86_64", "GLIBC_2.18"): False,
    ("manylinux2014_aarch64", "GLIBC_2.18"): True,
    ("manylinux2014_x86_64", "GLIBCXX_3.4.19"): True,
    ("manylinux2014_x86_64", "GLIBCXX_3.4.20"): False,
    ("manylinux_2_26_x86_64", "CXXABI_1.3.11"): False,
    ("manylinux_2_26_i686", "CXXABI_1.3.11"): True,
    ("manylinux_2_30_x86_64", "GLIBC_2.30"): True,
    ("manylinux_2_30_x86_64", "GLIBCXX_3.4.28"): False,
    ("manylinux_2_50_x86_64", "GLIBC_2.49"): True,
    ("manylinux_2_35_x86_64", "GLIBC_ABI_DT_RELR"): False,
    ("manylinux_2_28_ppc64le", "GLIBCXX_LDBL_3.4.29"): False,
    ("manylinux1_x86_64", "GLIBC_PRIVATE"): True,
}


@pytest.mark.parametrize(("case", "allowed"), ALLOWED.items(), ids=map(str, ALLOWED))
def test_a_policy_has_versions_up_to_its_greatest(case: tuple[str, str], *, allowed: bool) -> None:
    """As the published policies say, for each architecture; between two of them holds the older."""
    tag, version = case
    found = platforms.parse(tag)
    (machine,) = found.machines
    assert linux_policy.allows(found, machine, version) is allowed


def test_the_oldest_policy_is_named_that_has_a_version() -> None:
    """What the finding proposes is the policy's own number, or none."""
    assert linux_policy.first("x86_64", "GLIBC_2.30") == 30
    assert linux_policy.first("x86_64", "GLIBCXX_3.4.26") == 31
    assert linux_policy.first("x86_64", "GLIBCXX_3.4.99") == 0


def test_libraries_of_a_policy() -> None:
    """The list of manylinux is short, that of musllinux shorter."""
    musl = platforms.parse("musllinux_1_2_x86_64")
    assert linux_policy.has_library(GLIBC_217, "libexpat.so.1")
    assert not linux_policy.has_library(platforms.parse("manylinux1_x86_64"), "libexpat.so.1")
    assert not linux_policy.has_library(GLIBC_217, "libgomp.so.1")
    assert linux_policy.has_library(musl, "libc.musl-x86_64.so.1")
    assert not linux_policy.has_library(musl, "libstdc++.so.6")


def test_what_python_has_had() -> None:
    """CPython 3.12 dropped PyUnicode_AsUnicode and brought PyUnstable_Code_New; others are open."""
    assert [modules.lacks(at, "PyUnicode_AsUnicode") for at in (11, 12, 13)] == [False, True, True]
    assert [modules.lacks(at, "PyUnstable_Code_New") for at in (11, 12, 13)] == [True, False, False]
    assert [modules.lacks(at, "PyList_GetItemRef") for at in (8, 12, 13)] == [True, True, False]
    assert not any(modules.lacks(at, "PyCFunction_New") for at in range(8, 14))
    assert not modules.lacks(14, "PyUnicode_AsUnicode")
    assert not modules.lacks(12, "PyLong_FromLong")


def test_what_python_never_had() -> None:
    """Of a public name it is known that no CPython from 3.7 to 3.13 had it."""
    assert all(modules.never_had(at, "PyUnicodeUCS4_FromObject") for at in range(7, 14))
    assert not modules.never_had(14, "PyUnicodeUCS4_FromObject")
    had = ("PyCode_NewEmpty", "PyUnicode_AsUnicode", "PyList_GetItemRef", "PyLong_FromLong")
    assert not any(modules.never_had(12, name) for name in had)
    assert not any(modules.never_had(12, name) for name in ("_PyLong_Odd", "PyUnstable_Odd"))


def test_names_that_only_look_like_pythons() -> None:
    """Another library may have names that begin alike; and a module has its own initialiser."""
    assert python_api.is_python("PyCode_NewEmpty")
    assert python_api.is_python("_Py_Dealloc")
    assert not python_api.is_python("Pythia_Next")
    assert not python_api.is_python("PyInit_core")


TOO_MUCH = {
    "requirements": "".join(f"Requires-Dist: a{at}\n" for at in range(limits.REQUIREMENTS + 1)),
    "Requires-Python": f"Requires-Python: {','.join('!=3.2.*' for _ in range(100))}\n",
}


@pytest.mark.parametrize("lines", TOO_MUCH.values(), ids=TOO_MUCH)
def test_too_much_to_judge_is_said(tmp_path: Path, lines: str) -> None:
    """What would take long to judge, and is nobody's metadata, is a finding and no pass."""
    metadata = f"Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n{lines}\nWords"
    facts = read_wheel(forge.Wheel(metadata=metadata).write(tmp_path), Depth.BINARIES)
    answers = [gate.check(facts, Policy(torch="cpu")) for gate in (tags, platform, abi3, torch)]
    rules = [[one.rule for one in answer] for answer in answers if isinstance(answer, list)]
    assert rules == [["TAG000"], ["PLAT000"], ["ABI000"], ["TORCH000"]]


REAL = [
    ("markupsafe==3.0.4", tag)
    for tag in ("*-macosx*_arm64", "*-win_amd64", "*-win32", "*-musllinux*_x86_64")
]


@pytest.mark.parametrize(("requirement", "tag"), REAL, ids=[tag for _, tag in REAL])
def test_nothing_is_said_against_a_good_wheel_of_another_system(requirement: str, tag: str) -> None:
    """Published wheels of a small project, for systems that the tests do not run on."""
    try:
        paths = fetch_release(requirement, (tag,))
    except ReleaseGatesError as error:
        pytest.skip(f"{requirement} cannot be fetched: {str(error).splitlines()[0]}")
    for path in paths:
        facts = read_wheel(path, Depth.BINARIES)
        assert facts.binaries
        for gate in (tags, platform, abi3):
            answer = gate.check(facts, Policy())
            assert isinstance(answer, list)
            assert not [one for one in answer if _stops(one)]


def _stops(finding: Finding) -> bool:
    return RULES[finding.rule].severity is Severity.ERROR
