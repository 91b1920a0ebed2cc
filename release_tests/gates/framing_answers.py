"""What PyPI says of a ZIP archive that it does not accept: words of its own for each deviation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.archive.facts import FaultKind

if TYPE_CHECKING:
    from release_tests.archive.facts import Fault

ACCEPTED_NOT = "Invalid distribution file. ZIP archive not accepted: "
_UNLISTED = "Filename not in central directory"
_WORDS = (
    (FaultKind.ORPHAN, "(local header", _UNLISTED),
    (FaultKind.ORPHAN, "(central header", "Missing filename in local headers"),
    (FaultKind.DUPLICATE, "(local header", "Duplicate filename in local headers"),
    (FaultKind.DUPLICATE, "(central header", "Duplicate filename in central directory"),
    (FaultKind.HEADER_SIZES, "another compressed size", "Mis-matched data size"),
    (FaultKind.HEADER_SIZES, "another size", "Mis-matched file size"),
    (FaultKind.NAME_BYTES, "bit 11", _UNLISTED),
    (FaultKind.NAME_BYTES, "not UTF-8", "Filename not unicode"),
    (FaultKind.CENTRAL_DIRECTORY, "counts other entries", "Mismatched central directory records"),
    (FaultKind.CENTRAL_DIRECTORY, "does not end where", "Mismatched central directory offset"),
    (FaultKind.END64, "has another size", "ZIP64 extensible data not allowed"),
)
"""Kinds of faults, what stands in their place or message, and the index's own words."""


def framing_answer(fault: Fault) -> str:
    """Return what the index answers to the fault; empty where the rule has its only answer."""
    said = f"{fault.where} {fault.message}"
    words = (answer for kind, sign, answer in _WORDS if kind is fault.kind and sign in said)
    found = next(words, "")
    return ACCEPTED_NOT + found if found else ""
