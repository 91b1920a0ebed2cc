"""Both libraries that inflate: the one that is installed here, and the standard one."""

from __future__ import annotations

import importlib.util
import os
import sys
import zlib
from pathlib import Path

import pytest

from release_tests import process
from release_tests.archive import codec
from tests.archive.zips import deflated

_ROOT = Path(__file__).resolve().parents[2]
_READING = ("test_reader.py", "test_damage.py", "test_limits.py", "test_secrets.py")
_NOT_AT_EVERY_BYTE = "not cut_off and not inserted and not every_byte_changed"
_DATA = b"words and more words\n" * 1000


def test_isal_is_taken_where_it_is_installed() -> None:
    """The faster library is taken whenever there is one."""
    expected = "isal" if importlib.util.find_spec("isal") else "zlib"
    assert expected == codec.LIBRARY


def test_crc_goes_on_where_it_stopped() -> None:
    """The CRC-32 of a whole is that of its parts, one after the other."""
    assert codec.crc32(_DATA[500:], codec.crc32(_DATA[:500], 0)) == zlib.crc32(_DATA)


@pytest.mark.parametrize("step", [1, 7, 1000, 1 << 20])
def test_inflating_in_steps(step: int) -> None:
    """However small the steps, the pieces make up the whole, and none is longer than asked."""
    stream = codec.inflater()
    left, found = deflated(_DATA) + b"tail", b""
    while not stream.eof:
        piece = stream.decompress(left, step)
        assert len(piece) <= step
        found += piece
        left = stream.unconsumed_tail
    assert found == _DATA
    assert stream.unused_data == b"tail"


def test_damaged_streams_raise_what_is_caught() -> None:
    """An error of the library is one of those that reading knows."""
    with pytest.raises(codec.CodecError):
        codec.inflater().decompress(b"\xff" * 9)


def test_reading_with_zlib() -> None:
    """All that holds of reading holds without isal."""
    command = [sys.executable, "-m", "pytest", "-p", "tests.archive.without_isal"]
    command += ["-p", "no:cacheprovider", "-k", _NOT_AT_EVERY_BYTE]
    command += [f"tests/archive/{name}" for name in _READING]
    quickly = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    found = process.run(command, env={**os.environ, **quickly}, cwd=_ROOT, deadline=300)
    assert "codec: zlib" in found.stdout
    assert " passed" in found.stdout
