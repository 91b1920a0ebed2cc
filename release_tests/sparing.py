"""Plugins of pytest that a session of nothing but gates is spared.

pytest loads every plugin that is installed. httpx, with which the gates ask indexes, brings
anyio's, and that an event loop: a fifth of such a session's start, for tests that are none of it.
"""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from release_tests.named import are_gates_only

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pytest

_PLUGINS = ("anyio", "platformdirs")
_ENVIRONMENT = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")


def spare(config: pytest.Config, parser: pytest.Parser) -> None:
    """Leave out the plugins that only dependencies bring, where nothing but gates can want them.

    To be called when this package's options are declared. A plugin that is loaded by then stays,
    and so does one that is mentioned by the command line, the environment, or the project's
    configuration of pytest. Nothing is left out before pytest knows that, as where a program hands
    this plugin over.
    """
    try:
        words = _words(config)
    except ValueError:
        return
    if not are_gates_only(config, parser.parse_known_args(words)):
        return  # the value of an option that is not known yet is a test here
    said = "\n".join(_texts(config, words))
    for plugin in _PLUGINS:
        if plugin not in said:
            config.pluginmanager.set_blocked(plugin)


def _words(config: pytest.Config) -> list[str]:
    """Return the command line with all that pytest puts before it."""
    added = shlex.split(os.environ.get("PYTEST_ADDOPTS", ""))
    return [*config.getini("addopts"), *added, *map(str, config.invocation_params.args)]


def _texts(config: pytest.Config, words: Sequence[str]) -> Iterator[str]:
    yield from words
    yield from (os.environ.get(name, "") for name in _ENVIRONMENT)
    for path in (config.inipath, config.rootpath / "conftest.py"):
        if path is not None and path.is_file():
            yield path.read_text(encoding="utf-8", errors="replace")
