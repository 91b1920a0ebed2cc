"""RECORD, parsed: every line a row or a problem, whatever the bytes."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release_tests.archive.record import ALGORITHMS, parse_record
from release_tests.archive.record_rows import RecordRow
from tests.forge import record_row, record_text

_ROW = record_row("demo.py", b"words")
_HEX = hashlib.sha256(b"words").hexdigest()

GOOD: dict[str, tuple[str, list[tuple[str, str, str, int | None]]]] = {
    "empty": ("", []),
    "digest and size": (record_text([_ROW]), [("demo.py", "sha256", _HEX, 5)]),
    "neither": ("demo.py,,\n", [("demo.py", "", "", None)]),
    "no newline at the end": ("a,,\nb,,", [("a", "", "", None), ("b", "", "", None)]),
    "windows": ("a,,\r\nb,,\r\n", [("a", "", "", None), ("b", "", "", None)]),
    "comma": ('"a,b",,\n', [("a,b", "", "", None)]),
    "quotes": ('"a""b",,\n', [('a"b', "", "", None)]),
    "newline in a name": ('"a\nb",,\n', [("a\nb", "", "", None)]),
    "letters": ("ä\U0001f600,,\n", [("ä\U0001f600", "", "", None)]),
    "separators of unicode": ("a\u2028b\x85c\x0bd,,\n", [("a\u2028b\x85c\x0bd", "", "", None)]),
    "all quoted": (
        ",".join(f'"{column}"' for column in _ROW) + "\n",
        [("demo.py", "sha256", _HEX, 5)],
    ),
}

BAD: dict[str, tuple[bytes, int, str]] = {
    "not utf-8": (b"a\xff,,\n", 0, "UTF-8"),
    "utf-16": ("a,,\n".encode("utf-16"), 0, "UTF-8"),
    "open quote": (b'"a,,\n', 1, "CSV"),
    "text after a quote": (b'"a"b,,\n', 1, "CSV"),
    "two columns": (b"a,\n", 1, "3 columns"),
    "four columns": (b"a,,,\n", 1, "3 columns"),
    "blank line": (b"a,,\n\nb,,\n", 2, "3 columns"),
    "md5": (b"a,md5=1B2M2Y8AsgTpgAmY7PhCfg,1\n", 1, "SHA-256 or stronger"),
    "sha1": (b"a,sha1=2jmj7l5rSw0yVb_vlWAYkK_YBwk,1\n", 1, "SHA-256 or stronger"),
    "no algorithm": (b"a,2jmj7l5rSw0yVb_vlWAYkK_YBwk,1\n", 1, "SHA-256 or stronger"),
    "hex": (f"a,sha256={_HEX},1\n".encode(), 1, "Base64"),
    "padded": (f"a,{_ROW[1]}=,1\n".encode(), 1, "Base64"),
    "too short": (b"a,sha256=AAAA,1\n", 1, "Base64"),
    "standard base64": (b"a,sha256=" + b"+" * 43 + b",1\n", 1, "Base64"),
    "size in words": (b"a,,many\n", 1, "no number"),
    "negative size": (b"a,,-1\n", 1, "no number"),
    "size in other digits": ("a,,\u0663\n".encode(), 1, "no number"),
    "size beyond all measure": (b"a,," + b"9" * 5000 + b"\n", 1, "no number"),
}


@pytest.mark.parametrize("name", GOOD)
def test_rows(name: str) -> None:
    """A line that is right becomes a row with its digest in hex, and no problem."""
    text, rows = GOOD[name]
    record = parse_record(text.encode())
    assert [(r.path, r.algorithm, r.digest, r.size) for r in record.rows] == rows
    assert record.problems == ()


@pytest.mark.parametrize("name", BAD)
def test_problems(name: str) -> None:
    """A line that is wrong becomes a problem that names it and says what is wrong."""
    data, line, words = BAD[name]
    (problem,) = parse_record(data).problems
    assert problem.line == line
    assert words in problem.message


def test_reading_goes_on_after_a_bad_line() -> None:
    """One bad line does not hide what the others say."""
    record = parse_record(b"a,,\nb\nc,,\n")
    assert record.rows == (RecordRow(1, "a", "", "", None), RecordRow(3, "c", "", "", None))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_algorithm_has_its_length(algorithm: str) -> None:
    """What is accepted can be computed here, and has the length that is asked for."""
    assert hashlib.new(algorithm).digest_size == ALGORITHMS[algorithm]


@given(st.binary(max_size=200) | st.text(',"\n\r\x85a0=', max_size=60).map(str.encode))
def test_any_bytes(data: bytes) -> None:
    """Whatever the bytes, nothing is raised, and no line gets lost in silence."""
    record = parse_record(data)
    assert bool(record.rows or record.problems) == bool(data)


# Python 3.11 writes a lone carriage return without quotes, and nobody can read that back.
_NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), min_size=1)


@given(st.lists(_NAMES))
def test_any_names(names: list[str]) -> None:
    """Any names that a CSV writer puts down come back as they were."""
    record = parse_record(record_text([(name, "", "") for name in names]).encode())
    assert [row.path for row in record.rows] == names


_ENCODED = ["", "sha256=" + "A" * 43, "sha256=" + "-_9" * 14 + "x", _ROW[1], _ROW[1][:-1], "md5=A"]
_LINES = st.tuples(
    st.text("ab/. \x00\x0b\x85\u2028\u00e4\ufeff", max_size=4)
    | st.text('a,". ', max_size=3).map(lambda path: f'"{path.replace(chr(34), chr(34) * 2)}"'),
    st.sampled_from(_ENCODED),
    st.sampled_from(["", "0", "5", "007", "1" * 19, "1" * 20, "x"]),
    st.sampled_from(["\n", "\r\n", "\n\n", "\r"]),
)


@given(st.lists(_LINES, min_size=1, max_size=4), st.sampled_from(["", "\n"]))
def test_lines_say_the_same_together_and_one_by_one(
    lines: list[tuple[str, str, str, str]],
    last: str,
) -> None:
    """Rows and problems do not depend on a further line that has to be read by itself."""
    text = "".join(f"{path},{digest},{size}{end}" for path, digest, size, end in lines)
    text = text.rstrip("\r\n") + last
    alone = parse_record(text.encode())
    among = parse_record(f'{text.removesuffix(last)}\n"q""",,\n'.encode())
    assert alone.rows == among.rows[:-1]
    assert alone.problems == among.problems
    assert alone.unreadable == among.unreadable
