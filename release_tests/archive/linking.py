"""Libraries that say to Windows's linker where functions are imported from, and hold no code."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAGIC = b"!<arch>\n"
_HEADER, _SIZE, _END = 60, slice(48, 58), b"`\n"
_LISTS = ("/", "//", "/<ECSYMBOLS>/", "/<HYBRIDMAP>/")
"""Members that say where the others are, and what they are called."""

_SHORT = b"\0\0\xff\xff\0\0"
"""How a short import begins: no machine, a signature, version 0 (Microsoft's PE format, "Import
Library Format")."""

_COFF = struct.Struct("<2H3I2H")
_SECTION = struct.Struct("<8s6I2HI")
_CODE = 0x20000020
"""Sections that are flagged as code, or as executable."""


def is_import_library(data: bytes) -> bool:
    """Whether *data* is a whole import library: short imports, and objects without code beside."""
    imports = 0
    for body in _members(data):
        if body is None:
            return False
        imports += body.startswith(_SHORT)
        if not body.startswith(_SHORT) and not _is_without_code(body):
            return False
    return imports > 0


def _members(data: bytes) -> Iterator[bytes | None]:
    """Yield what the archive holds but for its lists; None at the end where it is none."""
    if not data.startswith(_MAGIC):
        yield None
        return
    at = len(_MAGIC)
    while at < len(data):
        header, at = data[at : at + _HEADER], at + _HEADER
        digits = header[_SIZE].rstrip()
        if header[-2:] != _END or not digits.isdigit() or at + int(digits) > len(data):
            yield None
            return
        body = data[at : at + int(digits)]
        at += len(body) + len(body) % 2
        if header[:16].rstrip().decode("latin-1") not in _LISTS:
            yield body


def _is_without_code(body: bytes) -> bool:
    """Whether it is an object file that has sections, and none of code."""
    if len(body) < _COFF.size:
        return False
    _, count, _, _, _, optional, _ = _COFF.unpack_from(body)
    at = _COFF.size + optional
    if not count or at + count * _SECTION.size > len(body):
        return False
    rows = _SECTION.iter_unpack(body[at : at + count * _SECTION.size])
    return not any(flags & _CODE for *_, flags in rows)
