"""Source distributions of any bytes: the file, the stream inside it, PKG-INFO, and names."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from typing import TYPE_CHECKING

from release_tests.archive.facts import BadName
from release_tests.archive.names import parse_sdist_name, parse_wheel_name
from tests.forge_sdist import PYPROJECT, Sdist
from tests.fuzz.word import judged, require

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from release_tests.archive.facts import ArtifactFacts

_FILE = "demo-1.0.tar.gz"
_STATED = ("demo-1.0/PKG-INFO", "demo-1.0/pyproject.toml", "demo-1.0/setup.py")


def file_of(data: bytes) -> None:
    """Read a file of these bytes as an sdist, and put all gates to it."""
    facts, passed = judged(_FILE, data)
    if passed:
        _compare(facts, data)


def stream_of(data: bytes) -> None:
    """Read an sdist whose decompressed stream is these bytes."""
    file_of(gzip.compress(data, compresslevel=1, mtime=0))


def pkg_info_of(data: bytes) -> None:
    """Read an sdist that is right but for its PKG-INFO."""
    stream_of(plain({_STATED[0]: data, _STATED[1]: PYPROJECT.encode()}))


def names_of(data: bytes) -> None:
    """Read an sdist whose members are named by the lines, and two files so named themselves."""
    lines = data.decode("utf-8", "surrogateescape").split("\n")[:20]
    stream_of(plain(dict.fromkeys(lines, b"") | {_STATED[0]: b"Name: demo\nVersion: 1.0\n"}))
    for line in lines:
        for parse, suffix in ((parse_wheel_name, ".whl"), (parse_sdist_name, ".tar.gz")):
            found = parse(f"{line}{suffix}")
            require(isinstance(found, BadName) or bool(found.name), "a name without letters")


def plain(members: dict[str, bytes]) -> bytes:
    """Return a stream with these members."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", errors="surrogateescape") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def _compare(facts: ArtifactFacts, data: bytes) -> None:
    """Hold what passes the gate archive against what the standard library reads."""
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz", errors="backslashreplace") as opened:
        entries = opened.getmembers()
        names = [f"{entry.name}/" if entry.isdir() else entry.name for entry in entries]
        require(names == [member.name for member in facts.members], "other members")
        for entry, member in zip(entries, facts.members, strict=True):
            stream = opened.extractfile(entry) if entry.isreg() else None
            if stream is not None:
                digest = hashlib.sha256(stream.read()).hexdigest()
                require(member.digests["sha256"] == digest, f"other {member.name}")


def seeds() -> dict[str, list[bytes]]:
    """Return where the fuzzing of each reader begins."""
    made = [plain(Sdist().content()), plain(Sdist(version="1.0.0rc0", pkg_info=None).content())]
    info = Sdist().content()[_STATED[0]]
    return {
        "sdist": [gzip.compress(data, mtime=0) for data in made],
        "tar": [*made, *_extended(), bytes(tarfile.RECORDSIZE)],
        "pkg_info": [info, info + b"\xff", b"Name: demo\nVersion: 1.0\nLicense-File: ../x\n"],
        "names": [b"demo-1.0/a.py", b"/etc/passwd\n../x\nC:\\x\n\x01\xff", b"demo-1.0/\xc3\xa4\n"],
    }


def _extended() -> Iterator[bytes]:
    """Yield streams with the headers that each format has for a long name and for all members."""
    for form in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT):
        out = io.BytesIO()
        every = {"comment": "for all"} if form == tarfile.PAX_FORMAT else None
        with tarfile.open(fileobj=out, mode="w", format=form, pax_headers=every) as archive:
            archive.addfile(tarfile.TarInfo(_STATED[0]))
            archive.addfile(tarfile.TarInfo("demo-1.0/" + "n" * 200))
        yield out.getvalue()


READERS: dict[str, Callable[[bytes], None]] = {
    "sdist": file_of,
    "tar": stream_of,
    "pkg_info": pkg_info_of,
    "names": names_of,
}
