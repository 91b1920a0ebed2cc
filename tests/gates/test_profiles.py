"""What is only advice in wheels of others is installed all the same, as it is said to be."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
import uv
from packaging.tags import sys_tags

from release_tests.archive.facts import WheelName
from release_tests.archive.reader import read_wheel
from release_tests.gates.profiles import OF_UPLOADS
from release_tests.process import run
from tests.gates.test_rules import CASES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.gates.cases.case import Case

_HERE = frozenset(sys_tags())
_INSTALLED = {
    name: case
    for name, case in CASES.items()
    if case.rule in OF_UPLOADS and case.rule not in ("NAME009", "NAME101", "STR105")
}
"""But for a file of a gigabyte, and for source distributions, which are built."""


@pytest.mark.parametrize("case", _INSTALLED.values(), ids=_INSTALLED)
def test_uv_installs_what_only_bars_an_upload(case: Case, tmp_path: Path) -> None:
    """Each file of the tables that breaks such a rule, where it is for this system."""
    path = case.bad.wheel.write(tmp_path)
    case.bad.damage(path)
    name = read_wheel(path).name
    if isinstance(name, WheelName) and not name.tags & _HERE:
        pytest.skip("it is for another system")
    words = [
        uv.find_uv_bin(),
        "pip",
        "install",
        "--no-deps",
        "--no-index",
        "--offline",
        "--no-config",
    ]
    words += ["--cache-dir", str(tmp_path / "cache"), "--target", str(tmp_path / "there")]
    run([*words, str(path)], deadline=60, env=os.environ)
    assert list((tmp_path / "there").glob("*.dist-info"))
