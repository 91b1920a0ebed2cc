"""Which of the caller's variables are secret, and the environment that twine gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.credentials import DEFAULT_VARIABLES
from publisher.github.token import VARIABLES as GITHUB_VARIABLES

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

    from publisher.credentials import Login
    from release_tests.policy import Policy

_TOKENS = frozenset({*DEFAULT_VARIABLES.values(), *GITHUB_VARIABLES, "TWINE_PASSWORD"})

_ALLOWED = frozenset(
    {
        # Where programs, .pypirc, the keyring and temporary files are.
        *("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "SYSTEMROOT", "PATH", "TMPDIR"),
        *("TEMP", "TMP", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE"),
        *("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME"),
        *("PYTHON_KEYRING_BACKEND", "DISPLAY"),
        # The way out of the house.
        *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
        *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
        *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
        *("TWINE_CERT", "TWINE_CLIENT_CERT"),
    }
)
# How a CI system proves who it is (trusted publishing); as good as a token.
_ONCE = frozenset({"PYPI_ID_TOKEN", "TESTPYPI_ID_TOKEN"})
_IDENTITY = frozenset({"GITHUB_ACTIONS", "GITLAB_CI", *_ONCE})
_IDENTITY_PREFIX = "ACTIONS_ID_TOKEN_"


def for_twine(login: Login, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a twine that uploads with *login*.

    The token stands there and nowhere else: not on the command line, which every user can see.
    """
    identity = login.token is None
    env = {name: value for name, value in environ.items() if _passes(name, identity=identity)}
    # Its lines are read again, so they must not be wrapped; rich wraps at 80 if TERM is dumb.
    env |= {"COLUMNS": "4096", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}
    if login.username is not None:
        env["TWINE_USERNAME"] = login.username
    if login.token is not None:
        env["TWINE_PASSWORD"] = login.token
    return env


def is_secret(name: str, policy: Policy) -> bool:
    """Say whether a variable may hold a token, or the address of who is told of a release."""
    places = (policy.indexes.staging, policy.indexes.production, policy.github)
    named = {policy.notifications.urls_env, *(place.token_env for place in places)}
    return name in _TOKENS or name in named or proves_identity(name)


def withdraw(environ: MutableMapping[str, str], policy: Policy) -> None:
    """Take what is secret out of the process's own *environ*, once it was copied for the run.

    What this process starts gets what it is given; but libraries start programs, too, with all that
    they find, and the code that is verified may look at those.
    """
    for name in [name for name in environ if is_secret(name, policy)]:
        del environ[name]


def proves_identity(name: str) -> bool:
    """Say whether a variable helps to prove to an index who runs this."""
    return name in _IDENTITY or name.startswith(_IDENTITY_PREFIX)


def spends_identity(login: Login, environ: Mapping[str, str]) -> bool:
    """Say whether twine may have to sign in by an identity that an index takes only once.

    GitLab gives each job one token for each index, which PyPI refuses when it comes again; others
    give a new one whenever they are asked.
    """
    return login.token is None and "GITLAB_CI" in environ and not _ONCE.isdisjoint(environ)


def _passes(name: str, *, identity: bool) -> bool:
    return name in _ALLOWED or (identity and proves_identity(name))
