"""What the pieces of one member say: its kind, and secrets in what is not binary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.archive import limits, markers, secrets
from release_tests.archive.facts import MemberKind
from release_tests.archive.linking import is_import_library
from release_tests.archive.search import Signs

if TYPE_CHECKING:
    from release_tests.archive.facts import Secret
    from release_tests.archive.hoard import Hoard

_SIGNS = Signs((*secrets.SIGNS, *markers.SIGNS))

_SNIFFED = 1024
_ELF = b"\x7fELF"
_PE = b"MZ"
_MACH_O = (
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbf",
)
_UNIVERSAL = b"\xca\xfe\xba\xbe"
_JAVA_MAJOR = 40
_AR = (b"!<arch>\n", b"!<thin>\n", b"<bigaf>\n")
"""Static libraries, of Windows too, thin ones, and those of AIX."""


class Scan:
    """Looks at the pieces of one member: its kind, and secrets in what is not binary.

    ``marked`` says whether it may hold marks of tools that hide source.
    """

    def __init__(self, name: str, hoard: Hoard) -> None:
        """Begin with the member's name, which the findings carry; secrets go to *hoard*."""
        self._name = name
        self._hoard = hoard
        self._line = 1
        self._last = b""
        self.kind = MemberKind.TEXT
        self._told: dict[str, tuple[int, int]] = {}
        self.marked = False
        self._begun = False

    def feed(self, piece: bytes) -> None:
        """Take the next piece of the member."""
        if not self._begun:
            self.kind = kind_of(piece)
            self._begun = True
        elif self.kind is MemberKind.IMPORTS:
            self.kind = MemberKind.AR  # what more there is may be anything
        if self.kind is not MemberKind.TEXT:
            self.marked = True
            return
        data = self._overlap() + piece
        if seen := _SIGNS.within(data):
            for secret in secrets.secrets_in(self._name, data, self._line, seen):
                self._tell(secret)
            self.marked |= not seen.isdisjoint(markers.SIGNS)
        self._last = data

    def _tell(self, secret: Secret) -> None:
        """Hand on a secret on a line that none of its kind stood on; of many it is only counted."""
        last, told = self._told.get(secret.kind, (0, 0))
        if secret.line > last:
            self._told[secret.kind] = secret.line, told + 1
            (self._hoard.add if told < limits.SECRETS else self._hoard.count)(secret)

    def _overlap(self) -> bytes:
        """Return the end of what was searched last; count the lines up to it.

        Counted only here, as hardly any member has a second piece.
        """
        rest = self._last[-secrets.LONGEST :]
        self._line += self._last.count(b"\n", 0, len(self._last) - len(rest))
        return rest


def kind_of(head: bytes) -> MemberKind:
    """Tell what the first bytes of a member say it is; of an import library it takes all."""
    if head.startswith(_ELF):
        return MemberKind.ELF
    if head.startswith(_MACH_O) or _is_universal(head):
        return MemberKind.MACH_O
    if head.startswith(_PE) and b"\0" in head[:64]:
        return MemberKind.PE
    if b"\0" not in head[:_SNIFFED]:
        return MemberKind.TEXT
    if head.startswith(_AR):
        return MemberKind.IMPORTS if is_import_library(head) else MemberKind.AR
    return MemberKind.BINARY


def _is_universal(head: bytes) -> bool:
    """Tell universal Mach-O from a Java class, which begins with the same four bytes."""
    return head.startswith(_UNIVERSAL) and int.from_bytes(head[4:8], "big") < _JAVA_MAJOR
