"""What ages says of what day it is once that is long ago, and not before."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from release_tests.archive.reader import read_wheel
from release_tests.gates import dated, filename, metadata
from release_tests.policy import Policy
from tests import forge
from tests.gates.cases import filename as filename_cases
from tests.gates.cases import metadata as metadata_cases

if TYPE_CHECKING:
    from pathlib import Path

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.findings import Finding
    from tests.gates.cases.case import Artifact

_RESTING = ("NAME007", "NAME008", "NAME009", "NAME010", "META010", "META020", "META022", "META024")
"""Rules whose findings rest on what ages; of META010 and META024 those of one case."""


def _day(source: dated.Source) -> dt.date:
    assert source.day is not None
    return source.day


def _artifacts() -> dict[str, Artifact]:
    cases = (*filename_cases.CASES, *metadata_cases.CASES)
    return {case.rule: case.bad for case in cases if case.rule in _RESTING}


def _found(facts: ArtifactFacts, rule: str, today: dt.date) -> list[Finding]:
    gate = filename if rule.startswith("NAME") else metadata
    findings = gate.check(facts, Policy(), clock=lambda: today)
    return [finding for finding in findings if finding.rule == rule]


def _source(rule: str) -> dated.Source:
    return dated.library("trove-classifiers") if rule == "META022" else dated.INDEX


_TOLD = {0: False, 180: False, 181: True, 1000: True}
"""Whether the day is told, by the age in days."""


@pytest.mark.parametrize("rule", _RESTING)
def test_day_is_told_when_it_is_long_ago(rule: str, tmp_path: Path) -> None:
    """Up to 180 days nothing is said; after that each finding names the day and the age."""
    day = _day(_source(rule))
    facts = _artifacts()[rule].read(tmp_path)
    for age, told in _TOLD.items():
        (finding,) = _found(facts, rule, day + dt.timedelta(days=age))
        assert (f"as of {day}, {age} days ago" in finding.message) == told


def test_what_does_not_age_names_no_day(tmp_path: Path) -> None:
    """A finding that rests on a specification alone is the same at any time."""
    path = forge.Wheel(version="1.0+cpu").write(tmp_path)
    late = _day(dated.INDEX) + dt.timedelta(days=4000)
    (finding,) = metadata.check(read_wheel(path), Policy(), clock=lambda: late)
    assert "days ago" not in finding.message


def test_a_library_without_a_day_says_so() -> None:
    """A version that is no day, or a library that is not there, is no reason to keep quiet."""
    assert "of an unknown day" in dated.remark(dated.library("no-such-library"))
    assert "of an unknown day" in dated.remark(dated.library("pytest"))


def test_the_clock_is_the_day_now() -> None:
    """Without a clock given, the day is today's."""
    assert abs((dated.today() - dt.datetime.now(dt.UTC).date()).days) <= 1


ACCEPTED = """
any win32 win_arm64 win_amd64 win_ia64 manylinux1_x86_64 manylinux1_i686 manylinux2010_x86_64
manylinux2014_ppc64 manylinux2014_s390x manylinux_2_28_x86_64 manylinux_2_39_riscv64
manylinux_2_17_ppc64 musllinux_1_2_aarch64 musllinux_1_2_riscv64 linux_armv6l linux_armv7l
macosx_10_9_x86_64 macosx_10_13_universal2 macosx_11_0_arm64 macosx_26_0_arm64 macosx_10_6_intel
macosx_10_6_fat3 ios_13_0_arm64_iphoneos ios_13_0_x86_64_iphonesimulator android_21_arm64_v8a
android_24_armeabi_v7a pyemscripten_2025_0_wasm32
"""
REFUSED = """
linux_x86_64 linux_aarch64 win_x86 manylinux1_aarch64 manylinux2010_aarch64 manylinux2014_riscv64
manylinux_2_x86_64 manylinux_2_28_mips musllinux_1_2_ppc64 macosx_11_1_arm64 macosx_16_0_arm64
macosx_12_3_universal2 macosx_10_9_arm ios_13_0_arm64 android_21_mips emscripten_4_0_9_wasm32
pyodide_2025_0_wasm32 Any any_ freebsd_14_amd64 manylinux_2_28_x86_64_v3
"""


@pytest.mark.parametrize("tag", ACCEPTED.split())
def test_accepted_platform(tag: str) -> None:
    """The index takes wheels with this platform tag."""
    assert dated.accepts_platform(tag)


@pytest.mark.parametrize("tag", REFUSED.split())
def test_refused_platform(tag: str) -> None:
    """The index refuses wheels with this platform tag."""
    assert not dated.accepts_platform(tag)
