"""What a run says of its machine is what decides whether another one is as good."""

from __future__ import annotations

import pytest

from release_tests.evidence.machines import telling_tag


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (("linux_x86_64", "manylinux_2_36_x86_64"), "manylinux_2_36_x86_64"),
        (("linux_x86_64", "musllinux_1_2_x86_64"), "musllinux_1_2_x86_64"),
        (("linux_riscv64",), "linux_riscv64"),
        (("macosx_14_0_arm64", "macosx_14_0_universal2"), "macosx_14_0_arm64"),
        (("win_amd64",), "win_amd64"),
        ((), ""),
    ],
)
def test_the_newest_tag_that_tells_of_the_c_library_is_kept(
    tags: tuple[str, ...], expected: str
) -> None:
    """The name that every Linux has says least, and packaging lists it first."""
    assert telling_tag(tags) == expected
