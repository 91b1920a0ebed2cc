"""Log lines have one form; what is under way moves on a terminal and is a line elsewhere."""

from __future__ import annotations

import io
import os
import re
from datetime import UTC, datetime

from publisher.log import Log
from publisher.redaction import Redactor
from tests.publisher.scene import Terminal

WHEN = datetime(2025, 11, 21, 17, 30, tzinfo=UTC)


def test_a_line_has_time_process_and_level() -> None:
    """Each level is a line of the documented form, without secrets."""
    redact = Redactor()
    redact.register("s3cret-token")
    stream = io.StringIO()
    console = Log(redact, stream, lambda: WHEN)
    console.info("has s3cret-token")
    console.success("done")
    console.warning("odd")
    console.error("over")
    stamp = f"2025-11-21 17:30:00 [{os.getpid()}]"
    assert stream.getvalue().splitlines() == [
        f"{stamp} [INFO] has ***",
        f"{stamp} [SUCCESS] done",
        f"{stamp} [WARNING] odd",
        f"{stamp} [ERROR] over",
    ]


def test_the_local_time_is_the_default() -> None:
    """Nobody has to give a clock."""
    stream = io.StringIO()
    Log(Redactor(), stream).info("now")
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[\d+\] \[INFO\] now\n", stream.getvalue())


def test_a_file_gets_a_line_every_twenty_seconds() -> None:
    """What lasts is said now and then, not each time it is looked at."""
    stream = io.StringIO()
    report = Log(Redactor(), stream, lambda: WHEN).under_way("waiting for the index")
    for seconds in (1.0, 19.0, 21.0, 30.0, 42.0):
        report(seconds)
    said = [line.rpartition("] ")[2] for line in stream.getvalue().splitlines()]
    assert said == ["waiting for the index, 21 s", "waiting for the index, 42 s"]


def test_a_dumb_terminal_gets_lines() -> None:
    """It would show what begins a line anew as signs of its own."""
    stream = Terminal()
    console = Log(Redactor(), stream, lambda: WHEN, kind="dumb")
    report = console.under_way("waiting for the index")
    report(21.0)
    assert stream.getvalue().endswith("[INFO] waiting for the index, 21 s\n")
    assert "\x1b" not in stream.getvalue()


def test_a_terminal_gets_one_line_that_moves() -> None:
    """It is drawn again in place, and gone before the next line."""
    stream = Terminal()
    console = Log(Redactor(), stream, lambda: WHEN)
    report = console.under_way("waiting for the index")
    report(1.0)
    report(40.0)
    console.info("there")
    moving, _, rest = stream.getvalue().rpartition("\r\x1b[2K")
    assert moving.endswith("waiting for the index, 40 s")
    assert "\n" not in moving
    assert rest.endswith("[INFO] there\n")
