"""What PyPI says of a ZIP archive that it does not accept: words of its own for each deviation."""

from __future__ import annotations

from release_tests.archive.facts import FaultKind

_INVALID = "Invalid distribution file."
_UNLISTED = "Filename not in central directory"
_WORDS = {
    FaultKind.UNLISTED: _UNLISTED,
    FaultKind.UNREACHED: "Missing filename in local headers",
    FaultKind.DUPLICATE_RECORD: "Duplicate filename in local headers",
    FaultKind.DUPLICATE_ENTRY: "Duplicate filename in central directory",
    FaultKind.HEADER_COMPRESSED_SIZE: "Mis-matched data size",
    FaultKind.HEADER_SIZE: "Mis-matched file size",
    FaultKind.NAME_UNMARKED: _UNLISTED,
    FaultKind.NAME_ENCODING: "Filename not unicode",
    FaultKind.SECOND_NAME_ENCODING: "Filename not valid UTF-8",
    FaultKind.DIRECTORY_COUNT: "Mismatched central directory records",
    FaultKind.DIRECTORY_OFFSET: "Mismatched central directory offset",
    FaultKind.END64_SIZE: "ZIP64 extensible data not allowed",
    FaultKind.END64_PLACE: "Unknown record signature",
}
NOT_OPENED = {
    FaultKind.DIRECTORY_ASTRAY: f"{_INVALID} None",
}
"""What it says where Python's zipfile does not take the file, before it looks at anything else."""

ANSWERS = {
    **{kind: f"{_INVALID} ZIP archive not accepted: {words}" for kind, words in _WORDS.items()},
    **NOT_OPENED,
}
"""The index's own words by the kind of fault; of any other kind the rule has its only answer."""
