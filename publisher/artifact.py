"""An admitted file, and the private copy of it that goes out."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from publisher.errors import Refused
from publisher.objection import Objection, Weight
from release_tests.archive.facts import BadName
from release_tests.archive.names import SDIST_SUFFIX, parse_sdist_name, parse_wheel_name
from release_tests.archive.source import opened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from release_tests.archive.source import Source

_CHUNK = 1 << 20
GATES = "pytest --pyargs release_tests --wheel-dir"
"""What puts the gates to the directory that follows, from anywhere."""

_AGAIN = f"Put the gates to it again: {GATES} DIR"


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file of the release: its project (normalized) and version as its name has them."""

    path: Path
    name: str
    sha256: str
    size: int
    project: str
    version: str


def describe(path: Path, sha256: str) -> Artifact:
    """Return the artifact at *path* whose admitted digest is *sha256*; raise Refused.

    Without a digest it could not be read, and nothing can be told of it.
    """
    if not sha256:
        raise Refused(
            f"{path}: it cannot be read", remedy="Name a regular file that is there, no link."
        )
    parse = parse_sdist_name if path.name.endswith(SDIST_SUFFIX) else parse_wheel_name
    name = parse(path.name)
    if isinstance(name, BadName):
        raise Refused(
            f"{path.name}: {name.reason}",
            remedy="Only wheels and source distributions (.tar.gz) are published.",
        )
    size = path.stat().st_size
    return Artifact(path, path.name, sha256, size, name.name, str(name.version))


def twins(artifacts: Iterable[Artifact]) -> Iterator[Objection]:
    """Yield a conflict for each name, and each content, that comes twice in one release.

    Names that differ in their case are one: installers and some disks take them for the same.
    """
    names: dict[str, Artifact] = {}
    digests: dict[str, Artifact] = {}
    for one in artifacts:
        other = names.get(one.name.casefold()) or digests.get(one.sha256)
        if other is not None:
            yield Objection(
                Weight.CONFLICT,
                f"{other.path} and {one.path} have the same name or the same bytes",
                "An index takes each name and each content once; leave one out. Two variants with "
                "the same bytes are a mistake of the build.",
            )
        names[one.name.casefold()] = digests[one.sha256] = one


def copy_of(artifact: Artifact, into: Path) -> Path:
    """Copy the artifact into the directory *into*, under its name; raise Refused if it changed.

    What is uploaded is the copy: nobody else can change it between the check and the upload. No two
    artifacts of a release have one name; see ``twins``.
    """
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    copy = into / artifact.name
    with _source(artifact) as source, copy.open("wb") as out:
        digest = _copied(source, out, min(_CHUNK, artifact.size + 1))
    if digest != artifact.sha256:
        raise Refused(
            f"{artifact.path}: its bytes changed after it was admitted: expected the SHA-256 "
            f"{artifact.sha256}, found {digest}",
            remedy=_AGAIN,
        )
    return copy


@contextlib.contextmanager
def _source(artifact: Artifact) -> Iterator[Source]:
    """Open the artifact's file, which may have been replaced by anything, a FIFO too."""
    with contextlib.ExitStack() as stack:
        try:
            source = stack.enter_context(opened(artifact.path))
        except OSError as error:
            raise Refused(
                f"{artifact.path}: it cannot be read any more after it was admitted: "
                f"{error.strerror or error}",
                remedy=_AGAIN,
            ) from error
        yield source


def _copied(source: Source, out: IO[bytes], piece: int) -> str:
    """Write *source* to *out* and return the SHA-256 of what was written; less if it was cut.

    Read are so many bytes at a time as a *piece* has: room for more is costly for small files.
    """
    digest = hashlib.sha256()
    offset = 0
    while chunk := _read(source, offset, piece):
        digest.update(chunk)
        offset += out.write(chunk)
    return digest.hexdigest()


def _read(source: Source, offset: int, piece: int) -> bytes:
    try:
        return source.read(offset, piece)
    except OSError:  # it was cut: the digest of what is left tells
        return b""
