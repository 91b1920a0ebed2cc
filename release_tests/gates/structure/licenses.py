"""The licence's files: does each stand where the metadata and the index expect it?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.archive import dist_info
from release_tests.archive.facts import BadName
from release_tests.archive.metadata import parse_metadata
from release_tests.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.archive.facts import WheelFacts


def check(wheel: WheelFacts) -> Iterator[Finding]:
    """Look for each License-File of the form; metadata older than 2.4 send none."""
    data = dist_info.content(wheel, "METADATA")
    if data is None:
        return
    present = {member.name for member in wheel.members}
    for path in parse_metadata(data).raw.get("license_files", ()):
        expected = f"{_directory(wheel)}/licenses/{path}"
        if path and expected not in present:
            found = ", ".join(sorted(_elsewhere(present, path))[:3]) or "no such file"
            where = f"{dist_info.directory(wheel)}/METADATA, license-file"
            message = f"the wheel does not hold {path} where the metadata place it"
            yield Finding("STR031", where, message, expected, found)


def _directory(wheel: WheelFacts) -> str | None:
    """Return the directory that the index looks in: it trusts the file name."""
    if isinstance(wheel.name, BadName):
        return dist_info.directory(wheel)
    return f"{wheel.name.raw_name}-{wheel.name.raw_version}{dist_info.SUFFIX}"


def _elsewhere(present: set[str], path: str) -> Iterator[str]:
    name = path.rpartition("/")[2]
    return (member for member in present if member.rpartition("/")[2] == name)
