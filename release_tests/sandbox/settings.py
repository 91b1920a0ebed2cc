"""What is taken over from this machine's pip configuration, and nothing else.

An installation is to see what a user of this machine would see of indexes, proxies and
certificates, but no constraint, no target directory and no other preference of the caller's.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from platformdirs import user_cache_path

from release_tests import pip_settings
from release_tests.redaction import redacted, redacted_proxy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from release_tests.policy import InstallPolicy

VARIABLES = (
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
)
"""The variables that are taken over for pip, and for nothing that runs a wheel's code."""


@dataclass(frozen=True, slots=True)
class InstallSettings:
    """Options of pip by their names, and variables, that an installation is done with."""

    options: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """Return the variables to run pip with; with them pip reads no configuration file."""
        options = {f"PIP_{_variable(name)}": value for name, value in self.options.items()}
        cache = {"PIP_CACHE_DIR": str(user_cache_path("release-gates") / "pip")}
        return {"PIP_CONFIG_FILE": os.devnull} | cache | options | dict(self.variables)

    def shown(self) -> dict[str, str]:
        """Return what was taken over, for people to read: without credentials in addresses."""
        taken = dict(self.options) | dict(self.variables)
        return {name: _masking(name)(value) for name, value in taken.items()}


def _masking(name: str) -> Callable[[str], str]:
    return redacted_proxy if name.lower().endswith("proxy") else redacted


def read_settings(
    policy: InstallPolicy, environ: Mapping[str, str] | None = None
) -> InstallSettings:
    """Read pip's configuration as it holds here; the policy's index outweighs it.

    Raises CommandError when pip cannot read its own configuration.
    """
    environ = os.environ if environ is None else environ
    options = pip_settings.options(environ)
    if policy.index_url:
        options["index-url"] = policy.index_url
        options.pop("no-index", None)
    return InstallSettings(options, {name: environ[name] for name in VARIABLES if name in environ})


def _variable(option: str) -> str:
    return option.upper().replace("-", "_")
