"""The token: found late, shown nowhere, sent to GitHub alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from publisher.errors import CredentialsError
from publisher.github import token
from publisher.redaction import Redactor
from release_tests.github import GitHubPolicy

if TYPE_CHECKING:
    from pathlib import Path

NO_GH = {"PATH": "/nowhere"}


def find(
    environ: dict[str, str], *directories: Path, settings: GitHubPolicy | None = None
) -> tuple[str, str] | None:
    """Return the token and where it is from, on a machine without ``gh``."""
    redact = Redactor()
    found = token.find(
        settings or GitHubPolicy(),
        "github.example.com",
        environ=NO_GH | environ,
        directories=directories,
        redact=redact,
    )
    if found is None:
        return None
    assert found.secret not in redact(f"it is {found.secret}")
    assert found.secret not in repr(found)
    return found.secret, found.origin


def test_the_variables_have_an_order() -> None:
    """GH_TOKEN goes before GITHUB_TOKEN, as it does for gh."""
    both = {"GITHUB_TOKEN": "second", "GH_TOKEN": "first"}
    assert find(both) == ("first", "GH_TOKEN in the environment")
    assert find({"GITHUB_TOKEN": "second"}) == ("second", "GITHUB_TOKEN in the environment")
    assert find({"GH_TOKEN": " ", "GITHUB_TOKEN": "second"}) == (
        "second",
        "GITHUB_TOKEN in the environment",
    )


def test_the_policys_own_variable_is_the_only_one() -> None:
    """A token for github.com does not go to another server that merely is asked."""
    settings = GitHubPolicy(token_env="MINE")
    assert find({"GH_TOKEN": "other"}, settings=settings) is None
    assert find({"MINE": "this"}, settings=settings) == ("this", "MINE in the environment")


def test_a_file_for_the_owner_alone_may_hold_it(tmp_path: Path) -> None:
    """One that others may read is an error, and nothing is taken of it."""
    path = tmp_path / ".env"
    path.write_text("GH_TOKEN=kept\n")
    path.chmod(0o600)
    assert find({}, tmp_path) == ("kept", f"GH_TOKEN in {path}")
    path.chmod(0o644)
    with pytest.raises(CredentialsError, match="chmod 600"):
        find({}, tmp_path)


def test_there_may_be_none() -> None:
    """Neither in the environment, nor from gh, which is not there."""
    assert find({}) is None
