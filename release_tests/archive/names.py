"""File names of wheels, taken apart by the packaging library's own parser."""

from __future__ import annotations

from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from release_tests.archive.facts import BadName, WheelName


def parse_wheel_name(file_name: str) -> WheelName | BadName:
    """Take the name of a wheel apart; a name that is no wheel's comes back with the reason."""
    if not file_name.endswith(".whl"):
        return BadName("it does not end with `.whl`")
    try:
        name, version, build, tags = parse_wheel_filename(file_name)
    except InvalidWheelFilename as error:
        return BadName(str(error))
    raw_name, raw_version = file_name.split("-")[:2]
    return WheelName(
        raw_name=raw_name,
        raw_version=raw_version,
        name=name,
        version=version,
        build="".join(map(str, build)),
        tags=frozenset(tags),
    )
