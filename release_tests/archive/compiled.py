"""Compiled members of an archive: examined while they are inflated, if that is asked for."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

from release_tests.archive import limits
from release_tests.archive.depth import Depth
from release_tests.archive.facts import MemberKind
from release_tests.binary.room import Room

if TYPE_CHECKING:
    from release_tests.binary.examination import Examination
    from release_tests.binary.facts import Binary, Format
    from release_tests.binary.regions import Scan

_ROOM = Room(limits.EXAMINED)
"""Shared by all threads that read members, of whatever artifact."""


class Compiled:
    """Takes the pieces of a member; examines it if it is compiled and *depth* asks for that.

    A context: what was kept of the member is let go at its end.
    """

    def __init__(self, name: str, size: int, depth: Depth) -> None:
        """Begin with the member's name and its declared size."""
        self._name, self._size, self._depth = name, size, depth
        self._examination: Examination | None = None
        self._begun = depth < Depth.BINARIES
        self._held = ExitStack()

    def __enter__(self) -> Self:
        """Take nothing before the first piece."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of what was kept."""
        self._held.close()

    def feed(self, piece: bytes, kind: MemberKind) -> None:
        """Take the next piece of a member of a kind that its first one told."""
        if not self._begun:
            self._begun = True
            if kind.compiled:
                self._examination = self._begin(_format(kind))
        if self._examination is not None:
            self._examination.feed(piece)

    def _begin(self, form: Format) -> Examination:
        from release_tests.binary.examination import Examination  # noqa: PLC0415 - pure wheels

        scan = _scan() if self._depth >= Depth.CODE else None
        examination = Examination(form, self._name, self._size, _ROOM, scan)
        return self._held.enter_context(examination)

    def binary(self) -> Binary | None:
        """Return the facts when all pieces were taken, None of what is not compiled."""
        return None if self._examination is None else self._examination.finish()


def _format(kind: MemberKind) -> Format:
    from release_tests.binary.facts import Format  # noqa: PLC0415 - as above

    formats = {
        MemberKind.ELF: Format.ELF,
        MemberKind.MACH_O: Format.MACH_O,
        MemberKind.PE: Format.PE,
    }
    return formats[kind]


def _scan() -> Scan:
    """Return what looks at instructions; its libraries are loaded only when there are any."""
    from release_tests.binary.code.scan import scan  # noqa: PLC0415 - loads the decoder

    return scan
