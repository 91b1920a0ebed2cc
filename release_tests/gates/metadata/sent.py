"""Is what the uploader sends the METADATA of this wheel, and can everybody read it?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.archive.facts import ArtifactFacts, ArtifactKind, BadName
from release_tests.archive.upload_form import candidates, is_taken, safe_name
from release_tests.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.archive.facts import SdistName, WheelName
    from release_tests.archive.metadata import CoreMetadata


def check(own: str, wheel: ArtifactFacts, data: bytes, metadata: CoreMetadata) -> Iterator[Finding]:
    """Judge the bytes of METADATA, and the way by which an uploader comes to them."""
    if wheel.kind is ArtifactKind.WHEEL:
        yield from _other(own, wheel)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        yield Finding("META028", own, f"it is not UTF-8: {error}")
    if not isinstance(wheel.name, BadName) and metadata.name != wheel.name.name:
        yield _other_name(own, wheel.name, metadata)


def _other_name(own: str, name: WheelName | SdistName, metadata: CoreMetadata) -> Finding:
    message = "the name is not the file name's"
    sent = safe_name(metadata.raw.get("name", ""))
    answer = f"Start filename for {sent!r} with {metadata.name.replace('-', '_')!r}."
    return Finding("META006", f"{own}, Name", message, name.name, metadata.name, answer=answer)


def _other(own: str, wheel: ArtifactFacts) -> Iterator[Finding]:
    """Yield a finding where twine takes another member for the metadata.

    A candidate whose bytes are not known is not cleared: what is sent cannot be foretold.
    """
    files = [member.name for member in wheel.members if not member.is_dir]
    for name in candidates(files):
        if name == own:
            return
        data = wheel.contents.get(name)
        if data is None or is_taken(data):
            message = "twine reads this member and sends what it says, not what METADATA says"
            yield Finding("META008", name, message, own, name)
            return
