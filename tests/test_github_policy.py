"""What the policy may say of GitHub, and what it may not."""

from __future__ import annotations

from typing import Any

import pytest

from release_tests.errors import PolicyError
from release_tests.github import GitHubPolicy, repository, tag_template, template
from release_tests.policy import Policy


@pytest.mark.parametrize("value", ["o/r", "Some-Org/some.repo_1"])
def test_a_repository_has_an_owner_and_a_name(value: str) -> None:
    """As GitHub writes them."""
    assert repository("here", value) == value


@pytest.mark.parametrize("value", ["o", "o/r/x", "https://example.com/o/r", "o/r?x", "", 1])
def test_what_is_no_repository_is_refused(value: Any) -> None:
    """The message names the key."""
    with pytest.raises(PolicyError, match="here"):
        repository("here", value)


@pytest.mark.parametrize(
    "value", ["v{version}", "{name}/v{version}", "{version}-{version}", "{{}}"]
)
def test_a_template_is_filled_in(value: str) -> None:
    """With the version and the project only."""
    assert template("here", value) == value


@pytest.mark.parametrize(
    "value", ["{variant}", "{}", "{0}", "{version", "{version.major}", "{version!r:>{x}}", ""]
)
def test_what_cannot_be_filled_in_is_refused(value: str) -> None:
    """Before anything is released by it."""
    with pytest.raises(PolicyError, match="here"):
        template("here", value)


@pytest.mark.parametrize("value", ["v{version}", "v{version}-{name}", "releases/{name}/{version}"])
def test_a_tag_is_what_git_takes(value: str) -> None:
    """With the version in it, or every release would have one tag."""
    assert tag_template("here", value) == value


@pytest.mark.parametrize(
    "value",
    [
        *("{name}", "v {version}", "v..{version}", "-{version}", "/{version}", "{version}/"),
        *("{version}.", "{version}.lock", "v~{version}", "a//{version}", "v@{{{version}}}"),
    ],
)
def test_what_git_takes_for_no_tag_is_refused(value: str) -> None:
    """See git-check-ref-format."""
    with pytest.raises(PolicyError, match="here"):
        tag_template("here", value)


def test_where_the_release_goes_is_no_matter_of_the_gates() -> None:
    """Evidence stays valid when the repository changes."""
    assert Policy(github=GitHubPolicy(repository="o/r")).fingerprint() == Policy().fingerprint()
