"""All signs are looked for at once, and each is found that the interpreter would find."""

from __future__ import annotations

import itertools
import random
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release_tests.archive import markers, secrets
from release_tests.archive.limits import KIB, MIB
from release_tests.archive.search import Signs

_NEEDLES = (b"needle", b"pin", b"h\0le", b"a" * 40)
_CHANCE = random.Random(3)  # noqa: S311 - no secret
_LONG = _CHANCE.randbytes(700 * KIB).replace(b"pin", b"")
_BORDER = 256 * KIB


@pytest.mark.parametrize("sign", _NEEDLES)
@pytest.mark.parametrize("at", [0, 1, 2047, *range(_BORDER - 45, _BORDER + 5, 5), len(_LONG)])
def test_a_sign_is_found_wherever_it_stands(sign: bytes, at: int) -> None:
    """At the beginning, in the middle, at the end, and where long data are cut into windows."""
    assert Signs(_NEEDLES).within(_LONG[:at] + sign + _LONG[at:]) == {sign}
    assert Signs(_NEEDLES).within(_LONG[:at] + sign) == {sign}


@pytest.mark.parametrize("length", [0, 10, 2048, 300_000])
def test_a_sign_that_is_missing_is_not_found(length: int) -> None:
    """Also where all but its last byte stands at the end."""
    assert Signs(_NEEDLES).within(_LONG[:length] + b"needl") == set()


_PARTS = st.sampled_from([*secrets.SIGNS, *markers.SIGNS, b"gh", b"_", b"-", b"AK", b"I", b"\0"])


@given(st.lists(_PARTS, max_size=12).map(b"".join))
def test_signs_that_meet_do_not_hide_each_other(data: bytes) -> None:
    """However the signs that members are searched for stand together, each is found."""
    signs = (*secrets.SIGNS, *markers.SIGNS)
    assert Signs(signs).within(data) == {sign for sign in signs if sign in data}


def test_no_two_signs_share_bytes() -> None:
    """None of the signs that members are searched for holds another, or ends as it begins."""
    for one, other in itertools.permutations((*secrets.SIGNS, *markers.SIGNS), 2):
        assert one not in other
        assert not any(one.endswith(other[:length]) for length in range(1, len(other)))


def test_hits_without_end_take_little_memory() -> None:
    """Of data that hold nothing but signs, the hits of one window stand in memory at once."""
    data = b"pin" * 3_000_000
    tracemalloc.start()
    try:
        assert Signs(_NEEDLES).within(data) == {b"pin"}
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 64 * MIB
