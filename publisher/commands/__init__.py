"""What can be asked of the publisher: each command is a module with its options and its work."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NamedTuple

from publisher.commands import check, publish, rehearse, status
from publisher.exits import ExitCode
from release_tests import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from publisher.desk import Desk


class Command(NamedTuple):
    """A command: what it does in a few words, its options, and its work."""

    about: str
    add_options: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Desk], int]


COMMANDS = {
    "publish": Command(publish.ABOUT, publish.add_options, publish.run),
    "check": Command(check.ABOUT, check.add_options, check.run),
    "status": Command(status.ABOUT, status.add_options, status.run),
    "rehearse": Command(rehearse.ABOUT, rehearse.add_options, rehearse.run),
}
DEFAULT = "publish"


def split(arguments: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Return the name of the command, which stands first or is left out, and what follows it."""
    if arguments and arguments[0] in COMMANDS:
        return arguments[0], arguments[1:]
    return DEFAULT, arguments


def parser(name: str) -> argparse.ArgumentParser:
    """Return the parser of what follows the command *name*."""
    given = "" if name == DEFAULT else f" {name}"
    listed = "".join(f"  {it:10}{command.about}\n" for it, command in COMMANDS.items())
    codes = "".join(f"  {code.value:<4}{code.meaning}\n" for code in ExitCode)
    it = argparse.ArgumentParser(
        prog=f"python -m publisher{given}",
        description=COMMANDS[name].about,
        epilog=f"commands, the first word:\n{listed}\nexit codes:\n{codes}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    COMMANDS[name].add_options(it)
    it.add_argument("--version", action="version", version=f"release-gates {__version__}")
    return it
