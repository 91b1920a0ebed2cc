"""Progress is a bar on a terminal and plain lines elsewhere."""

from __future__ import annotations

import io

import pytest

from release_tests.index.progress import PlainLines, reporter, size


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def test_lines_come_at_the_start_now_and_then_and_at_the_end() -> None:
    """A log gets a line every ten seconds, not one for each chunk."""
    now = 0.0
    said: list[str] = []
    report = PlainLines(said.append, lambda: now).file("a.whl")
    for now in (1.0, 5.0, 11.0, 12.0):
        report(int(now) * 1_000_000, 20_000_000)
    report(20_000_000, 20_000_000)
    report(20_000_000, 20_000_000)
    assert said == [
        "fetching a.whl",
        "fetching a.whl: 11.0 MB of 20.0 MB",
        "fetched a.whl, 20.0 MB",
    ]


def test_a_stream_that_is_no_terminal_gets_lines() -> None:
    """Nothing that moves is written to a file."""
    stream = io.StringIO()
    with reporter(stream) as report:
        report.note("demo 1.0: 1 wheel(s)")
        report.file("a.whl")(10, 10)
    assert stream.getvalue() == "demo 1.0: 1 wheel(s)\nfetching a.whl\nfetched a.whl, 10 bytes\n"


def test_a_terminal_gets_a_bar() -> None:
    """On a terminal the file is named beside its bar, and notes are lines."""
    stream = Terminal()
    with reporter(stream) as report:
        report.note("[not markup]")
        report.file("a.whl")(5, 10)
    assert "[not markup]" in stream.getvalue()
    assert "a.whl" in stream.getvalue()


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "0 bytes"), (999, "999 bytes"), (1500, "1.5 kB"), (132_000_000, "132.0 MB"),
     (1_200_000_000, "1.2 GB")],
)  # fmt: skip
def test_sizes_are_read_by_people(count: int, shown: str) -> None:
    """Bytes are shown in powers of 1000."""
    assert size(count) == shown
