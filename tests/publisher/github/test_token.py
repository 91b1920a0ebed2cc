"""The token: found late, shown nowhere, sent to GitHub alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from publisher.errors import CredentialsError
from publisher.github import token
from publisher.github.aim import checked_out
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


@pytest.mark.parametrize("secret", ["ghp_cut\u2026", "two words", "two\nlines"])
def test_what_no_header_can_carry_is_no_token(secret: str) -> None:
    """It is said where it is from, and not what it is."""
    with pytest.raises(CredentialsError, match="GH_TOKEN in the environment holds") as caught:
        find({"GH_TOKEN": secret})
    assert secret not in str(caught.value)


def test_programs_that_are_asked_see_no_secret(tmp_path: Path) -> None:
    """Neither gh nor git has a token, or anything else of the caller's, in its environment."""
    for name in ("gh", "git"):
        script = tmp_path / name
        script.write_text(f'#!/bin/sh\nenv > "{tmp_path}/{name}.env"\necho answer\n')
        script.chmod(0o755)
    canary = "canary-0123456789"
    environ = {"PATH": f"{tmp_path}:/usr/bin:/bin", "HOME": str(tmp_path)}
    secrets = dict.fromkeys(("PYPI_API_TOKEN", "MINE", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"), canary)
    token.find(
        GitHubPolicy(), "example.com", environ=environ | secrets, directories=(), redact=Redactor()
    )
    checked_out(tmp_path, environ | secrets | {"GH_TOKEN": canary})
    for name in ("gh", "git"):
        seen = (tmp_path / f"{name}.env").read_text()
        assert "HOME=" in seen
        assert canary not in seen
