"""What is taken over from this machine's pip configuration, and nothing else.

An installation is to see what a user of this machine would see of indexes, proxies and
certificates, but no constraint, no target directory and no other preference of the caller's.
"""

from __future__ import annotations

import ast
import functools
import importlib.util
import os
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_cache_path

from release_tests.errors import ReleaseGatesError
from release_tests.process import run
from release_tests.redaction import redacted, redacted_proxy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from release_tests.policy import InstallPolicy

OPTIONS = (
    "index-url",
    "extra-index-url",
    "find-links",
    "no-index",
    "proxy",
    "cert",
    "client-cert",
    "trusted-host",
    "timeout",
    "retries",
)
"""The options of pip that are taken over, as pip spells them."""

VARIABLES = (
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
)
"""The variables that are taken over for pip, and for nothing that runs a wheel's code."""

_ALIASES = {"default-timeout": "timeout", "pypi-url": "index-url"}
_PATHS = ("find-links", "cert", "client-cert")
_SECTIONS = ("global", "install", ":env:")  # pip's own order: the later one holds
_LINE = re.compile(r"^(?P<section>\w+|:env:)\.(?P<option>[\w-]+)=(?P<value>.+)$")
_DEADLINE_SECONDS = 60.0


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

    Relative paths are resolved against the working directory, as pip does. Raises CommandError
    when pip cannot read its own configuration.
    """
    environ = os.environ if environ is None else environ
    options = dict(_configured(tuple(sorted(environ.items())), Path.cwd()))
    if policy.index_url:
        options["index-url"] = policy.index_url
        options.pop("no-index", None)
    return InstallSettings(options, {name: environ[name] for name in VARIABLES if name in environ})


@functools.cache
def _configured(environ: tuple[tuple[str, str], ...], cwd: Path) -> Mapping[str, str]:
    """Ask pip; its answer costs a fifth of a second and cannot change with the same question."""
    command = (sys.executable, "-P", *_pip(), "--disable-pip-version-check", "config", "list")
    listed = run(command, deadline=_DEADLINE_SECONDS, env=dict(environ), cwd=cwd).stdout
    return {name: _resolved(name, value, cwd) for name, value in parse(listed.splitlines())}


def parse(lines: Iterable[str]) -> list[tuple[str, str]]:
    """Return the options to take over from what ``pip config list`` printed, each one once."""
    matches = [match for line in lines if (match := _LINE.match(line))]
    known = [match for match in matches if match["section"] in _SECTIONS]
    known.sort(key=lambda match: _SECTIONS.index(match["section"]))
    named = ((_ALIASES.get(m["option"], m["option"]), ast.literal_eval(m["value"])) for m in known)
    return [(name, str(value)) for name, value in dict(named).items() if name in OPTIONS]


def _pip() -> tuple[str, ...]:
    """Return the words that start a pip: this interpreter's, else the one virtualenv brings."""
    if importlib.util.find_spec("pip"):
        return ("-m", "pip")
    return (str(_bundled_pip() / "pip"),)


def _bundled_pip() -> Path:
    """Return the pip wheel inside virtualenv, which Python runs as it is."""
    from virtualenv.seed.wheels.embed import get_embed_wheel  # noqa: PLC0415 - slow, seldom needed

    wheel = get_embed_wheel("pip", f"{sys.version_info.major}.{sys.version_info.minor}")
    if wheel is None:
        raise ReleaseGatesError(
            "neither this interpreter nor virtualenv has a pip to ask for its configuration",
            remedy="Install it: `python -m ensurepip`.",
        )
    return Path(wheel.path)


def _resolved(name: str, value: str, cwd: Path) -> str:
    if name not in _PATHS:
        return value
    words = value.split() if name == "find-links" else [value]
    return " ".join(word if "://" in word else str(cwd / word) for word in words)


def _variable(option: str) -> str:
    return option.upper().replace("-", "_")
