"""What a member's first bytes say it is."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from release_tests.archive.facts import MemberKind
from release_tests.archive.scan import kind_of

_REST = bytes(range(60))

KINDS: dict[str, tuple[bytes, MemberKind]] = {
    "elf": (b"\x7fELF\2\1\1" + _REST, MemberKind.ELF),
    "thin, 64 bits, little": (b"\xcf\xfa\xed\xfe" + _REST, MemberKind.MACH_O),
    "thin, 64 bits, big": (b"\xfe\xed\xfa\xcf" + _REST, MemberKind.MACH_O),
    "thin, 32 bits, little": (b"\xce\xfa\xed\xfe" + _REST, MemberKind.MACH_O),
    "thin, 32 bits, big": (b"\xfe\xed\xfa\xce" + _REST, MemberKind.MACH_O),
    "universal of one": (b"\xca\xfe\xba\xbe\0\0\0\1" + _REST, MemberKind.MACH_O),
    "universal of four": (b"\xca\xfe\xba\xbe\0\0\0\4" + _REST, MemberKind.MACH_O),
    "universal with wide records": (b"\xca\xfe\xba\xbf\0\0\0\2" + _REST, MemberKind.MACH_O),
    "java 1.1": (b"\xca\xfe\xba\xbe\0\3\0\x2d" + _REST, MemberKind.BINARY),
    "java 21": (b"\xca\xfe\xba\xbe\0\0\0\x41" + _REST, MemberKind.BINARY),
    "pe": (b"MZ\x90\0\3" + _REST, MemberKind.PE),
    "words that begin with MZ": (b"MZ is what a program begins with\n" * 3, MemberKind.TEXT),
    "static library": (b"!<arch>\n/               0 `\n\0\0\0\1", MemberKind.AR),
    "thin static library": (b"!<thin>\n/               0 `\n\0\0\0\1", MemberKind.AR),
    "words that begin like a library": (b"!<arch>\nwords, perhaps a token\n", MemberKind.TEXT),
    "text": (b"words\n", MemberKind.TEXT),
    "other letters": ("Wörter\n".encode(), MemberKind.TEXT),
    "empty": (b"", MemberKind.TEXT),
    "utf-16": ("words".encode("utf-16"), MemberKind.BINARY),
    "zip": (b"PK\3\4\x14\0", MemberKind.BINARY),
    "elf cut off": (b"\x7fEL", MemberKind.TEXT),
    "late null": (b"a" * 2000 + b"\0", MemberKind.TEXT),
}


@pytest.mark.parametrize("name", KINDS)
def test_kind(name: str) -> None:
    """Programs are told from what only begins like them."""
    head, kind = KINDS[name]
    assert kind_of(head) is kind


@pytest.mark.skipif(sys.platform != "linux", reason="asks for a program of this system in ELF")
def test_real_program() -> None:
    """The interpreter that runs this is compiled, its library's source is not."""
    assert kind_of(Path(sys.executable).resolve().read_bytes()[:1024]).compiled
    assert not kind_of(Path(__file__).read_bytes()).compiled
