"""The process that counts code for another: a message a job, and the same counts."""

from __future__ import annotations

import io
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from release_tests.binary.code.counting import Report, count
from release_tests.binary.code.pieces import Job
from release_tests.binary.code.worker import give, main, receive, send

if TYPE_CHECKING:
    from collections.abc import Iterator

# vaddps of two ymm registers, and ret.
CODE = bytes.fromhex("c5fc58c1c3") * 9
WHOLE = ((0, len(CODE)),)


def _answers(stream: io.BytesIO) -> Iterator[Report]:
    stream.seek(0)
    while stream.tell() < len(stream.getvalue()):
        yield Report(*receive(stream))


def test_every_job_is_answered_in_its_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it counts is what is counted in one's own process; it ends when there are no more."""
    given, told = io.BytesIO(), io.BytesIO()
    for address in (0x1000, 0x2000):
        give(given, Job(address, memoryview(CODE), WHOLE))
    given.seek(0)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=given))
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=told))
    main()
    assert list(_answers(told)) == [count(CODE, at, WHOLE) for at in (0x1000, 0x2000)]


@pytest.mark.parametrize("length", [0, 5, 12])
def test_a_message_that_is_cut_is_the_end(length: int) -> None:
    """Whether nothing is there any more, or half a length, or half of what it is the length of."""
    whole = io.BytesIO()
    send(whole, 1, b"data", WHOLE)
    with pytest.raises(EOFError):
        receive(io.BytesIO(whole.getvalue()[:length]))
