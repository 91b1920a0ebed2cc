"""Searching with the C library finds what the interpreter finds."""

from __future__ import annotations

import ctypes
import random
import sys

import pytest

from release_tests.archive import search

_CHANCE = random.Random(3)  # noqa: S311 - no secret
_LONG = _CHANCE.randbytes(100_000).replace(b"needle", b"")


@pytest.mark.parametrize("sign", [b"n", b"needle", b"nee\0dle", b"needle" * 50])
@pytest.mark.parametrize("at", [0, 1, 2047, 2048, 50_000, len(_LONG)])
def test_a_sign_is_found_wherever_it_stands(sign: bytes, at: int) -> None:
    """At the beginning, in the middle and at the end, in short and in long data."""
    assert search.holds(_LONG[:at] + sign + _LONG[at:], sign)
    assert search.holds(_LONG[:at] + sign, sign)


@pytest.mark.parametrize("length", [0, 10, 2048, 100_000])
def test_a_sign_that_is_missing_is_not_found(length: int) -> None:
    """Also where all but its last byte stands at the end."""
    assert not search.holds(_LONG[:length] + b"needl", b"needle")


def test_data_end_where_they_end() -> None:
    """A zero byte ends nothing, and nothing behind the data is looked at."""
    data = bytes(5000) + b"needle"
    assert search.holds(data, b"needle")
    assert not search.holds(data[:-1], b"needle")


def test_without_the_function(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the C library cannot say, the interpreter does."""
    monkeypatch.setattr(search, "_memmem", None)
    assert search.holds(_LONG + b"needle", b"needle")
    assert not search.holds(_LONG, b"needle")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems may lack it")
def test_linux_has_the_function() -> None:
    """On Linux it is the C library that is asked."""
    assert hasattr(ctypes.CDLL(None), "memmem")
