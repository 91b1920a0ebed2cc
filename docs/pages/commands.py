"""The pages of options and exit codes, from the parsers and the codes themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from pages.markdown import page, table
from publisher import commands
from publisher.exits import ExitCode
from release_tests import options as session_options
from release_tests.gates.catalogue import GATES

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest

_ABOUT_MARKERS = (
    "Beside pytest's own; also with `pytest --pyargs release_tests`. Each gate is a marker too: "
    + ", ".join(f"`{gate.name}`" for gate in GATES)
    + "."
)
_ABOUT_PYTEST_CODES = (
    "pytest's own: 0 when everything that ran passed, 1 when a gate failed, 2 when the run was "
    "interrupted, 3 for an internal error, 4 for usage (nothing to verify is a usage error), 5 "
    "when nothing was collected."
)
_ABOUT_ZERO = (
    "0 does not mean that every gate ran: `-k`, `-m`, `--deselect` and skips give 0 as well. What "
    "may be published is decided by the [evidence](evidence.md), not by this code: `python -m "
    "publisher check` answers with 0 or 1."
)


class Option(NamedTuple):
    """An option as it is documented."""

    flags: str
    help: str


class _Options:
    """Takes the options that the plugin declares, in the place of pytest's parser."""

    def __init__(self) -> None:
        self.found: list[Option] = []

    def getgroup(self, *_: str) -> _Options:
        return self

    def addoption(self, flag: str, **how: Any) -> None:
        self.found.append(Option(f"{flag} {how.get('metavar', '')}".rstrip(), how["help"]))


def plugin_options() -> list[Option]:
    """Return the options of the pytest plugin."""
    options = _Options()
    session_options.declare(cast("pytest.Parser", options))
    return options.found


def publisher_options(name: str) -> list[Option]:
    """Return the options of a command of ``python -m publisher``."""
    found = []
    for action in commands.parser(name)._actions:  # noqa: SLF001 - help differs between Pythons
        names = ", ".join(action.option_strings)
        found.append(Option(f"{names} {action.metavar or ''}".rstrip(), action.help or ""))
    return found


def options() -> str:
    """Return the page of options."""
    blocks = [
        "# Options",
        "## pytest release_tests",
        _ABOUT_MARKERS,
        _option_table(plugin_options()),
        *(block for name in commands.COMMANDS for block in _command(name)),
    ]
    return page("release_tests/options.py and publisher/commands", blocks)


def _command(name: str) -> tuple[str, str, str]:
    given = "" if name == commands.DEFAULT else f" {name}"
    about = commands.COMMANDS[name].about
    sentence = f"{about[0].upper()}{about[1:]}."
    return f"## python -m publisher{given}", sentence, _option_table(publisher_options(name))


def _option_table(options: Iterable[Option]) -> str:
    return table(["Option", "Meaning"], [(f"`{one.flags}`", one.help) for one in options])


def exit_codes() -> str:
    """Return the page of exit codes."""
    rows = [(str(code.value), code.meaning) for code in ExitCode]
    blocks = [
        "# Exit codes",
        "## python -m publisher",
        table(["Code", "Meaning"], rows),
        "## pytest release_tests",
        _ABOUT_PYTEST_CODES,
        _ABOUT_ZERO,
    ]
    return page("publisher/exits.py", blocks)
