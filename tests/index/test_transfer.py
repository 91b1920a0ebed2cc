"""No index can hold its client for ever, or fill its memory or its disk."""

from __future__ import annotations

import gzip
import time
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from release_tests.errors import DigestMismatch, IndexUnavailable
from release_tests.index.download import fetch
from release_tests.index.page import IndexFile
from release_tests.index.simple import SimpleIndex
from release_tests.index.transfer import PAGE_BYTES, Budget, get
from release_tests.index.transport import PassingFault, open_client
from tests.index.wire import Answer, dripping, endless, html_page, no_sleep, serving

if TYPE_CHECKING:
    from pathlib import Path

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
NAME = "demo-1.0-py3-none-any.whl"
LONG = HEAD + b"Content-Length: 100000\r\n\r\n"
UNTOLD = HEAD + b"\r\n"
GZIP = HEAD + b"Content-Encoding: gzip\r\n\r\n"
DRIPS = {
    "status": b"HTTP/1.1 ",
    "headers": HEAD + b"X-Long: ",
    "body": LONG,
    "body without a length": UNTOLD,
    "compressed body": GZIP + gzip.compress(b"")[:10] + b"\x00\xff\xff\x00\x00",
}


@pytest.mark.parametrize("head", DRIPS.values(), ids=DRIPS)
def test_a_dripping_page_ends_in_time(head: bytes) -> None:
    """A byte now and then, wherever in the answer, does not keep a connection alive."""
    with serving(lambda _: Answer(stream=dripping(head))) as wire, SimpleIndex(wire.url) as index:
        started = time.monotonic()
        with pytest.raises(IndexUnavailable, match=r"did not deliver everything within 0\.5 s"):
            index.files("demo", seconds=0.5)
        assert time.monotonic() - started < 10
    assert len(wire.seen) == 1


@pytest.mark.parametrize("head", DRIPS.values(), ids=DRIPS)
def test_a_dripping_file_ends_in_time(tmp_path: Path, head: bytes) -> None:
    """The same for a file, of which nothing is left on the disk."""
    with serving(lambda _: Answer(stream=dripping(head))) as wire:
        file = IndexFile(NAME, f"{wire.url}/{NAME}", None)
        with pytest.raises(IndexUnavailable, match=r"did not deliver everything within 0\.5 s"):
            fetch(file, tmp_path, seconds=0.5)
    assert list(tmp_path.iterdir()) == []


def test_all_attempts_share_one_time() -> None:
    """An index that cuts each dripping answer has no more time for all than for one."""

    def cut() -> Answer:
        drip = dripping(LONG)
        return Answer(stream=(next(drip) for _ in range(8)))

    with serving(lambda _: cut()) as wire, open_client(wire.url) as client:
        budget = Budget.of(0.6)
        with pytest.raises(PassingFault):
            get(client, wire.url, {}, budget)
        assert 0 < budget.left < 0.3
        with pytest.raises(IndexUnavailable, match=r"within 0\.6 s"):
            get(client, wire.url, {}, budget)


@pytest.mark.parametrize("head", [UNTOLD, LONG.replace(b"100000", b"9999999999")])
def test_a_page_is_not_read_beyond_its_limit(head: bytes) -> None:
    """What has no end, or an unlikely one, is no page, and costs no memory."""
    with (
        serving(lambda _: Answer(stream=endless(head))) as wire,
        SimpleIndex(wire.url) as index,
        pytest.raises(IndexUnavailable, match=r"sends more than 67\.1 MB"),
    ):
        index.files("demo")


def test_a_compressed_page_counts_as_it_is_decoded() -> None:
    """A small answer that unpacks to more than a page may have is given up on the way."""
    bomb = gzip.compress(bytes(4 * PAGE_BYTES), compresslevel=1)
    answer = Answer(body=bomb, headers={"Content-Encoding": "gzip"})
    with serving(lambda _: answer) as wire, SimpleIndex(wire.url) as index:
        tracemalloc.start()
        try:
            with pytest.raises(IndexUnavailable, match="sends more than"):
                index.files("demo")
            assert tracemalloc.get_traced_memory()[1] < 3 * PAGE_BYTES
        finally:
            tracemalloc.stop()


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd"])
def test_an_encoding_nobody_asked_for_is_refused(encoding: str) -> None:
    """Two encodings at once multiply what a few bytes unpack to."""
    answer = Answer(body=b"demo", headers={"Content-Encoding": encoding})
    with (
        serving(lambda _: answer) as wire,
        SimpleIndex(wire.url, sleep=no_sleep) as index,
        pytest.raises(IndexUnavailable, match="not asked for"),
    ):
        index.files("demo")


def test_a_compressed_page_is_read() -> None:
    """The encoding that is asked for is understood."""
    page = html_page(f'<a href="{NAME}">{NAME}</a>')
    answer = Answer(body=gzip.compress(page.body), headers={"Content-Encoding": "gzip"})
    with serving(lambda _: answer) as wire, SimpleIndex(wire.url) as index:
        assert [file.name for file in index.files("demo")] == [NAME]
    assert wire.seen[0].headers["accept-encoding"] == "gzip"


def test_a_file_ends_where_the_caller_says(tmp_path: Path) -> None:
    """An endless file of no announced size is not read beyond what it has to have."""
    with serving(lambda _: Answer(stream=endless(UNTOLD))) as wire:
        file = IndexFile(NAME, f"{wire.url}/{NAME}", None)
        with pytest.raises(DigestMismatch, match="more bytes come than the 1000 that it has to"):
            fetch(file, tmp_path, most=1000)
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_unknown_size_has_a_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With no size from anybody the disk is not filled all the same."""
    monkeypatch.setattr("release_tests.index.download._UNANNOUNCED_BYTES", 1 << 20)
    with serving(lambda _: Answer(stream=endless(UNTOLD))) as wire:
        file = IndexFile(NAME, f"{wire.url}/{NAME}", None)
        with pytest.raises(IndexUnavailable, match=r"sends more than 1\.0 MB"):
            fetch(file, tmp_path)
    assert list(tmp_path.iterdir()) == []
