"""What is too much to be parsed: said of the bytes before any time is spent on them."""

from __future__ import annotations

import re

from release_tests.archive import limits

_HEAD_ENDS = re.compile(rb"(?>\r\n|\r|\n)(?>\r\n|\r|\n)")
_FIELD_NAME = re.compile(rb"^([^\s:]+)[ \t]*:", re.MULTILINE)


def lines_of(data: bytes) -> int:
    """Count the ends of lines, however they are written."""
    return data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")


def of_file(data: bytes) -> str:
    """Return why a file of lines is not parsed; empty if it is."""
    return _of_size(data) or _of_lines(data, "lines")


def of_headers(data: bytes) -> str:
    """Return why a file of header fields and a body is not parsed; empty if it is."""
    if reason := _of_size(data):
        return reason
    end = _HEAD_ENDS.search(data)
    head = data if end is None else data[: end.start()]
    return _of_lines(head, "lines of header fields") or _of_names(head)


def of_record(data: bytes, members: int) -> str:
    """Return why RECORD is not parsed in an archive of so many *members*; empty if it is."""
    most = record_lines(members)
    found = lines_of(data)
    return "" if found <= most else f"it has {found} lines, and is parsed up to {most}"


def record_lines(members: int) -> int:
    """Return how many lines RECORD may have in an archive of so many *members*."""
    return 2 * members + limits.RECORD_LINES


def _of_size(data: bytes) -> str:
    if len(data) <= limits.PARSED:
        return ""
    most = limits.PARSED // limits.KIB
    return f"it has {len(data)} bytes, and is parsed up to {most} KiB"


def _of_lines(data: bytes, what: str) -> str:
    found = lines_of(data)
    if found <= limits.LINES:
        return ""
    return f"it has {found} {what}, and is parsed up to {limits.LINES}"


def _of_names(head: bytes) -> str:
    found = len({name.lower() for name in _FIELD_NAME.findall(head)})
    if found <= limits.FIELD_NAMES:
        return ""
    return f"it has fields of {found} names, and is parsed up to {limits.FIELD_NAMES}"
