"""The licence's files: does each stand where the metadata and the index expect it?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.archive import dist_info
from release_tests.archive.metadata import parse_metadata
from release_tests.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.archive.facts import ArtifactFacts


def check(wheel: ArtifactFacts) -> Iterator[Finding]:
    """Look for each License-File of the form; metadata older than 2.4 send none."""
    data = dist_info.content(wheel, "METADATA")
    if data is None:
        return
    present = {member.name for member in wheel.members}
    places = _places(wheel)
    below = f"{dist_info.looked_in(wheel)}/licenses"
    where = f"{dist_info.directory(wheel)}/METADATA, license-file"
    for path in parse_metadata(data).raw.get("license_files", ()):
        expected = f"{below}/{path}"
        if path and expected not in present:
            found = ", ".join(places.get(path.rpartition("/")[2], [])[:3]) or "no such file"
            message = f"the wheel does not hold {path} where the metadata place it"
            answer = not_at(path, wheel.file_name, expected)
            yield Finding("STR031", where, message, expected, found, answer=answer)


def not_at(path: str, file_name: str, place: str) -> str:
    """Return what PyPI says of a licence's file that is not where it looks for it."""
    return f"License-File {path} does not exist in distribution file {file_name} at {place}"


def _places(wheel: ArtifactFacts) -> dict[str, list[str]]:
    """Return where files lie, sorted, by their own names."""
    places: dict[str, list[str]] = {}
    for name in sorted({member.name for member in wheel.members}):
        places.setdefault(name.rpartition("/")[2], []).append(name)
    return places
