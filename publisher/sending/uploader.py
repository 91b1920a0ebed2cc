"""The process that uploads: ``python -m publisher.sending``, with twine's own options.

Each line of its input is a file to send, ``{"task", "path", "sha256", "seconds"}``, or with an
empty path the question whether the index lets us in, asked by an upload without a file; each line
of its output says how one of them is doing, ``{"task", "done", "total"}``, or what came of it,
``{"task"}`` and the fields of an ``Answer``. ``{"ready"}`` comes first: True, or why nothing can be
sent. The end of its input ends it at once, whatever it is doing.
"""

from __future__ import annotations

import io
import json
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter
from requests_toolbelt import MultipartEncoderMonitor
from twine.package import PackageFile

from publisher.sending.account import Account
from publisher.sending.answer import Answer, whole_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from requests import PreparedRequest, Response
    from twine.repository import Repository

    Tell = Callable[[Mapping[str, Any]], None]
    Watch = Callable[[int, int], None]

CONNECT_SECONDS = 30.0
"""To reach the index, and for each piece that is sent."""

ANSWER_SECONDS = 300.0
"""Until the answer begins, and between any two pieces of it; front ends cut what takes as long."""

_MOST_TEXT = 1 << 16
_NO_ENTRY = frozenset({401, 403})
_SECONDS_BETWEEN_TELLING = 0.2


class _Line(HTTPAdapter):
    """Speaks HTTP within time-outs, which twine has none of, and reads a little of the answer.

    For one thread: ``watch``, called with the bytes sent and in total, is the present upload's.
    """

    watch: Watch

    def send(self, request: PreparedRequest, *_: object, **how: Any) -> Response:
        """Send the request once, and return the answer with the beginning of its body."""
        if isinstance(request.body, MultipartEncoderMonitor):
            request.body.callback = lambda it: self.watch(it.bytes_read, it.len)
        response = super().send(
            request,
            stream=True,
            timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
            verify=how["verify"],
            cert=how["cert"],
            proxies=how["proxies"],
        )
        line = response.raw
        response.raw = io.BytesIO(line.read(_MOST_TEXT, decode_content=True))
        line.close()
        return response


class _Uploader:
    """Sends one file at a time in each thread, by twine's own package and repository."""

    def __init__(self, account: Account, tell: Tell) -> None:
        self._account = account
        self._tell = tell
        self._own = threading.local()

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
        repository, line = self._connected(sign_in)
        line.watch = watch
        return (_attempt(repository, path, sha256) if path else _entry(repository)), sign_in

    def _connected(self, sign_in: int) -> tuple[Repository, _Line]:
        """Return this thread's own connection to the index, by that sign-in."""
        if getattr(self._own, "sign_in", sign_in) != sign_in:
            self._own.connected[0].close()
            del self._own.connected
        if not hasattr(self._own, "connected"):
            repository = self._account.repository()
            line = _Line()
            for scheme in ("http://", "https://"):
                repository.session.mount(scheme, line)
            _settle(repository)
            self._own.connected, self._own.sign_in = (repository, line), sign_in
        found: tuple[Repository, _Line] = self._own.connected
        return found

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


def _settle(repository: Repository) -> None:
    """Look up proxies and certificates of the environment once, and not again for each file."""
    session = repository.session
    found = session.merge_environment_settings(repository.url, {}, None, None, None)
    session.proxies, session.verify, session.cert = found["proxies"], found["verify"], found["cert"]
    session.trust_env = False


def _attempt(repository: Repository, path: str, sha256: str) -> Answer:
    """Post the file once, if it is the one that was admitted, and return what the index said."""
    try:
        package = PackageFile.from_filename(path, None)
    except Exception as error:  # noqa: BLE001 - its readers raise what they like, and all is told
        return Answer(fault=_named(error), sent=False)
    if package.sha2_digest != sha256:
        fault = f"{path} has the SHA-256 {package.sha2_digest} now, {sha256} was admitted"
        return Answer(fault=fault, sent=False)
    try:
        # One redirection is one post: on a 5xx twine would post five times without waiting.
        response = repository.upload(package, max_redirects=1)
    except Exception as error:  # noqa: BLE001 - whatever it is, somebody waits for an answer
        return Answer(fault=_named(error))
    return _answer(response)


def _entry(repository: Repository) -> Answer:
    """Ask by an upload that names nothing and holds no file, which nobody can take."""
    form = {":action": "file_upload", "protocol_version": "1"}
    try:
        response = repository.session.post(repository.url, data=form, allow_redirects=False)
    except Exception as error:  # noqa: BLE001 - as above
        return Answer(fault=_named(error))
    return _answer(response)


def _answer(response: Response) -> Answer:
    return Answer(
        response.status_code,
        str(response.reason or ""),
        whole_words(response.text) if len(response.content) >= _MOST_TEXT else response.text,
        response.headers.get("retry-after", ""),
    )


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


def serve(
    arguments: list[str],
    lines: Iterable[str],
    tell: Tell,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Send what *lines* say with twine's *arguments*; the first one is how many files at once.

    *clock*, in seconds, tells how old a sign-in is.
    """
    jobs, *rest = arguments
    try:
        account = Account(rest, clock)
    except Exception as error:  # noqa: BLE001 - the keyring's back ends raise what they like
        tell({"ready": _named(error)})
        return
    tell({"ready": True})
    uploader = _Uploader(account, tell)
    with ThreadPoolExecutor(int(jobs)) as pool:
        for words in lines:
            pool.submit(uploader.do, **json.loads(words))


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
