"""Damaged, truncated and forged ELF files: damage with its place, no exception, no waiting."""

from __future__ import annotations

import struct
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from release_tests.binary import limits
from tests.binary.toolchain import COMPILER, SHARED, built, image, in_pieces, read, scanned

pytestmark = COMPILER
SMALL = (*SHARED, "-nostdlib", "-Wl,-z,max-page-size=4096", "-s")
SOURCE = "extern int PyOther(void);\nint PyInit_a(void) { return PyOther(); }\n"


def _small() -> bytes:
    return built(*SMALL, source=SOURCE)


def test_cut_off_anywhere() -> None:
    """Wherever a file ends, it is damaged unless all that is loaded is still there."""
    whole = _small()
    for size in range(len(whole)):
        found = scanned(whole[:size])
        assert found.damage
        assert 0 <= found.offset <= size


@settings(deadline=None, database=None, max_examples=300)
@given(st.data())
def test_any_bytes_changed(draws: st.DataObject) -> None:
    """Whatever some bytes are changed to, facts come back."""
    data = bytearray(_small() if draws.draw(st.booleans()) else built(*SHARED, "-g"))
    for _ in range(draws.draw(st.integers(1, 4))):
        end = draws.draw(st.sampled_from([64, 1024, len(data)]))
        at = draws.draw(st.integers(0, min(end, len(data)) - 1))
        piece = draws.draw(st.one_of(st.binary(min_size=1, max_size=8), st.just(b"\xff" * 8)))
        data[at : at + len(piece)] = piece[: len(data) - at]
    found = scanned(bytes(data))
    assert 0 <= found.offset <= len(data)


def _with(data: bytes, changes: dict[int, bytes]) -> bytes:
    changed = bytearray(data)
    for at, piece in changes.items():
        changed[at : at + len(piece)] = piece
    return bytes(changed)


def _tag(data: bytes, tag: int) -> int:
    """Return where the value of a dynamic entry stands."""
    (headers,) = struct.unpack_from("<Q", data, 32)
    (count,) = struct.unpack_from("<H", data, 56)
    for at in range(headers, headers + 56 * count, 56):
        kind, _, offset, _, _, size = struct.unpack_from("<IIQQQQ", data, at)
        if kind == 2:
            for entry in range(offset, offset + size, 16):
                if struct.unpack_from("<q", data, entry)[0] == tag:
                    return entry + 8
    raise AssertionError(tag)


HUGE = struct.pack("<Q", (1 << 64) - 1)
FORGED = {
    "a class that is not": lambda data: _with(data, {4: b"\x07"}),
    "65534 segments": lambda data: _with(data, {56: b"\xfe\xff"}),
    "segments far away": lambda data: _with(data, {32: HUGE}),
    "segments of no size": lambda data: _with(data, {54: b"\0\0"}),
    "sections far away": lambda data: _with(data, {40: HUGE}),
    "strings far away": lambda data: _with(data, {_tag(data, 5): HUGE}),
    "a huge table of strings": lambda data: _with(data, {_tag(data, 10): HUGE}),
    "symbols far away": lambda data: _with(data, {_tag(data, 6): HUGE}),
    "a name beyond the strings": lambda data: _with(data, {_tag(data, 14): HUGE}),
    "a hash table far away": lambda data: _with(data, {_tag(data, 0x6FFFFEF5): HUGE}),
}


@pytest.mark.parametrize("forged", FORGED)
def test_forged_headers(forged: str) -> None:
    """Numbers that cannot be are damage, at once and with a place in the file."""
    data = FORGED[forged](built(*SHARED, "-g", "-Wl,-soname,liba.so", source=SOURCE))
    started = time.process_time()
    found = scanned(data)
    assert time.process_time() - started < 1
    assert found.damage
    assert 0 <= found.offset <= len(data)


def test_a_billion_symbols() -> None:
    """A hash table that announces more symbols than there can be is not believed."""
    data = built(*SHARED, "-Wl,--hash-style=sysv", source=SOURCE)
    (table,) = struct.unpack_from("<Q", data, _tag(data, 4))
    forged = _with(data, {table + 4: struct.pack("<I", 1_000_000_000)})
    found = read(forged)
    assert "1000000000 dynamic symbols" in found.damage
    assert found.images[0].needed == image(data).needed


def test_needs_in_a_circle() -> None:
    """Version needs that lead back to themselves end, and their number is bounded."""
    data = built(*SHARED)
    (address,) = struct.unpack_from("<Q", data, _tag(data, 0x6FFFFFFE))
    count = {_tag(data, 0x6FFFFFFF): struct.pack("<Q", 1 << 40)}
    circle = struct.pack("<I", 0xFFFFFFFF)
    started = time.process_time()
    forged = _with(data, {**count, address + 2: b"\xff\xff", address + 12: circle})
    assert scanned(forged).damage
    assert time.process_time() - started < 2


def test_names_are_bounded() -> None:
    """Names that are together longer than the limit are damage, and not kept."""
    names = "".join(f"extern int Py{'x' * 3000}{at};\n" for at in range(1000))
    uses = " + ".join(f"Py{'x' * 3000}{at}" for at in range(1000))
    data = built(*SHARED, source=f"{names}int f(void) {{ return {uses}; }}\n")
    found = read(data)
    assert "names are longer than" in found.damage
    assert sum(len(one.name) for one in found.images[0].imports) < limits.NAMES


def test_pieces_make_no_difference() -> None:
    """However a file comes in pieces, the same is found."""
    data = built(*SHARED, "-g")
    whole = read(data)
    assert all(in_pieces(data, size) == whole for size in (1, 63, 4096, len(data) - 1))


def test_of_a_large_file_what_is_loaded_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Debug information is counted and searched for paths, but not kept."""
    data = built(*SHARED, "-g", "-fdebug-prefix-map=/=/home/somebody/work/")
    whole = read(data)
    monkeypatch.setattr(limits, "WHOLE", 0)
    monkeypatch.setattr(limits, "HEAD", 4096)
    monkeypatch.setattr(limits, "BEFORE_SECTIONS", 1024)
    passed: list[int] = []
    feed = "release_tests.binary.paths.Search.feed"
    with monkeypatch.context() as patched:
        patched.setattr(feed, lambda _, piece, __: passed.append(len(piece)))
        in_pieces(data, 4096)
    assert sum(passed) > whole.images[0].debug // 2
    assert in_pieces(data, len(data) // 2) == whole
