"""The first signal that asks to end ends the run; cleaning up is left in peace."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING

import pytest

from publisher.interruption import Interrupted, interruptible

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def attentive() -> Iterator[None]:
    """Ignore no signal, whatever started the tests: a background job and nohup ignore some."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_DFL) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("attentive")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_the_first_signal_ends_it_and_the_second_does_not_disturb(name: str) -> None:
    """It is told which signal it was, and a second one during the clean-up changes nothing."""
    cleaned = False

    def work() -> None:
        nonlocal cleaned
        try:
            os.kill(os.getpid(), getattr(signal, name))
            signal.pause()
        finally:
            os.kill(os.getpid(), signal.SIGINT)
            cleaned = True

    with pytest.raises(Interrupted, match=name), interruptible():
        work()
    assert cleaned


@pytest.mark.usefixtures("attentive")
def test_handlers_are_as_they_were_afterwards() -> None:
    """The caller's own handlers are back, whatever happened in between."""
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with interruptible():
        assert signal.getsignal(signal.SIGTERM) is not before[1]
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_an_ignored_signal_stays_ignored() -> None:
    """Under nohup a closed terminal does not end a release."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interruptible():
            os.kill(os.getpid(), signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_another_thread_changes_nothing() -> None:
    """Only the main thread may set handlers; elsewhere it does without."""
    seen = []

    def work() -> None:
        with interruptible():
            seen.append(signal.getsignal(signal.SIGTERM))

    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [before]
