"""What is taken over from this machine's pip configuration, by pip and by uv, and nothing else.

An installation is to see what a user of this machine would see of indexes, proxies and
certificates, but no constraint, no target directory and no other preference of the caller's.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from platformdirs import user_cache_path

from release_tests import pip_settings
from release_tests.redaction import redacted, redacted_proxy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from release_tests.policy import InstallPolicy

VARIABLES = (
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
)
"""The variables that are taken over for pip, and for nothing that runs a wheel's code."""

_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
    "trusted-host": "UV_INSECURE_HOST",
    "timeout": "UV_HTTP_TIMEOUT",
    "retries": "UV_HTTP_RETRIES",
}
"""The options of pip that a variable of uv's stands for, the value being spelled alike."""

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_TRUE = ("1", "true", "yes", "y", "on", "t")


@dataclass(frozen=True, slots=True)
class InstallSettings:
    """Options of pip by their names, and variables, that an installation is done with."""

    options: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)

    def for_pip(self) -> dict[str, str]:
        """Return the variables to run pip with; with them pip reads no configuration file."""
        options = {f"PIP_{_variable(name)}": value for name, value in self.options.items()}
        place = {"PIP_CACHE_DIR": str(cache("pip"))}
        kept = self._kept_of_loopback()
        return {"PIP_CONFIG_FILE": os.devnull} | place | options | kept | dict(self.variables)

    def _kept_of_loopback(self) -> dict[str, str]:
        """Return what lets pip keep what comes over plain http from this machine, as uv does.

        pip takes it without being told that the host is trusted, and downloads it each time.
        """
        index = urlsplit(self.options.get("index-url", ""))
        if index.scheme != "http" or index.hostname not in _LOOPBACK:
            return {}
        host = index.netloc.rpartition("@")[2]
        return {"PIP_TRUSTED_HOST": f"{self.options.get('trusted-host', '')} {host}".strip()}

    def for_uv(self) -> dict[str, str]:
        """Return the variables that tell uv what pip is told; it reads no configuration file."""
        said = {_UV[name]: value for name, value in self.options.items() if name in _UV}
        if places := self.options.get("find-links"):
            said["UV_FIND_LINKS"] = ",".join(places.split())
        if proxy := self.options.get("proxy"):
            said |= dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY"), proxy)
        return dict(self.variables) | {"UV_CACHE_DIR": str(cache("uv")), "UV_NO_CONFIG": "1"} | said

    def uv_options(self) -> tuple[str, ...]:
        """Return the options of ``uv pip install`` that no variable stands for."""
        return ("--no-index",) if self.options.get("no-index", "").lower() in _TRUE else ()

    def shown(self) -> dict[str, str]:
        """Return what was taken over, for people to read: without credentials in addresses."""
        taken = dict(self.options) | dict(self.variables)
        return {name: _masking(name)(value) for name, value in taken.items()}


NOTHING = InstallSettings({"no-index": "true"})
"""For what asks no index, where code of the wheel may run along: no address, and no credentials."""


def _masking(name: str) -> Callable[[str], str]:
    return redacted_proxy if name.lower().endswith("proxy") else redacted


def read_settings(
    policy: InstallPolicy, environ: Mapping[str, str] | None = None
) -> InstallSettings:
    """Read pip's configuration as it holds here; the policy's index outweighs it.

    Further indexes that this machine is set up for are not taken over: users have not got them.

    Raises CommandError when pip cannot read its own configuration.
    """
    environ = os.environ if environ is None else environ
    options = pip_settings.options(environ)
    options.pop("extra-index-url", None)
    if policy.extra_indexes:
        options["extra-index-url"] = " ".join(policy.extra_indexes)
    if policy.index_url:
        options["index-url"] = policy.index_url
        options.pop("no-index", None)
    return InstallSettings(options, {name: environ[name] for name in VARIABLES if name in environ})


def cache(name: str) -> Path:
    """Return a cache of all runs; it is not the user's, which code of a wheel could spoil."""
    return user_cache_path("release-gates") / name


def _variable(option: str) -> str:
    return option.upper().replace("-", "_")
