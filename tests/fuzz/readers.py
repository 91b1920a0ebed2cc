"""What the fuzzers call: each takes any bytes, and raises only where a reader breaks its word."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import TYPE_CHECKING

from release_tests.archive.entry_points import parse_entry_points
from release_tests.archive.metadata import parse_metadata
from release_tests.archive.record import parse_record
from release_tests.archive.secrets import secrets_in
from release_tests.archive.static_version import defines, stated_versions
from release_tests.archive.wheel_file import parse_wheel_file
from tests.fuzz import binaries, compiled, sdists
from tests.fuzz.shapes import shaped
from tests.fuzz.word import judged, require

if TYPE_CHECKING:
    from collections.abc import Callable

    from release_tests.archive.facts import ArtifactFacts

_FILE = "demo-1.0-py3-none-any.whl"


def archive_of(data: bytes) -> None:
    """Read a file of these bytes as a wheel, and put all gates to it."""
    facts, passed = judged(_FILE, data)
    if passed:
        _compare(facts, data)


def _compare(facts: ArtifactFacts, data: bytes) -> None:
    """Hold what passes the gate archive against what the standard library reads."""
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        require(opened.testzip() is None, "the standard library finds a member damaged")
        entries = opened.infolist()
        names = [entry.orig_filename for entry in entries]
        require(names == [member.name for member in facts.members], "other members")
        for entry, member in zip(entries, facts.members, strict=True):
            digest = hashlib.sha256(opened.read(entry)).hexdigest()
            require(member.is_dir or member.digests["sha256"] == digest, f"other {member.name}")


def records_of(data: bytes) -> None:
    """Read an archive whose records and fields are chosen by these bytes."""
    archive_of(shaped(data))


def _record(data: bytes) -> None:
    parsed = parse_record(data)
    lines = data.count(b"\n") + data.count(b"\r") + 1
    require(len(parsed.rows) <= lines, "more rows than lines")
    require(all(0 < row.line <= lines for row in parsed.rows), "a line that is not there")


def _metadata(data: bytes) -> None:
    found = parse_metadata(data)
    require(found.name == found.name.lower(), "the name is not normalized")
    require(found.version is None or bool(str(found.version)), "a version without letters")
    require(isinstance(found.requires_python, str), "no text")
    compiled.put_metadata(data)


def _wheel_file(data: bytes) -> None:
    found = parse_wheel_file(data)
    require(all(isinstance(tag, str) for tag in (*found.tags, *found.build)), "no text")


def _entry_points(data: bytes) -> None:
    found = parse_entry_points(data)
    require(not (found.points and found.problem), "points, and a problem")


def _static_version(data: bytes) -> None:
    for stem in ("__init__", "_version"):
        lines = data.count(b"\n") + data.count(b"\r") + 1
        stated = stated_versions(data, stem)
        require(all(0 < one.line <= lines for one in stated), "a line that is not there")
    defines(data, "main")


def _secrets(data: bytes) -> None:
    lines = data.count(b"\n") + 1
    for hit in secrets_in("demo/core.py", data):
        require(0 < hit.line <= lines, "a line that is not there")


READERS: dict[str, Callable[[bytes], None]] = {
    "zip": archive_of,
    "records": records_of,
    "record": _record,
    "metadata": _metadata,
    "wheel": _wheel_file,
    "entry_points": _entry_points,
    "static_version": _static_version,
    "secrets": _secrets,
    **sdists.READERS,
    **binaries.READERS,
}
