"""The process that uploads: ``python -m publisher.sending``, with twine's own options.

Each line of its input is a file to send, ``{"task", "path", "sha256", "seconds"}``, or with an
empty path the question whether the index lets us in, asked by an upload without a file; each line
of its output says how one of them is doing, ``{"task", "done", "total"}``, or what came of it,
``{"task"}`` and the fields of an ``Answer``. ``{"ready"}`` comes first: True, or why nothing can be
sent. The end of its input ends it at once, whatever it is doing.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
import time
from dataclasses import asdict, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from publisher.sending.account import Account
from publisher.sending.line import mount
from publisher.sending.posting import Post, named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from publisher.sending.answer import Answer
    from publisher.sending.posting import Watch

    Tell = Callable[[Mapping[str, Any]], None]

_NO_ENTRY = frozenset({401, 403})
_SECONDS_BETWEEN_TELLING = 0.2


class _Uploader:
    """Sends files, from several threads, by twine's own package and repository.

    ``_idle`` are connections that nobody uses, each with the number of its sign-in.
    """

    def __init__(self, account: Account, tell: Tell) -> None:
        self._account = account
        self._tell = tell
        self._idle: list[tuple[int, Post]] = []

    def do(self, task: int, path: str, sha256: str, seconds: float) -> None:
        """Send the file at *path*, with that digest, in at most *seconds*; tell what came of it."""
        watch = self._watch(task, time.monotonic() + seconds)
        answer, sign_in = self._once(path, sha256, watch)
        if answer.status in _NO_ENTRY and self._account.other_than(sign_in):
            answer, _ = self._once(path, sha256, watch)
        elif answer.status in _NO_ENTRY and self._account.fault:
            text = f"{answer.text}\nsigning in anew failed: {self._account.fault}"
            answer = replace(answer, text=text)
        self._tell({"task": task, **asdict(answer)})

    def _once(self, path: str, sha256: str, watch: Watch) -> tuple[Answer, int]:
        """Return what came of one attempt, and by which sign-in it was made."""
        sign_in = self._account.number()
        with self._connected(sign_in) as post:
            return (post.file(path, sha256, watch) if path else post.entry()), sign_in

    @contextlib.contextmanager
    def _connected(self, sign_in: int) -> Iterator[Post]:
        """Yield a connection to the index that nobody else uses, by that sign-in."""
        post = self._idle_one(sign_in) or self._new()
        try:
            yield post
        finally:
            self._idle.append((sign_in, post))

    def _idle_one(self, sign_in: int) -> Post | None:
        """Return a connection by that sign-in which was used before; those by others are ended."""
        with contextlib.suppress(IndexError):  # another thread may have taken the last one
            while True:
                made_by, post = self._idle.pop()
                if made_by == sign_in:
                    return post
                post.close()
        return None

    def _new(self) -> Post:
        repository = self._account.repository()
        mount(repository)
        return Post(repository)

    def _watch(self, task: int, until: float) -> Watch:
        last = time.monotonic()

        def watch(done: int, total: int) -> None:
            nonlocal last
            now = time.monotonic()
            if now > until:
                raise TimeoutError("the time for this upload is over")
            if now - last >= _SECONDS_BETWEEN_TELLING:
                last = now
                self._tell({"task": task, "done": done, "total": total})

        return watch


def serve(
    arguments: list[str],
    lines: Iterable[str],
    tell: Tell,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Send what *lines* say with twine's *arguments*; the first one is how many files at once.

    So many are given at most before one is answered, and there is one thread more, which listens:
    whoever has read a line does what it says. *clock*, in seconds, tells how old a sign-in is.
    """
    jobs, *rest = arguments
    try:
        account = Account(rest, clock)
    except Exception as error:  # noqa: BLE001 - the keyring's back ends raise what they like
        tell({"ready": named(error)})
        return
    tell({"ready": True})
    uploader = _Uploader(account, tell)
    listen = partial(_listen, _Shared(lines), uploader)
    others = [threading.Thread(target=listen) for _ in range(int(jobs))]
    for thread in others:
        thread.start()
    listen()
    for thread in others:
        thread.join()


def _listen(lines: Iterable[str], uploader: _Uploader) -> None:
    for words in lines:
        uploader.do(**json.loads(words))


class _Shared:
    """Lines that several threads take from, one at a time."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._turn = threading.Lock()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        with self._turn:
            return next(self._lines)


def _until_the_end() -> Iterator[str]:
    """Yield the lines of our input; at its end nobody listens any more, and all is over."""
    yield from sys.stdin
    os._exit(0)


def _telling() -> Tell:
    """Take standard output for our lines, and leave standard error to whatever twine prints."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    lock = threading.Lock()

    def tell(told: Mapping[str, Any]) -> None:
        with lock:
            out.write(f"{json.dumps(told)}\n")
            out.flush()

    return tell


def main() -> None:
    """Serve the process that started this one."""
    serve(sys.argv[1:], _until_the_end(), _telling())
