"""The gate ``staged``: whether the staging index serves exactly this artifact, and says so."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from release_tests.archive import dist_info
from release_tests.archive.facts import BadName
from release_tests.findings import Finding
from release_tests.gates.identity import metadata_of
from release_tests.index.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.index.page import IndexFile
    from release_tests.index.served import Served

_SAME = "the bytes that were verified"


def check(served: Served | None, wheel: ArtifactFacts) -> list[Finding]:
    """Compare what the index lists and serves with the artifact.

    *served* is None where it could not even be asked for (see ``askable``).
    """
    if served is None:
        message = f"there is nothing to look for: {askable(wheel)}"
        return [Finding("STAG000", wheel.file_name, message)]
    return [*_standing(served, wheel), *_listed(served, wheel), *_metadata(served, wheel)]


def askable(wheel: ArtifactFacts) -> str:
    """Return why an index cannot be asked for the artifact; empty if it can."""
    if isinstance(wheel.name, BadName):
        return f"its file name names no project: {wheel.name.reason}"
    return "" if wheel.sha256 else "the file could not be read (see the gate archive)"


def details(served: Served) -> dict[str, object]:
    """Return what was seen as plain JSON data, for the evidence."""
    found, file = served.found, served.file
    return {
        "index": served.index,
        "waited": round(served.waited, 1),
        "standing": (found.standing if found else Standing.UNKNOWN).value,
        "announced": (file.sha256 or "no SHA-256") if file else "",
        "served": found.sha256 if found and served.path else served.other or served.gone,
        "requires-python": (file.requires_python or "") if file else "",
        "yanked": file.yanked if file else False,
        "metadata": _metadata_in_a_word(served),
        "silence": served.silence,
    }


def _metadata_in_a_word(served: Served) -> str:
    if served.metadata is not None:
        return f"sha256:{hashlib.sha256(served.metadata).hexdigest()}"
    return served.other_metadata or "none served"


def _standing(served: Served, wheel: ArtifactFacts) -> Iterator[Finding]:
    """Yield why the artifact's bytes did not come, if they did not."""
    where, found = served.index, served.found
    if served.silence:
        message = f"the index did not answer to the end, asked for {served.waited:.0f} s"
        yield Finding("STAG000", where, message, "a page and the file", served.silence)
    elif found is None or found.standing is Standing.ABSENT or served.gone:
        message = f"the file is not there, asked for {served.waited:.0f} s"
        yield Finding("STAG001", where, message, wheel.file_name, served.gone or "nothing")
    elif found.standing is Standing.DIFFERENT:
        message = "the index has other bytes under the name of the file"
        yield Finding("STAG002", where, message, wheel.sha256, found.sha256 or "")
    elif found.standing is Standing.RENAMED and found.file is not None:
        message = "the index has these bytes under another name"
        yield Finding("STAG004", where, message, wheel.file_name, found.file.name)
    elif served.other:
        message = "the index announces these bytes, and serves others"
        yield Finding("STAG003", where, message, _SAME, served.other)


def _listed(served: Served, wheel: ArtifactFacts) -> Iterator[Finding]:
    """Yield what the page says of the file that is not so."""
    file = served.file
    if file is None or file.name != wheel.file_name:
        return
    where = f"{served.index}, {file.name}"
    if file.size not in (None, wheel.size):
        message = "the index announces another size than the file has"
        yield Finding("STAG002", where, message, f"{wheel.size} bytes", f"{file.size} bytes")
    yield from _requires_python(file, wheel, where)
    if file.yanked:
        message = "the file is yanked there"
        yield Finding("STAG007", where, message, "not yanked", file.yanked_because or "no reason")
    if file.sha256 is None:
        message = "the index announces no SHA-256 of the file"
        yield Finding("STAG008", where, message, wheel.sha256, "none")


def _requires_python(file: IndexFile, wheel: ArtifactFacts, where: str) -> Iterator[Finding]:
    stated = str(metadata_of(wheel).raw.get("requires_python", ""))
    served = file.requires_python
    if served is None and stated:
        message = "the index's page does not say for which Pythons the file is"
        yield Finding("STAG009", where, message, stated, "nothing")
    elif not _same_specifiers(stated, served or ""):
        message = "Requires-Python is another on the index's page than in the file"
        yield Finding("STAG006", where, message, stated or "none", served or "none")


def _same_specifiers(one: str, other: str) -> bool:
    """Say whether two specifiers mean the same, however they are spelled."""
    try:
        return SpecifierSet(one) == SpecifierSet(other)
    except InvalidSpecifier:
        return one.strip() == other.strip()


def _metadata(served: Served, wheel: ArtifactFacts) -> Iterator[Finding]:
    where = f"{served.index}, {wheel.file_name}.metadata"
    own = dist_info.content(wheel, "METADATA")
    if served.other_metadata:
        message = "the metadata that the page announces are not served"
        yield Finding("STAG005", where, message, "the file's own", served.other_metadata)
    elif served.metadata is not None and served.metadata != own:
        message = "the metadata that the index serves are not the file's"
        yield Finding("STAG005", where, message, _shown(own), _shown(served.metadata))


def _shown(metadata: bytes | None) -> str:
    if metadata is None:
        return "the file has none"
    return f"{len(metadata)} bytes, sha256 {hashlib.sha256(metadata).hexdigest()}"
