"""The token for an index: from the environment, then from ``.env``, else left to twine.

What twine finds itself is ``.pypirc``, the keyring, and trusted publishing.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from dotenv import dotenv_values

from publisher.errors import CredentialsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from publisher.redaction import Redactor
    from release_tests.index.locations import Location
    from release_tests.policy import IndexPolicy

TOKEN_USER = "__token__"  # noqa: S105 - the user name that goes with a token
DEFAULT_VARIABLES = {"testpypi": "TEST_PYPI_API_TOKEN", "pypi": "PYPI_API_TOKEN"}


@dataclass(frozen=True, slots=True)
class Login:
    """What is given to twine for one index; no ``token`` leaves finding one to twine.

    ``username`` is None when nothing but twine's own way should decide on it. ``origin`` says
    where the token is from, or where one could be put.
    """

    username: str | None
    token: str | None = field(repr=False)
    origin: str


def find(
    location: Location,
    settings: IndexPolicy,
    *,
    environ: Mapping[str, str],
    directories: Iterable[Path],
    redact: Redactor,
) -> Login:
    """Find the login for *location*; its token is registered for redaction.

    ``.env`` is looked for in *directories*, in that order, and its values never enter the
    environment. Raises CredentialsError when others may read it.
    """
    _hide_known(location, redact)
    variable = settings.token_env or _default_variable(location)
    if variable is None:
        return Login(_chosen_username(settings), None, "token-env of the policy")
    token, origin = look_up(variable, environ, directories)
    if token is None:
        return Login(_chosen_username(settings), None, variable)
    redact.register(token, settings.username)
    return Login(settings.username, token, f"{variable} in {origin}")


def _hide_known(location: Location, redact: Redactor) -> None:
    """Hide the passwords that stand in the index's address and in ``.pypirc``."""
    from twine.utils import DEFAULT_CONFIG_FILE, get_config  # noqa: PLC0415 - 130 ms

    parts = urlsplit(location.simple_url)
    redact.register(unquote(parts.password or ""), unquote(parts.username or ""))
    if location.repository is not None:
        # It was read before, to tell where the index is, and so can be read again.
        known = get_config(DEFAULT_CONFIG_FILE).get(location.repository, {})
        redact.register(known.get("password") or "", known.get("username") or TOKEN_USER)


def _default_variable(location: Location) -> str | None:
    # A token for one of the two known indexes is never sent to another that merely stands in
    # the same role: there, the policy has to name the variable.
    return DEFAULT_VARIABLES.get(location.repository or "")


def _chosen_username(settings: IndexPolicy) -> str | None:
    return None if settings.username == TOKEN_USER else settings.username


def look_up(
    variable: str, environ: Mapping[str, str], directories: Iterable[Path]
) -> tuple[str | None, str]:
    """Return the value of *variable* and where it is from: the environment, else a ``.env``.

    None where it is nowhere. Raises CredentialsError when others may read that ``.env``.
    """
    if token := environ.get(variable, "").strip():
        return token, "the environment"
    for directory in directories:
        path = directory / ".env"
        if path.is_file() and (token := (_values(path).get(variable) or "").strip()):
            return token, str(path)
    return None, ""


def _values(path: Path) -> Mapping[str, str | None]:
    """Read *path*, which nobody but its owner may read; raise CredentialsError."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise CredentialsError(
            f"{path}: others than its owner may use it (mode {mode:03o}, expected 600)",
            remedy=f"Run `chmod 600 {path}`; if others may have read it, replace its tokens.",
        )
    try:
        return dotenv_values(path, interpolate=False)
    except (OSError, UnicodeDecodeError) as error:
        raise CredentialsError(
            f"{path}: cannot be read: {error}", remedy="Mend the file or remove it."
        ) from error
