"""Names and modes of members: what an installer must not follow, and what does not fit a system."""

from __future__ import annotations

import functools
import re
import stat
import unicodedata
from typing import TYPE_CHECKING

from release_tests.archive.directory import FLAG_UTF8
from release_tests.archive.facts import Fault, FaultKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from release_tests.archive.directory import Entry

_USUAL = re.compile(r"(?=.)(?:\w[\w.+~-]*+/)*+(?:\w[\w.+~-]*+)?\Z", re.ASCII)
_DRIVE = re.compile(r"[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_RESERVED = re.compile(
    r"(?:CON|PRN|AUX|NUL|COM[0-9\u00b9\u00b2\u00b3]|LPT[0-9\u00b9\u00b2\u00b3])(?:\..*)?\Z",
    re.IGNORECASE,
)
_FORBIDDEN = re.compile(r"[<>:\"|?*]")


def faults_of_names(entries: Sequence[Entry]) -> Iterator[Fault]:
    """Yield what is wrong with the names of the entries, taken alone and together."""
    yield from _colliding(entries)
    for entry in entries:
        if reason := _undecodable(entry) or hostile(entry.name):
            yield Fault(FaultKind.NAME, _shown(entry), reason)
        elif reason := _unfit_for_windows(entry.name):
            yield Fault(FaultKind.RESERVED, entry.central_place, reason)
        if reason := _mode(entry):
            yield Fault(
                FaultKind.MODE, entry.central_place, reason, found=stat.filemode(entry.mode)
            )


def _shown(entry: Entry) -> str:
    return f"{entry.name!r} (central header at offset {entry.position})"


def _colliding(entries: Sequence[Entry]) -> Iterator[Fault]:
    """Yield names that are one name on a file system that ignores case or normalizes."""
    seen: dict[str, str] = {}
    told: set[str] = set()
    for entry in entries:
        name = entry.name.rstrip("/")
        folded = name.lower() if name.isascii() else unicodedata.normalize("NFC", name).casefold()
        other = seen.setdefault(folded, name)
        if other != name and name not in told:
            told.add(name)
            message = "two names differ only in case or in the form of their letters"
            yield Fault(FaultKind.CASE, entry.central_place, message, found=other)


def _undecodable(entry: Entry) -> str:
    if entry.flags & FLAG_UTF8 and entry.name.encode() != entry.raw_name:
        return "the member's name is marked as UTF-8, and is not"
    return ""


def hostile(name: str) -> str:
    """Return why an installer must not follow a name; empty if it may."""
    if _USUAL.match(name):
        return ""
    return _hostile(name)


def _hostile(name: str) -> str:
    if not name:
        return "the member has no name"
    if name.startswith("/") or _DRIVE.match(name):
        return "the member's name is an absolute path"
    if ".." in name.split("/"):
        return "the member's name leads out of the directory that it is installed in"
    if not {"", "."}.isdisjoint(name.removesuffix("/").split("/")):
        return "the member's name has an empty part or `.`: installed, it is another member's name"
    if "\\" in name:
        return "the member's name holds a backslash: a separator on one system, a letter on others"
    return "the member's name holds a control character" if _CONTROL.search(name) else ""


def _unfit_for_windows(name: str) -> str:
    directory, _, last = name.rstrip("/").rpartition("/")
    return _unfit_directory(directory) or _unfit_part(last)


@functools.lru_cache(maxsize=1024)  # there are far fewer than mentions of them
def _unfit_directory(path: str) -> str:
    return next(filter(None, map(_unfit_part, path.split("/"))), "")


def _unfit_part(part: str) -> str:
    if _RESERVED.match(part):
        return "Windows keeps the name for a device"
    if _FORBIDDEN.search(part):
        return 'Windows allows none of < > : " | ? * in a name'
    if part.endswith((".", " ")) and part != ".":
        return "Windows drops a dot or space at the end of a name"
    return ""


def _mode(entry: Entry) -> str:
    kind = stat.S_IFMT(entry.mode)
    if kind == stat.S_IFLNK:
        return "it is a symbolic link: installers write its target's name into a file, or follow it"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "it is neither a file nor a directory"
    if entry.mode & (stat.S_ISUID | stat.S_ISGID):
        return "it would run with the rights of its owner or group"
    if entry.mode and not entry.is_dir and not entry.mode & stat.S_IRUSR:
        return "its mode lets nobody read it"
    return ""
