"""Threads over one archive: every job is done once, and checksums are the same wherever summed."""

from __future__ import annotations

import hashlib
import sys
import threading
import time
import zlib
from functools import partial
from typing import TYPE_CHECKING

import pytest

from release_tests.archive.crew import Crew
from release_tests.archive.digests import Exchange, checksums

if TYPE_CHECKING:
    from collections.abc import Callable

_PIECES = [bytes([at % 251]) * (1000 + at) for at in range(400)]
_WHOLE = b"".join(_PIECES)
_EXPECTED = (
    zlib.crc32(_WHOLE),
    {"sha256": hashlib.sha256(_WHOLE).hexdigest(), "sha512": hashlib.sha512(_WHOLE).hexdigest()},
)


def summed(exchange: Exchange | None, before: Callable[[int], None]) -> tuple[int, dict[str, str]]:
    """Return the checksums of all pieces; *before* each one something may happen."""
    with checksums(("sha256", "sha512"), exchange) as sums:
        for at, piece in enumerate(_PIECES):
            before(at)
            sums.update(piece)
        return sums.results()


def test_checksums_are_those_of_the_whole() -> None:
    """CRC-32 and digests of the pieces are those that the standard library gives of the whole."""
    assert summed(None, lambda _: None) == _EXPECTED


def test_checksums_that_nobody_takes_over() -> None:
    """Checksums that are offered are summed by the thread that offers while no other is idle."""
    assert summed(Exchange(1), lambda _: None) == _EXPECTED


@pytest.mark.parametrize("late", [0, 1, 200, 399])
def test_checksums_taken_over_under_way(late: int) -> None:
    """A thread that takes over late goes on exactly where the other one stopped."""
    exchange = Exchange(2)
    helper = threading.Thread(target=exchange.help, daemon=True)

    def before(at: int) -> None:
        if at == late:
            helper.start()

    assert summed(exchange, before) == _EXPECTED
    exchange.help()
    helper.join(60)
    assert not helper.is_alive()


def test_an_idle_thread_helps_one_after_the_other() -> None:
    """Who is idle before there is anything to help with waits, and then helps with all of it."""
    exchange = Exchange(2)
    helper = threading.Thread(target=exchange.help, daemon=True)
    helper.start()
    assert [summed(exchange, lambda _: None) for _ in range(5)] == [_EXPECTED] * 5
    exchange.help()
    helper.join(60)
    assert not helper.is_alive()


def test_a_member_that_breaks_off_releases_its_helper() -> None:
    """Where inflating fails half way, the thread that had taken over its checksums is free."""
    exchange = Exchange(2)
    helper = threading.Thread(target=exchange.help, daemon=True)
    helper.start()

    def broken(at: int) -> None:
        if at == 100:
            raise ValueError("damaged")

    with pytest.raises(ValueError, match="damaged"):
        summed(exchange, broken)
    exchange.help()
    helper.join(60)
    assert not helper.is_alive()


def test_jobs_are_shared() -> None:
    """Every job is done once, and what it gives stands where the job stood."""
    with Crew() as crew:
        assert crew.share([lambda _, at=at: at * at for at in range(100)]) == [  # type: ignore[misc]
            at * at for at in range(100)
        ]


def test_one_thread_begins_with_the_jobs_aside() -> None:
    """The first job and the last one are done at the same time, by two threads."""
    met = threading.Barrier(2)

    def meeting(_: Exchange) -> int:
        return met.wait(60)

    jobs: list[Callable[[Exchange], int]] = [meeting, *[lambda _: 2] * 100, meeting]
    with Crew(2) as crew:
        assert sorted(crew.share(jobs, aside=1)) == [0, 1, *[2] * 100]


@pytest.mark.parametrize("aside", [0, 1, 5, 9])
def test_every_job_is_done_once_however_many_are_aside(aside: int) -> None:
    """Also where there are fewer jobs than are set aside."""
    done: list[int] = []

    def job(at: int, _: Exchange) -> int:
        done.append(at)
        return at

    with Crew(3) as crew:
        assert crew.share([partial(job, at) for at in range(5)], aside) == [0, 1, 2, 3, 4]
    assert sorted(done) == [0, 1, 2, 3, 4]


def test_a_crew_without_jobs() -> None:
    """Nothing to do is done at once."""
    with Crew() as crew:
        assert crew.share([]) == []


def test_a_job_that_fails_is_not_hidden() -> None:
    """The fault of one job is raised to the caller, and no thread is left waiting."""

    def failing(_: Exchange) -> int:
        raise ZeroDivisionError

    before = threading.active_count()
    with pytest.raises(ZeroDivisionError), Crew() as crew:
        crew.share([failing, lambda exchange: summed(exchange, lambda _: None)[0]])
    assert threading.active_count() == before


def test_a_thread_that_is_helped_spends_no_time_on_checksums() -> None:
    """The checksums of one member alone cost the thread that reads it next to nothing."""
    piece = bytes(1 << 20)

    def reading(exchange: Exchange | None) -> float:
        with checksums(("sha512",), exchange) as sums:
            began = time.thread_time()
            for _ in range(100):
                sums.update(piece)
            return time.thread_time() - began

    alone = reading(None)
    exchange = Exchange(2)
    helper = threading.Thread(target=exchange.help, daemon=True)
    helper.start()
    assert reading(exchange) < alone / 2
    exchange.help()
    helper.join(60)


def test_threads_wait_for_the_lock_as_before_when_all_is_read() -> None:
    """Two crews at once hand on the interpreter's lock sooner, until the last of them is done."""
    before = sys.getswitchinterval()
    first, second = Crew(), Crew()
    with first:
        with second:
            assert sys.getswitchinterval() < before
        assert sys.getswitchinterval() < before
    assert sys.getswitchinterval() == before
