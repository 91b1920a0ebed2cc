"""The token for GitHub: from the environment, from ``.env``, or from ``gh``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from publisher.credentials import look_up
from publisher.errors import CredentialsError
from release_tests.errors import CommandError
from release_tests.process import run

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from publisher.redaction import Redactor
    from release_tests.github import GitHubPolicy

VARIABLES = ("GH_TOKEN", "GITHUB_TOKEN")
_SECONDS = 20.0
_SENDABLE = re.compile(r"[!-~]+")
# What gh needs to find and open where it keeps tokens; nothing else of the caller's.
_FOR_GH = frozenset(
    {
        *("HOME", "USERPROFILE", "APPDATA", "SYSTEMROOT", "PATH", "GH_CONFIG_DIR"),
        *("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"),
        "DBUS_SESSION_BUS_ADDRESS",
    }
)


@dataclass(frozen=True, slots=True)
class Token:
    """A token and where it is from; shown by nothing."""

    secret: str = field(repr=False)
    origin: str


def variables(settings: GitHubPolicy) -> tuple[str, ...]:
    """Return the variables that may hold the token, in their order."""
    return (settings.token_env,) if settings.token_env else VARIABLES


def find(
    settings: GitHubPolicy,
    host: str,
    *,
    environ: Mapping[str, str],
    directories: Iterable[Path],
    redact: Redactor,
) -> Token | None:
    """Find the token for *host* and register it for redaction; None when there is none.

    ``.env`` is looked for in *directories*. ``gh`` is asked where the policy names no variable.
    Raises CredentialsError when others may read ``.env``, or what is found cannot be a token.
    """
    directories = tuple(directories)
    for variable in variables(settings):
        secret, origin = look_up(variable, environ, directories)
        if secret:
            redact.register(secret)
            return _sendable(Token(secret, f"{variable} in {origin}"))
    secret = "" if settings.token_env else _of_gh(host, environ)
    redact.register(secret)
    return _sendable(Token(secret, "`gh auth token`")) if secret else None


def _sendable(token: Token) -> Token:
    """Return *token*; raise CredentialsError where no header can carry it."""
    if _SENDABLE.fullmatch(token.secret):
        return token
    raise CredentialsError(
        f"the token for GitHub from {token.origin} holds characters that no token has",
        remedy="Copy it anew: blanks, line ends and an ellipsis are of what it was copied from.",
    )


def _of_gh(host: str, environ: Mapping[str, str]) -> str:
    """Return what ``gh`` keeps for *host*; empty where it is not there or has none."""
    kept = {name: value for name, value in environ.items() if name in _FOR_GH}
    try:
        done = run(["gh", "auth", "token", "--hostname", host], deadline=_SECONDS, env=kept)
    except CommandError:
        return ""
    return done.stdout.strip()
