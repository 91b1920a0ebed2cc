"""The environment that twine gets: what it needs, and nothing else of the caller's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from publisher.credentials import Login

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
_IDENTITY = frozenset({"GITHUB_ACTIONS", "GITLAB_CI", "PYPI_ID_TOKEN", "TESTPYPI_ID_TOKEN"})
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


def proves_identity(name: str) -> bool:
    """Say whether a variable helps to prove to an index who runs this."""
    return name in _IDENTITY or name.startswith(_IDENTITY_PREFIX)


def _passes(name: str, *, identity: bool) -> bool:
    return name in _ALLOWED or (identity and proves_identity(name))
