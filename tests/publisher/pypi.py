"""A stand-in for PyPI's own upload rules, where pypiserver and devpi are too kind; on loopback.

Small on purpose: the rules that a publisher meets after its files passed the gates, in the order
and in the words of PyPI, and on request what goes wrong between it and its clients. Everything else
about a file is taken as it comes.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from requests_toolbelt import MultipartDecoder

from tests.index.wire import Answer, Request, json_page, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.index.wire import Wire

TOKEN_USER = "__token__"
MOST_BYTES = 100 << 20
_SDIST = ".tar.gz"


@dataclass(frozen=True)
class Stored:
    """A file that was taken: ``shown`` is when the simple API shows it."""

    name: str
    project: str
    version: str
    data: bytes
    uploaded: datetime
    shown: datetime

    @property
    def sha256(self) -> str:
        """Its digest."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def blake2(self) -> str:
        """The digest by which PyPI knows a content again."""
        return hashlib.blake2b(self.data, digest_size=32).hexdigest()


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one upload: what is answered, and whether the file is stored first."""

    answer: Answer
    stored: bool = False
    echo: bool = False


LOST = Answer(200, b"x" * 99, cut=3)
"""A connection that is cut before the answer is whole."""


@dataclass
class Pypi:
    """The state of one index; ``faults`` are used up by uploads, one each, in their order."""

    token: str
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    lag: timedelta = timedelta()
    latency: float = 0.0
    files: list[Stored] = field(default_factory=list)
    burned: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    uploads: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, request: Request) -> Answer:
        """Answer a request."""
        time.sleep(self.latency)
        with self._lock:
            return self._upload(request) if request.method == "POST" else self._read(request)

    def held(self) -> dict[str, str]:
        """Return what it holds: digests by file name."""
        return {file.name: file.sha256 for file in self.files}

    def _upload(self, request: Request) -> Answer:
        if refused := self._entry(request):
            return refused
        form = _form(request)
        if "content" not in form:
            return _refused(400, "Upload payload does not have a file.")
        self.uploads += 1
        fault = self.faults.pop(0) if self.faults else None
        answer = self._take(form) if fault is None or fault.stored else None
        if fault is None:
            assert answer is not None
            return answer
        if fault.echo:
            return _refused(fault.answer.status, f"{request.headers['authorization']} {self.token}")
        return fault.answer

    def _entry(self, request: Request) -> Answer | None:
        pair = base64.b64encode(f"{TOKEN_USER}:{self.token}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {pair}":
            return _refused(403, "Invalid or non-existent authentication information.")
        return None

    def _take(self, form: dict[str, bytes]) -> Answer:
        """Hold the file against the rules, the first that it breaks is the answer, and keep it."""
        name, data = form["filename"].decode(), form["content"]
        version = form["version"].decode()
        project = form["name"].decode().lower().replace("_", "-")
        new = Stored(name, project, version, data, self.now(), self.now() + self.lag)
        if (name, new.blake2) in {(it.name, it.blake2) for it in self.files}:
            return Answer()
        if reason := next(self._broken(new, form), ""):
            return _refused(400, reason)
        self.files.append(new)
        return Answer()

    def _broken(self, new: Stored, form: dict[str, bytes]) -> Iterator[str]:
        """Yield the reasons to refuse a file, in PyPI's order; only the first is ever given."""
        release = [
            it for it in self.files if (it.project, it.version) == (new.project, new.version)
        ]
        if "+" in new.version:
            yield f"The use of local versions in {new.version!r} is not allowed."
        if len(new.data) > MOST_BYTES:
            yield f"File too large. Limit for project '{new.project}' is 100 MB."
        if not _is_digested(new, form):
            yield "The digest supplied does not match a digest calculated."
        for it in self.files:
            if it.name == new.name or it.blake2 == new.blake2:
                yield f"File already exists ('{it.name}', with blake2_256 hash '{it.blake2}')."
        if new.name in self.burned:
            yield "This filename has already been used, use a different version."
        if release and new.uploaded - min(it.uploaded for it in release) > timedelta(days=14):
            yield "Uploading new files to releases older than 14 days is not allowed."
        if new.name.endswith(_SDIST) and any(it.name.endswith(_SDIST) for it in release):
            yield "Only one sdist may be uploaded per release."

    def _read(self, request: Request) -> Answer:
        if request.path.startswith("/files/"):
            name = request.path.removeprefix("/files/")
            data = next((it.data for it in self.files if it.name == name), None)
            return Answer(404) if data is None else Answer(body=data, kind="application/zip")
        project = request.path.removeprefix("/simple/").strip("/")
        shown = [it for it in self.files if it.project == project and it.shown <= self.now()]
        if not shown:
            return Answer(404)
        return json_page(*map(_entry_of, shown), name=project)


def _entry_of(file: Stored) -> dict[str, object]:
    return {
        "filename": file.name,
        "url": f"/files/{file.name}",
        "hashes": {"sha256": file.sha256},
        "size": len(file.data),
        "upload-time": file.uploaded.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }


def _is_digested(new: Stored, form: dict[str, bytes]) -> bool:
    """Whether the digests that the form states are those of the bytes."""
    own = {"sha256_digest": new.sha256, "blake2_256_digest": new.blake2}
    return all(form.get(key, value.encode()).decode() == value for key, value in own.items())


def _form(request: Request) -> dict[str, bytes]:
    """Return the fields of an upload; of the file also its name, as ``filename``."""
    kind = request.headers["content-type"]
    if not kind.startswith("multipart/"):
        return {}
    form: dict[str, bytes] = {}
    for part in MultipartDecoder(request.body, kind).parts:
        stated = part.headers[b"Content-Disposition"].decode()
        name = stated.partition('name="')[2].partition('"')[0]
        form[name] = part.content
        if "filename=" in stated:
            form["filename"] = stated.partition('filename="')[2].partition('"')[0].encode()
    return form


def _refused(status: int, reason: str) -> Answer:
    # PyPI says it in the status line, where twine and we look for it, and in the body.
    return Answer(status, f"{status} {reason}".encode(), "text/plain", reason=reason)


@contextlib.contextmanager
def running(pypi: Pypi) -> Iterator[Wire]:
    """Serve the index on loopback: uploads at ``/legacy/``, pages at ``/simple/``."""
    with serving(pypi) as wire:
        yield wire
