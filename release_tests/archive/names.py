"""File names of wheels, taken apart by the packaging library's own parser."""

from __future__ import annotations

from packaging.utils import parse_wheel_filename
from packaging.version import Version

from release_tests.archive.facts import BadName, WheelName


def parse_wheel_name(file_name: str) -> WheelName | BadName:
    """Take the name of a wheel apart; a name that is no wheel's comes back with the reason."""
    if not file_name.endswith(".whl"):
        return BadName("it does not end with `.whl`")
    try:
        name, version, build, tags = parse_wheel_filename(file_name)
    except ValueError as error:  # InvalidWheelFilename, or a number beyond all measure
        return BadName(str(error))
    raw_name, raw_version, *rest = file_name.split("-")
    return WheelName(
        raw_name=raw_name,
        raw_version=raw_version,
        name=name,
        version=version,
        build=rest[0] if build else "",
        tags=frozenset(tags),
    )


def parse_version(text: str) -> Version | None:
    """Return the version, None if it is not PEP 440; never raises."""
    try:
        return Version(text)
    except ValueError:  # InvalidVersion, or a number with more digits than Python converts
        return None
