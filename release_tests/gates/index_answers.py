"""What PyPI says of a file of dist-info that is not where it looks for it, for several gates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.archive import dist_info

if TYPE_CHECKING:
    from release_tests.archive.facts import ArtifactFacts

NO_REASON = "(a server error, without a reason)"
UNPARTED = "Invalid distribution file. Unable to parse name and version from wheel filename"
_PARTS = 3


def no_wheel_file(wheel: ArtifactFacts) -> str:
    """Return what it says when there is no WHEEL there."""
    if unparted(wheel):
        return UNPARTED
    return f"Invalid distribution file. WHEEL not found at {dist_info.looked_in(wheel)}/WHEEL"


def unparted(wheel: ArtifactFacts) -> bool:
    """Whether the file name does not even have the parts that say where WHEEL is."""
    return wheel.file_name.count("-") < _PARTS - 1


def no_file(wheel: ArtifactFacts, name: str) -> str:
    """Return what it says when another file, METADATA or RECORD, is not there."""
    place = f"{dist_info.looked_in(wheel)}/{name}"
    return f"Wheel '{wheel.file_name}' does not contain the required {name} file: {place}"


def bad_entry_points(wheel: ArtifactFacts) -> str:
    """Return what it says of an entry_points.txt that it cannot take."""
    return f"Wheel '{wheel.file_name}' has an invalid entry_points.txt"
