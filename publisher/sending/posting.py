"""One post of one file: twine's form for it, over the session that twine made and signed in.

``Repository.upload`` of twine is not used. It posts anew on a 5xx, without waiting; and it makes a
stream of each part of the form and a progress bar ready, which takes longer than all the rest of a
small file.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING

from requests import Request
from requests.exceptions import ConnectTimeout, ProxyError, SSLError
from twine.package import PackageFile
from urllib3.exceptions import NewConnectionError
from urllib3.filepost import choose_boundary, encode_multipart_formdata

from publisher.sending.answer import Answer, whole_words
from publisher.sending.line import MOST_TEXT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from requests import PreparedRequest, Response
    from twine.repository import Repository

    Watch = Callable[[int, int], None]
    Form = list[tuple[str, str | tuple[str, bytes, str]]]

_UPLOAD = ((":action", "file_upload"), ("protocol_version", "1"))
_BINARY = "application/octet-stream"
_PIECE = 1 << 16
# A file is read by one thread at a time: that lets go of the interpreter's lock some thirty times,
# and each time another thread that wants it is woken.
_READING = threading.Lock()


class Body:
    """A form with a file at its end, sent in pieces; ``watch`` is told the bytes, and of how many.

    A small file goes out in one piece with what is around it.
    """

    def __init__(self, form: Form, file: IO[bytes], name: str, watch: Watch) -> None:
        """Take the fields, the open file, and what it is called in the form."""
        boundary = choose_boundary()
        content = ("content", (name, b"", _BINARY))
        around, self.content_type = encode_multipart_formdata([*form, content], boundary)
        self._tail = f"\r\n--{boundary}--\r\n".encode()
        self._head = around.removesuffix(self._tail)
        self._file = file
        self._length = len(around) + os.fstat(file.fileno()).st_size
        self._watch = watch

    def __len__(self) -> int:
        """Return how many bytes it has, all in all."""
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        """Yield it from the beginning; what the watch raises ends the post."""
        done = 0
        for piece in self._pieces():
            done += len(piece)
            self._watch(done, self._length)
            yield piece

    def _pieces(self) -> Iterator[bytes]:
        piece = self._head + self._file.read(_PIECE)
        while more := self._file.read(_PIECE):
            yield piece
            piece = more
        yield piece + self._tail


class Post:
    """Posts files to one index, one after the other, by twine's *repository*."""

    def __init__(self, repository: Repository) -> None:
        """Take the repository, whose session does not follow where an answer points."""
        self._repository = repository
        # Address, sign-in and User-Agent are those of every file.
        self._bare = repository.session.prepare_request(Request("POST", repository.url))

    def file(self, path: str, sha256: str, watch: Watch) -> Answer:
        """Post the file once, if it is the one that was admitted; return what the index said."""
        try:
            with _READING:
                package = PackageFile.from_filename(path, None)
        except Exception as error:  # noqa: BLE001 - its readers raise what they like, all is told
            return Answer(fault=named(error), sent=False)
        if package.sha2_digest != sha256:
            fault = f"{path} has the SHA-256 {package.sha2_digest} now, {sha256} was admitted"
            return Answer(fault=fault, sent=False)
        return _told(lambda: self._posted(package, watch))

    def entry(self) -> Answer:
        """Ask by an upload that names nothing and holds no file, which nobody can take."""
        request = self._bare.copy()
        request.prepare_body(dict(_UPLOAD), None)
        return _told(lambda: self._sent(request))

    def close(self) -> None:
        """End the connection."""
        self._repository.close()

    def _posted(self, package: PackageFile, watch: Watch) -> Response:
        with Path(package.filename).open("rb") as file:
            body = Body(_form(package), file, package.basefilename, watch)
            request = self._bare.copy()
            request.prepare_body(body, None)
            request.headers["Content-Type"] = body.content_type
            return self._sent(request)

    def _sent(self, request: PreparedRequest) -> Response:
        return self._repository.session.send(request, allow_redirects=False)


def _form(package: PackageFile) -> Form:
    """Return the fields of the form for *package*, all but the file, as twine writes them."""
    stated = package.metadata_dictionary().items()
    return [*((key, item) for key, value in stated for item in _items(key, value)), *_UPLOAD]


def _items(key: str, value: object) -> Iterable[str]:
    """Return what a field of metadata comes to in the form, once for each time it stands there."""
    if isinstance(value, dict):  # Project-URL
        return (f"{label}, {url}" for label, url in value.items())
    if not isinstance(value, list):
        return (str(value),)
    return (", ".join(value),) if key == "keywords" else value


def _told(send: Callable[[], Response]) -> Answer:
    try:
        response = send()
    except Exception as error:  # noqa: BLE001 - whatever it is, somebody waits for an answer
        return Answer(fault=named(error), reached=_reached(error))
    return Answer(
        response.status_code,
        str(response.reason or ""),
        whole_words(_text(response)) if len(response.content) >= MOST_TEXT else _text(response),
        response.headers.get("retry-after", ""),
    )


def _reached(error: Exception) -> bool:
    """Whether the index, and not only a proxy or nobody, was at the other end of the line."""
    if isinstance(error, (SSLError, ProxyError, ConnectTimeout)):
        return False
    cause = getattr(next(iter(error.args), None), "reason", None)
    return not isinstance(cause, NewConnectionError)


def _text(response: Response) -> str:
    """Return the body by the encoding that it names, be that one for which there is no reading."""
    try:
        return response.text
    except ValueError:
        return response.content.decode("utf-8", "replace")


def named(error: BaseException) -> str:
    """Return an error with its kind."""
    return f"{type(error).__name__}: {error}"
