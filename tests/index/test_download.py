"""A file arrives whole and as announced, or not at all."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from release_tests.errors import DigestMismatch, IndexUnavailable
from release_tests.index.download import fetch
from release_tests.index.page import IndexFile
from release_tests.index.transport import open_client
from tests.index.wire import Answer, Request, no_sleep, serving

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DATA = bytes(range(256)) * 4000
SHA = hashlib.sha256(DATA).hexdigest()
NAME = "demo-1.0-py3-none-any.whl"
WHOLE = Answer(body=DATA, kind="application/octet-stream")


def get(
    into: Path,
    answer: Callable[[Request], Answer],
    *,
    sha256: str | None = SHA,
    size: int | None = None,
) -> Path:
    """Fetch the file from a server that answers so."""
    with serving(answer) as wire:
        return fetch(IndexFile(NAME, f"{wire.url}/{NAME}", sha256, size), into, sleep=no_sleep)


def left(directory: Path) -> list[str]:
    """Return the names of everything in a directory."""
    return [path.name for path in directory.iterdir()]


def test_a_file_is_placed_whole(tmp_path: Path) -> None:
    """The bytes lie under the announced name, and nothing beside them."""
    path = get(tmp_path / "new" / "place", lambda _: WHOLE, size=len(DATA))
    assert path.read_bytes() == DATA
    assert left(path.parent) == [NAME]


def test_progress_is_reported_to_the_end(tmp_path: Path) -> None:
    """The bytes so far grow up to the total, also when only the server knows it."""
    seen: list[tuple[int, int | None]] = []
    with serving(lambda _: WHOLE) as wire:
        file = IndexFile(NAME, f"{wire.url}/{NAME}", SHA)
        fetch(file, tmp_path, lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert {total for _, total in seen} == {len(DATA)}
    assert seen[-1] == (len(DATA), len(DATA))


def test_other_bytes_than_announced_are_refused(tmp_path: Path) -> None:
    """A wrong digest is an error that names both, and leaves nothing on disk."""
    with pytest.raises(DigestMismatch, match=f"{'ab' * 32}.*{SHA}"):
        get(tmp_path, lambda _: WHOLE, sha256="ab" * 32)
    assert left(tmp_path) == []


def test_more_bytes_than_announced_are_refused(tmp_path: Path) -> None:
    """A file that does not end where it should is not read on."""
    with pytest.raises(DigestMismatch, match="more bytes"):
        get(tmp_path, lambda _: WHOLE, size=1000)
    assert left(tmp_path) == []


def test_a_cut_download_is_tried_again(tmp_path: Path) -> None:
    """A connection lost on the way costs another attempt, not the file."""
    answers = iter([Answer(body=DATA, cut=5000), Answer(503), WHOLE])
    assert get(tmp_path, lambda _: next(answers)).read_bytes() == DATA
    assert left(tmp_path) == [NAME]


def test_a_short_file_is_tried_again(tmp_path: Path) -> None:
    """Fewer bytes than announced are a cut, whatever the server's own length says."""
    answers = iter([Answer(body=DATA[:5000]), WHOLE])
    assert get(tmp_path, lambda _: next(answers), size=len(DATA)).read_bytes() == DATA


def test_a_download_cut_every_time_is_given_up(tmp_path: Path) -> None:
    """After four attempts the index counts as unavailable, and nothing is left."""
    with pytest.raises(IndexUnavailable):
        get(tmp_path, lambda _: Answer(body=DATA, cut=5000))
    assert left(tmp_path) == []


def test_a_file_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    """A 404 for an announced file is the index's fault, not tried again."""
    with serving(lambda _: Answer(404)) as wire, pytest.raises(IndexUnavailable, match="404"):
        fetch(IndexFile(NAME, f"{wire.url}/{NAME}", SHA), tmp_path, sleep=no_sleep)
    assert len(wire.seen) == 1


def test_an_unannounced_digest_is_left_to_the_caller(tmp_path: Path) -> None:
    """Without an announced digest the bytes are taken as they come."""
    assert get(tmp_path, lambda _: WHOLE, sha256=None).read_bytes() == DATA


def test_credentials_do_not_follow_to_another_origin(tmp_path: Path) -> None:
    """A file on another host is fetched without the index's password."""
    with (
        serving(lambda _: WHOLE) as files,
        serving(lambda _: WHOLE) as index,
        open_client(index.url.replace("://", "://joe:secret@")) as client,
    ):
        fetch(IndexFile(NAME, f"{files.url}/{NAME}", SHA), tmp_path, client=client)
        fetch(IndexFile(NAME, f"{index.url}/{NAME}", SHA), tmp_path, client=client)
    assert "authorization" not in files.seen[0].headers
    assert "authorization" in index.seen[0].headers
