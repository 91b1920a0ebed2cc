"""entry_points.txt, parsed as the entry points specification defines it."""

from __future__ import annotations

import configparser
import re
from dataclasses import dataclass

from release_tests.archive import excess

_REFERENCE = re.compile(  # possessive: a long value costs no more than its length
    r"(?P<module>[\w.]++)\s*+(?::\s*+(?P<attribute>[\w.]++)\s*+)?(?:\[(?P<extras>[^\]]*+)\])?\Z"
)
SCRIPT_GROUPS = ("console_scripts", "gui_scripts")


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """One entry point; ``module`` is empty where the value is no object reference."""

    group: str
    name: str
    value: str
    module: str
    attribute: str

    @property
    def is_script(self) -> bool:
        """Whether installers make a command of it."""
        return self.group in SCRIPT_GROUPS


@dataclass(frozen=True, slots=True)
class EntryPoints:
    """All entry points, or the reason why the file cannot be parsed.

    ``beyond`` says why nothing was parsed, empty if it was.
    """

    points: tuple[EntryPoint, ...]
    problem: str = ""
    beyond: str = ""


class _Parser(configparser.ConfigParser):
    def optionxform(self, optionstr: str) -> str:
        """Keep names as written: entry points are case-sensitive."""
        return optionstr


def parse_entry_points(data: bytes) -> EntryPoints:
    """Parse entry_points.txt; never raises."""
    if reason := excess.of_file(data):
        return EntryPoints((), beyond=reason)
    parser = _Parser(delimiters=("=",), interpolation=None, strict=True, default_section="")
    try:
        parser.read_string(data.decode("utf-8"))
    except (UnicodeDecodeError, configparser.Error) as error:
        return EntryPoints((), " ".join(str(error).split()))
    return EntryPoints(
        tuple(
            _point(group, name, value or "")
            for group in parser.sections()
            for name, value in parser.items(group)
        )
    )


def _point(group: str, name: str, value: str) -> EntryPoint:
    match = _REFERENCE.match(value.strip())
    if match is None or not _importable(match["module"]) or not _importable(match["attribute"]):
        return EntryPoint(group, name, value, "", "")
    return EntryPoint(group, name, value, match["module"], match["attribute"] or "")


def _importable(dotted: str | None) -> bool:
    return dotted is None or all(part.isidentifier() for part in dotted.split("."))
