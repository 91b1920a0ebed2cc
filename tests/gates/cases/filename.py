"""The rows of the gate ``filename``."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from release_tests.gates import dated
from release_tests.policy import THIRD_PARTY, Policy
from tests.gates.cases.case import UNOPENED, Artifact, Case, damaged, wheel

if TYPE_CHECKING:
    from pathlib import Path

_EMPTY = frozenset(("TAG005",))
"""What the gate ``tags`` says of a wheel for one platform with nothing compiled in it."""

_IMPURE = frozenset(("TAG014",))
"""And of one for any platform whose WHEEL says that it is not pure."""

_SUPPORTED = "the index does not take this platform"


def _tagged(platform: str) -> Artifact:
    return wheel(tags=f"py3-none-{platform}")


def _untaken(bad: str, good: str) -> Case:
    says = (bad,)
    return Case("NAME007", _tagged(bad), _tagged(good), says=says, also=_EMPTY, spared=_EMPTY)


def _grown(path: Path, size: int) -> None:
    """Let the file be *size* bytes long, without taking them from the disk."""
    with path.open("r+b") as file:
        file.truncate(size)


def _long(length: int) -> Artifact:
    """Return a wheel whose file name has so many bytes."""
    name = "d" * (length - len("-1.0-py3-none-any.whl"))
    return wheel(name=name)


def _larger(policy: Policy) -> Artifact:
    """Return a wheel that is larger than the index takes by default."""
    return Artifact(damage=partial(_grown, size=dated.FILE_SIZE + 1), policy=policy)


_UNCLOSED = UNOPENED | {"ZIP002"}

CASES = (
    Case(
        "NAME001",
        wheel(file_name="demo-1.0.whl"),
        wheel(file_name="demo-1.0-py3-none-any.whl"),
        where="demo-1.0.whl",
        says=("{distribution}", "demo-1.0.whl"),
    ),
    Case(
        "NAME001",
        wheel(file_name="demo-1.0-py3-none-any.WHL"),
        where="WHL",
        says=(".whl",),
        also=frozenset(("NAME006",)),
    ),
    Case("NAME001", wheel(file_name="demo-one-py3-none-any.whl"), says=("one",)),
    Case(
        "NAME002",
        wheel(file_name="Demo-1.0-py3-none-any.whl", dist_info="Demo-1.0.dist-info"),
        where="Demo-1.0",
        says=("not normalized", "demo"),
    ),
    Case(
        "NAME002",
        wheel(name="zope.demo", file_name="zope.demo-1.0-py3-none-any.whl"),
        wheel(name="zope.demo"),
        says=("zope_demo",),
        also=frozenset(("STR003", "STR037")),
    ),
    Case("NAME003", wheel(version="01.0"), where="demo-01.0-", says=("canonical", "1.0", "01.0")),
    Case("NAME003", wheel(version="1.0.alpha1"), wheel(version="1.0a1"), says=("1.0a1",)),
    Case("NAME004", wheel(tags="python3-none-any"), where="-any.whl", says=("python3", "Python")),
    Case(
        "NAME004",
        wheel(tags="cp311-nothing-any"),
        wheel(tags="cp311-abi3-any"),
        says=("ABI",),
        also=_IMPURE,
        spared=_IMPURE | {"TAG013"},
    ),
    Case(
        "NAME004",
        wheel(tags="cp313-cp_313-any"),
        wheel(tags="cp313-cp313t-any"),
        says=("ABI",),
        also=_IMPURE,
        spared=_IMPURE,
    ),
    Case(
        "NAME005",
        wheel(file_name="demo-1.0-py3-none-any\n.whl"),
        wheel(file_name="demo-1.0-py3-none-any.whl"),
        where="demo-1.0",
        says=("control character", "\\n"),
        also=frozenset(("NAME007", "STR026")),
    ),
    Case(
        "NAME005",
        wheel(file_name="demo\\x-1.0-py3-none-any.whl"),
        says=("backslash",),
        also=frozenset(("NAME001",)),
    ),
    Case(
        "NAME006",
        wheel(file_name="demo-1.0-py3-none-any.WHL"),
        where="demo-1.0-py3-none-any.WHL",
        says=(".whl", ".WHL"),
        also=frozenset(("NAME001",)),
    ),
    Case(
        "NAME006",
        wheel(file_name="demo-1.0-py3-none-any.egg"),
        says=(".egg",),
        also=frozenset(("NAME001",)),
    ),
    Case(
        "NAME007",
        _tagged("linux_x86_64"),
        _tagged("manylinux_2_28_x86_64"),
        where="demo-1.0-py3-none-linux_x86_64.whl",
        says=(_SUPPORTED, "linux_x86_64"),
        also=_EMPTY,
        spared=_EMPTY,
    ),
    _untaken("macosx_11_1_arm64", "macosx_11_0_arm64"),
    _untaken("win_x86", "win32.win_arm64"),
    _untaken("manylinux1_aarch64", "manylinux2014_aarch64"),
    Case(
        "NAME007",
        _tagged("any.linux_i686"),
        _tagged("linux_armv7l"),
        says=("linux_i686",),
        also=_IMPURE,
        spared=_EMPTY,
    ),
    Case(
        "NAME008",
        _long(dated.FILE_NAME_BYTES + 1),
        _long(dated.FILE_NAME_BYTES),
        where="ddd",
        says=("at most 246 bytes", "247 bytes"),
    ),
    Case(
        "NAME009",
        damaged(partial(_grown, size=dated.FILE_SIZE_GRANTED + 1)),
        where="demo-1.0",
        says=("at most 1024 MiB", "1024.0 MiB"),
        also=_UNCLOSED,
    ),
    Case(
        "NAME010",
        damaged(partial(_grown, size=dated.FILE_SIZE + dated.MIB)),
        damaged(partial(_grown, size=dated.FILE_SIZE)),
        where="demo-1.0",
        says=("raised", "at most 100 MiB", "101.0 MiB"),
        also=_UNCLOSED,
        spared=_UNCLOSED,
    ),
    Case(
        "NAME010",
        _larger(Policy()),
        _larger(Policy(profile=THIRD_PARTY)),
        also=_UNCLOSED,
        spared=_UNCLOSED,
    ),
    Case(
        "NAME011",
        wheel(name="json"),
        wheel(name="json-demo"),
        where="json-1.0",
        says=("standard library", "json"),
    ),
    Case("NAME011", wheel(name="distutils"), wheel(name="setuptools")),
    Case("NAME011", wheel(name="json"), wheel(Policy(profile=THIRD_PARTY), name="json")),
    Case("NAME011", wheel(name=max(sys.stdlib_module_names))),
)
