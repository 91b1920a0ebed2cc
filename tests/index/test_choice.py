"""Which files a requirement means follows the packaging specifications."""

from __future__ import annotations

import pytest

from release_tests.errors import SelectionError
from release_tests.index.choice import choose, read_requirement
from release_tests.index.page import IndexFile


def wheel(version: str, *, yanked: bool = False) -> IndexFile:
    """Return a wheel that an index offers."""
    name = f"demo-{version}-py3-none-any.whl"
    return IndexFile(name, f"http://index/{name}", "ab" * 32, yanked=yanked)


@pytest.mark.parametrize(
    ("requirement", "offered", "chosen"),
    [
        ("demo", [wheel("1.0"), wheel("1.10"), wheel("1.9")], "1.10"),
        ("demo", [wheel("1.0"), wheel("2.0rc1")], "1.0"),
        ("demo", [wheel("2.0rc1"), wheel("2.0rc2")], "2.0rc2"),
        ("demo>=2.0rc1", [wheel("1.0"), wheel("2.0rc1")], "2.0rc1"),
        ("demo==2.0rc1", [wheel("3.0"), wheel("2.0rc1")], "2.0rc1"),
        ("demo", [wheel("1.0"), wheel("2.0", yanked=True)], "1.0"),
        ("demo==2.0", [wheel("1.0"), wheel("2.0", yanked=True)], "2.0"),
        ("demo~=1.0", [wheel("1.5"), wheel("2.0")], "1.5"),
        ("demo", [wheel("1.0"), wheel(f"1.{'9' * 4900}")], "1.0"),
    ],
)
def test_the_version_is_the_one_that_pip_would_take(
    requirement: str, offered: list[IndexFile], chosen: str
) -> None:
    """Highest first; pre-releases and yanked files only when they are asked for."""
    assert str(choose(read_requirement(requirement), offered).version) == chosen


def test_yanked_is_not_meant_by_a_wildcard() -> None:
    """Only an exact pin reaches a yanked file (PEP 592)."""
    with pytest.raises(SelectionError, match="no version matches"):
        choose(read_requirement("demo==2.*"), [wheel("2.0", yanked=True)])


def test_a_version_without_wheels_is_said_to_be_so() -> None:
    """A newer version that has only an sdist does not become an older one for its tags."""
    sdist = IndexFile("demo-2.0.tar.gz", "http://index/demo-2.0.tar.gz", "ab" * 32)
    assert choose(read_requirement("demo"), [wheel("1.0"), sdist]).taken == (sdist,)
    with pytest.raises(
        SelectionError, match=r"no wheel of demo 2\.0 has tags like py3-\*"
    ) as caught:
        choose(read_requirement("demo"), [wheel("1.0"), sdist], ["py3-*"])
    assert "no wheel of it at all" in caught.value.remedy


def test_files_that_are_neither_wheel_nor_sdist_are_passed_over() -> None:
    """Old kinds of files stand beside wheels on real pages."""
    odd = [
        IndexFile(name, f"http://index/{name}", None)
        for name in ("demo-3.0-py2.7.egg", "demo-3.0.exe", "demo-3.whl", "demo-x-py3-none-any.whl")
    ]
    assert str(choose(read_requirement("demo"), [wheel("1.0"), *odd]).version) == "1.0"
