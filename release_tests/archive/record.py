"""RECORD, parsed as the binary distribution format defines it; a pure function of its bytes."""

from __future__ import annotations

import binascii
import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from release_tests.archive.record_rows import RecordRow, plain_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

ALGORITHMS = {
    "sha256": 32,
    "sha384": 48,
    "sha512": 64,
    "sha3_256": 32,
    "sha3_512": 64,
    "blake2b": 64,
    "blake2s": 32,
}
"""Digests at least as strong as SHA-256, as the specification asks, with their size in bytes."""

_DIGEST = re.compile(r"[A-Za-z0-9_-]+\Z")
_SIZE = re.compile(r"[0-9]{1,19}\Z")
_COLUMNS = 3
BLANK = "the line is blank"


@dataclass(frozen=True, slots=True)
class RecordProblem:
    """A line of RECORD that does not say what it should."""

    line: int
    message: str
    found: str = ""


@dataclass(frozen=True, slots=True)
class RecordFile:
    """All of RECORD: the rows that could be read, and what is wrong with the others.

    ``unreadable`` is what even a lenient reader stumbles over, None where there is no such thing.
    """

    rows: tuple[RecordRow, ...]
    problems: tuple[RecordProblem, ...]
    unreadable: RecordProblem | None = None


def parse_record(data: bytes) -> RecordFile:
    """Parse RECORD; never raises, whatever the bytes."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        problem = RecordProblem(0, f"it is not UTF-8: {error}")
        return RecordFile((), (problem,), problem)
    if (plain := plain_rows(text)) is not None:
        return RecordFile(tuple(plain), ())
    return _line_by_line(text)


def _line_by_line(text: str) -> RecordFile:
    rows: list[RecordRow] = []
    problems: list[RecordProblem] = []
    for item in _lines(text):
        if isinstance(item, RecordProblem):
            problems.append(item)
            continue
        row, found = _row(*item)
        problems.extend(found)
        if row is not None:
            rows.append(row)
    return RecordFile(tuple(rows), tuple(problems), _unreadable(text))


def _unreadable(text: str) -> RecordProblem | None:
    """Return where it is no CSV even to the index, which takes what it can, or a line is blank."""
    reader = csv.reader(text.splitlines())
    try:
        blank = any(not columns for columns in reader)
    except csv.Error as error:
        return RecordProblem(reader.line_num, f"it is not CSV: {error}")
    return RecordProblem(reader.line_num, BLANK) if blank else None


def _lines(text: str) -> Iterator[tuple[int, list[str]] | RecordProblem]:
    # Not str.splitlines: it also ends lines at characters that may stand in a path.
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        try:
            columns = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield RecordProblem(reader.line_num, f"it is not CSV: {error}")
            return
        yield reader.line_num, columns


def _row(line: int, columns: list[str]) -> tuple[RecordRow | None, list[RecordProblem]]:
    if len(columns) != _COLUMNS:
        message = f"a line has {_COLUMNS} columns: path, digest, size"
        return None, [RecordProblem(line, message, ",".join(columns))]
    path, digest, size = columns
    algorithm, _, encoded = digest.partition("=")
    decoded = _hex(encoded)
    number = int(size) if _SIZE.match(size) else None
    fits = len(decoded) == 2 * ALGORITHMS.get(algorithm, 0)
    row = RecordRow(line, path, algorithm, decoded if fits else "", number)
    if decoded and fits and number is not None:
        return row, []
    return row, [*_digest_problems(line, digest, decoded), *_size_problems(line, size)]


def _digest_problems(line: int, digest: str, decoded: str) -> Iterator[RecordProblem]:
    if not digest:
        return
    algorithm, _, encoded = digest.partition("=")
    if algorithm not in ALGORITHMS:
        yield RecordProblem(line, "the digest must be SHA-256 or stronger", algorithm)
    elif len(decoded) != 2 * ALGORITHMS[algorithm]:
        message = f"the digest is no {algorithm} in URL-safe Base64 without padding"
        yield RecordProblem(line, message, encoded)


def _size_problems(line: int, size: str) -> Iterator[RecordProblem]:
    if size and not _SIZE.match(size):
        yield RecordProblem(line, "the size is no number", size)


def _hex(encoded: str) -> str:
    if not _DIGEST.match(encoded):
        return ""
    try:
        standard = encoded.replace("-", "+").replace("_", "/")
        return binascii.a2b_base64(standard + "=" * (-len(encoded) % 4)).hex()
    except ValueError:
        return ""
