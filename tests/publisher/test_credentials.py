"""A token comes from the environment or a private .env, else finding one is left to twine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from publisher.credentials import Login, find
from publisher.environment import for_twine
from publisher.errors import CredentialsError
from publisher.redaction import Redactor
from release_tests.index.locations import Location
from release_tests.policy import IndexPolicy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

STAGING = Location("staging", None, "http://127.0.0.1/simple/", "testpypi")
MIRROR = Location("staging", "http://127.0.0.1/legacy/", "http://127.0.0.1/simple/", None)
TOKEN = "pypi-from-somewhere"


def look(
    environ: Mapping[str, str],
    *directories: Path,
    at: Location = STAGING,
    settings: IndexPolicy | None = None,
) -> Login:
    """Find a login."""
    return find(
        at,
        settings or IndexPolicy(),
        environ=environ,
        directories=directories,
        redact=Redactor(),
    )


def dotenv(directory: Path, text: str, mode: int = 0o600) -> Path:
    """Write a .env."""
    path = directory / ".env"
    path.write_text(text)
    path.chmod(mode)
    return path


def test_the_environment_comes_first(tmp_path: Path) -> None:
    """A variable that is set is taken, and .env is not even read."""
    dotenv(tmp_path, "TEST_PYPI_API_TOKEN=other\n", 0o644)
    login = look({"TEST_PYPI_API_TOKEN": f" {TOKEN}\n"}, tmp_path)
    assert (login.username, login.token) == ("__token__", TOKEN)
    assert login.origin == "TEST_PYPI_API_TOKEN in the environment"


def test_a_private_dotenv_is_read_and_stays_out_of_the_environment(tmp_path: Path) -> None:
    """Its value is taken as it stands, and nobody else gets to see it."""
    dotenv(tmp_path, "TEST_PYPI_API_TOKEN='pypi-$HOME'\n")
    assert look({}, tmp_path / "elsewhere", tmp_path).token == "pypi-$HOME"
    assert "TEST_PYPI_API_TOKEN" not in os.environ


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666, 0o620])
def test_a_dotenv_that_others_may_use_is_an_error(tmp_path: Path, mode: int) -> None:
    """The message names the command that mends it, and not the token."""
    path = dotenv(tmp_path, f"TEST_PYPI_API_TOKEN={TOKEN}\n", mode)
    with pytest.raises(CredentialsError, match=f"(?s){mode:03o}.*chmod 600 {path}") as caught:
        look({}, tmp_path)
    assert TOKEN not in str(caught.value)


def test_nothing_found_is_left_to_twine(tmp_path: Path) -> None:
    """Without a token twine looks into .pypirc, the keyring and its CI on its own."""
    dotenv(tmp_path, "UNRELATED=1\nTEST_PYPI_API_TOKEN=\n")
    login = look({"TEST_PYPI_API_TOKEN": ""}, tmp_path)
    assert login == Login(None, None, "TEST_PYPI_API_TOKEN")


def test_a_default_token_is_not_sent_to_another_index() -> None:
    """An index known by address gets a token only by a variable that the policy names."""
    environ = {"TEST_PYPI_API_TOKEN": TOKEN, "MINE": "another-token"}
    assert look(environ, at=MIRROR).token is None
    settings = IndexPolicy(token_env="MINE", username="joe")
    assert look(environ, at=MIRROR, settings=settings).token == "another-token"


def test_a_found_token_is_hidden_from_then_on() -> None:
    """Whatever is shown afterwards is without it, and so is the login itself."""
    redact = Redactor()
    settings = IndexPolicy()
    environ = {"TEST_PYPI_API_TOKEN": "unusual-token"}
    login = find(STAGING, settings, environ=environ, directories=(), redact=redact)
    assert "unusual-token" not in redact("the unusual-token") + repr(login)


def test_twine_gets_the_token_and_little_else() -> None:
    """Its environment holds this index's token, the way out, and no other secret."""
    environ = {
        "PATH": "/bin",
        "HOME": "/home/joe",
        "https_proxy": "http://proxy",
        "PYPI_API_TOKEN": "of the other index",
        "AWS_SECRET_ACCESS_KEY": "none of its business",
        "TWINE_REPOSITORY_URL": "http://elsewhere/",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "as good as a token",
    }
    env = for_twine(Login("__token__", TOKEN, ""), environ)
    assert {name: env[name] for name in ("PATH", "HOME", "https_proxy")} == {
        name: environ[name] for name in ("PATH", "HOME", "https_proxy")
    }
    assert (env["TWINE_USERNAME"], env["TWINE_PASSWORD"]) == ("__token__", TOKEN)
    assert not env.keys() & (environ.keys() - {"PATH", "HOME", "https_proxy"})


def test_trusted_publishing_is_for_a_twine_without_a_token() -> None:
    """The CI's identity is handed on only where no token is known."""
    environ = {"ACTIONS_ID_TOKEN_REQUEST_TOKEN": "identity", "GITHUB_ACTIONS": "true"}
    env = for_twine(Login(None, None, ""), environ)
    assert env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] == "identity"
    assert not {"TWINE_USERNAME", "TWINE_PASSWORD"} & env.keys()
