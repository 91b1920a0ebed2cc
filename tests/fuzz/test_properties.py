"""Any bytes, and bytes that begin like the real thing: facts, no exception, in bounded time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.readers import READERS
from tests.fuzz.seeds import seeds

if TYPE_CHECKING:
    from collections.abc import Callable

_LONG = 1 << 18
_SEEDS = {reader: list(seeds(reader)) for reader in READERS}
_EXAMPLES = settings(deadline=None, database=None, max_examples=60)


@st.composite
def _spoiled(draw: st.DrawFn, whole: list[bytes]) -> bytes:
    """Take a seed, and change, repeat or drop a piece of it."""
    data = draw(st.sampled_from(whole))
    start = draw(st.integers(0, len(data)))
    end = draw(st.integers(start, min(len(data), start + 64)))
    piece = draw(st.one_of(st.binary(max_size=16), st.just(data[start:end] * 2)))
    return data[:start] + piece + data[end:]


@pytest.mark.parametrize("reader", READERS)
def test_seeds(reader: str) -> None:
    """What fuzzing begins with is read, all of it."""
    assert _SEEDS[reader]
    for seed in _SEEDS[reader]:
        READERS[reader](seed)


@pytest.mark.parametrize("reader", READERS)
def test_any_bytes(reader: str) -> None:
    """Any bytes give facts that keep the reader's word."""
    _put(reader, st.binary(max_size=400))


@pytest.mark.parametrize("reader", READERS)
def test_spoiled_seeds(reader: str) -> None:
    """So do the real thing's bytes with a piece changed."""
    _put(reader, _spoiled(_SEEDS[reader]))


def _put(reader: str, inputs: st.SearchStrategy[bytes]) -> None:
    taken: list[int] = []

    @_EXAMPLES
    @given(inputs)
    def read(data: bytes) -> None:
        READERS[reader](data)
        taken.append(len(data))

    read()
    assert taken


REPEATED: dict[str, tuple[str, Callable[[int], bytes]]] = {
    "RECORD of commas": ("record", lambda size: b"," * size),
    "RECORD of quotes": ("record", lambda size: b'"' * size),
    "RECORD of lines": ("record", lambda size: b"\n" * size),
    "RECORD of padding": ("record", lambda size: b"a,sha256=" + b"A" * size + b",1\n"),
    "METADATA of fields": ("metadata", lambda size: b"Classifier: a\n" * (size // 14)),
    "METADATA of brackets": (
        "metadata",
        lambda size: (
            b"Metadata-Version: 2.1\nName: a\nVersion: 1\nRequires-Dist: a; " + b"(" * size
        ),
    ),
    "METADATA of a version": ("metadata", lambda size: b"Version: 1" + b".0" * (size // 2) + b"x"),
    "METADATA of digits": ("metadata", lambda size: b"Version: " + b"1" * size),
    "METADATA of a folded field": (
        "metadata",
        lambda size: b"Summary: a\n" + b" b\n" * (size // 3),
    ),
    "METADATA of a name": ("metadata", lambda size: b"Name: " + b"-." * (size // 2)),
    "METADATA of emails": ("metadata", lambda size: b"Author-Email: " + b"a@b," * (size // 4)),
    "METADATA of a licence": (
        "metadata",
        lambda size: (
            b"Metadata-Version: 2.4\nName: a\nVersion: 1\nLicense-Expression: "
            + b"(MIT OR " * (size // 8)
        ),
    ),
    "WHEEL of tags": ("wheel", lambda size: b"Tag: a\n" * (size // 7)),
    "WHEEL of folds": ("wheel", lambda size: b"Tag: a\n" + b" \n" * (size // 2)),
    "entry points of sections": ("entry_points", lambda size: b"[a]\n" * (size // 4)),
    "entry points of brackets": ("entry_points", lambda size: b"[" * size),
    "entry points of dots": ("entry_points", lambda size: b"[a]\nb=" + b"c." * (size // 2) + b"!"),
    "entry points of spaces": ("entry_points", lambda size: b"[a]\nb=c" + b" " * size + b"!"),
    "entry points of folds": ("entry_points", lambda size: b"[a]\nb=c\n" + b"  d\n" * (size // 4)),
    "code of brackets": ("static_version", lambda size: b"(" * size),
    "code of signs": ("static_version", lambda size: b"x = " + b"-" * size + b"1"),
    "code of attributes": ("static_version", lambda size: b"x" + b".x" * (size // 2)),
    "code of sums": ("static_version", lambda size: b"x = 1" + b"+1" * (size // 2)),
    "code of digits": ("static_version", lambda size: b"x = " + b"1" * size),
    "code of names": ("static_version", lambda size: b"x=" * (size // 2) + b"1"),
    "headers of keys": ("secrets", lambda size: b"-----BEGIN PRIVATE KEY-----" * (size // 27)),
    "a key of breaks": ("secrets", lambda size: b"-----BEGIN PRIVATE KEY-----" + b"\n" * size),
    "a key of letters": ("secrets", lambda size: b"-----BEGIN " + b"A " * (size // 2)),
    "ids of keys": ("secrets", lambda size: (b"AKIA" + b"A" * 16 + b" ") * (size // 21)),
    "beginnings of tokens": ("secrets", lambda size: b"ghp_" * (size // 4)),
    "a token without end": ("secrets", lambda size: b"pypi-Ag" + b"-" * size),
    "an archive of marks": ("zip", lambda size: b"PK\5\6" * (size // 4)),
    "an archive of locators": ("zip", lambda size: b"PK\6\7" * (size // 4) + b"PK\5\6" + bytes(18)),
    "an archive of nulls": ("zip", bytes),
}


@pytest.mark.parametrize("name", REPEATED)
def test_time_is_bounded(name: str) -> None:
    """A quarter of a megabyte of one thing takes no longer than a few seconds."""
    reader, make = REPEATED[name]
    started = time.process_time()
    READERS[reader](make(_LONG))
    assert time.process_time() - started < 5.0
