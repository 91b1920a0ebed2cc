"""Core metadata, parsed without an exception."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release_tests.archive.metadata import parse_metadata

_HEAD = b"Metadata-Version: 2.4\nName: demo\nVersion: 1.0\n"

INVALID: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "name"),
    "no name": (b"Metadata-Version: 2.4\nVersion: 1.0\n", "name"),
    "bad name": (b"Metadata-Version: 2.4\nName: -\nVersion: 1.0\n", "name"),
    "bad version": (b"Metadata-Version: 2.4\nName: a\nVersion: one\n", "version"),
    "version of metadata": (b"Metadata-Version: 9.9\nName: a\nVersion: 1\n", "metadata-version"),
    "requirement": (_HEAD + b"Requires-Dist: a b c\n", "requires-dist"),
    "python": (_HEAD + b"Requires-Python: three\n", "requires-python"),
    "licence": (_HEAD + b"License-Expression: My Own\n", "license-expression"),
    "licence file": (_HEAD + b"License-File: ../LICENSE\n", "license-file"),
    "content type": (_HEAD + b"Description-Content-Type: text/html\n", "content-type"),
    "dynamic": (_HEAD + b"Dynamic: Name\n", "dynamic"),
    "extra": (_HEAD + b"Provides-Extra: -\n", "provides-extra"),
}

HOSTILE: dict[str, bytes] = {
    "huge version": b"Metadata-Version: 2.4\nName: a\nVersion: " + b"9" * 5000,
    "huge requirement": _HEAD + b"Requires-Python: >=" + b"9" * 5000,
    "deep marker": _HEAD + b"Requires-Dist: x; " + b"(" * 9000,
    "deep licence": _HEAD + b"License-Expression: " + b"(" * 9000 + b"MIT",
    "deep requirement": _HEAD + b"Requires-Dist: " + b"(" * 9000,
    "multipart": _HEAD + b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\n--x--\n",
    "message": _HEAD + b"Content-Type: message/rfc822\n\nSubject: a\n\n",
    "encoded": _HEAD + b"Content-Transfer-Encoding: base64\n\n%%%\n",
    "surrogates": _HEAD + b"Summary: \xed\xa0\x80\n",
    "encoded words": _HEAD + b"Summary: =?utf-8?b?/w==?=\n",
}

_FIELDS = st.sampled_from(
    (
        b"Metadata-Version Name Version Requires-Dist Description-Content-Type License-Expression "
        b"Content-Type Project-URL Keywords Dynamic"
    ).split()
)
_VALUES = st.one_of(
    st.binary(max_size=20),
    st.text(max_size=20).map(str.encode),
    st.sampled_from([b"2.4", b"1.0", b"demo", b"multipart/mixed", b"=?utf-8?q?=ff?="]),
)


@pytest.mark.parametrize("name", INVALID)
def test_invalid_field(name: str) -> None:
    """A field that the specification does not allow is named."""
    data, field = INVALID[name]
    assert any(field in invalid.field for invalid in parse_metadata(data).invalid)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile(name: str) -> None:
    """What is made to break a parser comes back as metadata that is invalid or unparsed, or not."""
    metadata = parse_metadata(HOSTILE[name])
    assert metadata.name in ("demo", "a")
    assert (metadata.version is None) == (name == "huge version")


def test_good() -> None:
    """Name and version are normalized, and nothing is invalid."""
    metadata = parse_metadata(
        b"Metadata-Version: 2.1\nName: Zope.Demo\nVersion: 1.0.RC1\nRequires-Python: >=3.9\n"
    )
    assert (metadata.name, str(metadata.version)) == ("zope-demo", "1.0rc1")
    assert metadata.requires_python == ">=3.9"
    assert (metadata.invalid, metadata.unparsed) == ((), {})


def test_repeated_and_undecodable_fields_are_unparsed() -> None:
    """A field that stands twice, is unknown, or is not UTF-8 is kept apart."""
    data = _HEAD + b"Summary: a\nSummary: b\nColour: blue\nAuthor: \xff\n"
    assert set(parse_metadata(data).unparsed) == {"summary", "colour", "author"}


@given(st.lists(st.tuples(_FIELDS, _VALUES), max_size=6), st.binary(max_size=30))
def test_any_fields(fields: list[tuple[bytes, bytes]], body: bytes) -> None:
    """Whatever stands in the fields, nothing is raised."""
    data = b"\n".join(name + b": " + value for name, value in fields) + b"\n\n" + body
    metadata = parse_metadata(data)
    assert isinstance(metadata.name, str)
    assert metadata.version is None or metadata.version.release


def test_files_asked_about_in_turns_are_parsed_once() -> None:
    """Gates ask about one file after the other; a large one is remembered until the next."""
    files = [_HEAD + f"Summary: {at}\n".encode() for at in range(20)]
    first = [parse_metadata(data) for data in files]
    assert all(parse_metadata(data) is one for data, one in zip(files, first, strict=True))
    large = [_HEAD + b"\n" + bytes([letter]) * 100_000 for letter in b"ab"]
    begun = parse_metadata(large[0])
    assert parse_metadata(large[0]) is begun
    assert parse_metadata(large[1]) != begun
    assert parse_metadata(large[0]) is not begun
    assert parse_metadata(files[0]) is first[0]
