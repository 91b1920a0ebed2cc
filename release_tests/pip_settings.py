"""pip's configuration as it holds on this machine, asked of pip itself and of nobody else."""

from __future__ import annotations

import ast
import functools
import importlib.util
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from release_tests.errors import ReleaseGatesError
from release_tests.process import ordinary, run

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
"""The options of pip that are read, as pip spells them."""

_ALIASES = {"default-timeout": "timeout", "pypi-url": "index-url"}
_PATHS = ("find-links", "cert", "client-cert")
_SECTIONS = ("global", "install", ":env:")  # pip's own order: the later one holds
_LINE = re.compile(r"^(?P<section>\w+|:env:)\.(?P<option>[\w-]+)=(?P<value>.+)$")
_DEADLINE_SECONDS = 60.0
# pip that is told to be quiet prints no configuration; these outweigh what its files say of that.
_OUTSPOKEN = {"PIP_QUIET": "0", "PIP_VERBOSE": "0"}


def options(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the options that are set here, by pip's names, the strongest value of each.

    Relative paths are resolved against the working directory, as pip does. Raises CommandError
    when pip cannot read its own configuration.
    """
    environ = os.environ if environ is None else environ
    asked = ordinary(environ, "PIP_")
    return dict(_configured(tuple(sorted(asked.items())), Path.cwd()))


@functools.cache
def _configured(environ: tuple[tuple[str, str], ...], cwd: Path) -> Mapping[str, str]:
    """Ask pip; its answer costs a fifth of a second and cannot change with the same question."""
    command = (sys.executable, "-P", *_pip(), "--disable-pip-version-check", "config", "list")
    spoken = dict(environ) | _OUTSPOKEN
    listed = run(command, deadline=_DEADLINE_SECONDS, env=spoken, cwd=cwd).stdout
    return {name: _resolved(name, value, cwd) for name, value in parse(listed.splitlines())}


def parse(lines: Iterable[str]) -> list[tuple[str, str]]:
    """Return the options to read off what ``pip config list`` printed, each one once."""
    matches = [match for line in lines if (match := _LINE.match(line))]
    known = [match for match in matches if match["section"] in _SECTIONS]
    known.sort(key=lambda match: _SECTIONS.index(match["section"]))
    named = ((_ALIASES.get(m["option"], m["option"]), ast.literal_eval(m["value"])) for m in known)
    # Like pip: a value that is empty is none, and hides no other.
    strongest = {name: value for name, value in named if value != ""}
    return [(name, str(value)) for name, value in strongest.items() if name in OPTIONS]


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
