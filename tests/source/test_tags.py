"""Tags and the versions that they name."""

from __future__ import annotations

import pytest
from packaging.version import Version

from release_tests.source.tags import version_of

NAMED = {
    "1.0": "1.0",
    "v1.0": "1.0",
    "V2.3.4": "2.3.4",
    "demo-1.0": "1.0",
    "demo/v1.0": "1.0",
    "release_1.0": "1.0",
    "demo-1.0-rc1": "1.0rc1",
    "jinja2-3.1": "3.1",
    "@scope/demo@1.0": "1.0",
    "my-long-name-0.1.dev3": "0.1.dev3",
    "v1!2.0+cpu": "1!2.0+cpu",
    "2026.11.20": "2026.11.20",
}
UNNAMED = ("", "latest", "nightly-2026-11-20", "v", "version", "demo", "v1.x", "2024-1.0", "-1.0")


@pytest.mark.parametrize("tag", NAMED)
def test_the_version_at_the_end_of_a_tag(tag: str) -> None:
    """Words, a `v` and separators before the version do not matter."""
    assert version_of(tag) == Version(NAMED[tag])


@pytest.mark.parametrize("tag", UNNAMED)
def test_a_tag_without_a_version(tag: str) -> None:
    """A date, a word and half a version name none."""
    assert version_of(tag) is None
