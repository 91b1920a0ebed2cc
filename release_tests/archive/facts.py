"""The facts about one artifact: frozen, picklable, complete, and without a judgement."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.tags import Tag
    from packaging.version import Version

    from release_tests.binary.facts import Binary


class FaultKind(StrEnum):
    """What can be wrong with the file or the archive itself, as finely as anybody tells it apart.

    Each kind breaks one rule of the gate ``archive``, and has one answer of the index.
    """

    UNREADABLE = "unreadable"
    LINK = "link"
    NOT_A_ZIP = "not-a-zip"
    CENTRAL_DIRECTORY = "central-directory"
    DIRECTORY_ASTRAY = "directory-astray"
    DIRECTORY_COUNT = "directory-count"
    DIRECTORY_OFFSET = "directory-offset"
    HEADER_SIZE = "header-size"
    HEADER_COMPRESSED_SIZE = "header-compressed-size"
    LOCAL_HEADER = "local-header"
    OVERLAP = "overlap"
    ENCRYPTED = "encrypted"
    METHOD = "method"
    DEFLATE = "deflate"
    CRC = "crc"
    SIZE = "size"
    INDEXED = "indexed"
    BOMB = "bomb"
    NAME = "name"
    DUPLICATE_RECORD = "duplicate-record"
    DUPLICATE_ENTRY = "duplicate-entry"
    CHANGED = "changed"
    GAP = "gap"
    DESCRIPTOR = "descriptor"
    UNLISTED = "unlisted"
    UNREACHED = "unreached"
    NAME_CONTROL = "name-control"
    NAME_ENCODING = "name-encoding"
    NAME_UNMARKED = "name-unmarked"
    SECOND_NAME_ENCODING = "second-name-encoding"
    EXTRA_TWICE = "extra-twice"
    EXTRA = "extra"
    ENTRY_COMMENT = "entry-comment"
    END64 = "end64"
    END64_SIZE = "end64-size"
    END64_PLACE = "end64-place"
    TRAILING = "trailing"
    UNICODE_PATH = "unicode-path"
    COMMENT = "comment"
    CASE = "case"
    RESERVED = "reserved"
    MODE = "mode"
    OBFUSCATED = "obfuscated"
    NOT_A_TAR = "not-a-tar"
    SPARSE = "sparse"
    TAR_END = "tar-end"
    SEGMENTS = "segments"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with the file or one of its members; ``where`` names the member."""

    kind: FaultKind
    where: str
    message: str
    expected: str = ""
    found: str = ""


class ArtifactKind(StrEnum):
    """What a file of a release is meant to be."""

    WHEEL = "wheel"
    SDIST = "sdist"


class MemberKind(StrEnum):
    """What a member's first bytes say it is."""

    DIRECTORY = "directory"
    ELF = "elf"
    MACH_O = "mach-o"
    PE = "pe"
    AR = "ar"
    IMPORTS = "import library"
    TEXT = "text"
    BINARY = "binary"

    @property
    def compiled(self) -> bool:
        """Whether the member holds native code."""
        return self in (MemberKind.ELF, MemberKind.MACH_O, MemberKind.PE)


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of the archive; sizes in bytes, digests in hex by the algorithm's name.

    ``digests`` is empty for a directory and for a member that could not be read to its end.
    """

    name: str
    size: int
    compressed_size: int
    method: int
    crc: int
    mode: int
    kind: MemberKind
    digests: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_dir(self) -> bool:
        """Whether the entry stands for a directory."""
        return self.kind is MemberKind.DIRECTORY


@dataclass(frozen=True, slots=True)
class WheelName:
    """A wheel's file name, taken apart; ``raw_*`` as written, the others normalized."""

    raw_name: str
    raw_version: str
    name: str
    version: Version
    build: str
    tags: frozenset[Tag]


@dataclass(frozen=True, slots=True)
class SdistName:
    """A source distribution's file name, taken apart as a wheel's is."""

    raw_name: str
    raw_version: str
    name: str
    version: Version


@dataclass(frozen=True, slots=True)
class BadName:
    """A file name that is no distribution's, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Secret:
    """Something in a member that looks like a secret; the secret itself is not kept."""

    member: str
    line: int
    kind: str


@dataclass(frozen=True, slots=True)
class Untold:
    """How many more lines look like a secret of this kind, beyond those that are told."""

    kind: str
    among_tests: bool
    count: int


@dataclass(frozen=True, slots=True)
class ArtifactFacts:
    """Everything read from one file, in one pass, bound to the SHA-256 of its bytes.

    ``is_archive`` says that the file opened as a ZIP archive, so that its members are known;
    ``is_framed`` that each of its bytes is accounted for, so that every reader sees the same.
    ``contents`` holds the bytes of the members that gates look into: all of dist-info, and the
    Python files that state a version or hold an entry point's target. ``binaries`` holds what each
    compiled member says, by the member's name; None means that nobody asked for it.
    """

    path: str
    file_name: str
    sha256: str
    size: int
    name: WheelName | SdistName | BadName
    kind: ArtifactKind = ArtifactKind.WHEEL
    is_archive: bool = False
    is_framed: bool = False
    faults: tuple[Fault, ...] = ()
    members: tuple[Member, ...] = ()
    contents: Mapping[str, bytes] = field(default_factory=dict)
    secrets: tuple[Secret, ...] = ()
    untold: tuple[Untold, ...] = ()
    binaries: Mapping[str, Binary] | None = None
