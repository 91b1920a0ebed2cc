"""Libraries for Windows's linker, put together by Microsoft's description of PE and COFF."""

from __future__ import annotations

import struct

LISTS = (("/", bytes(8)), ("/", bytes(12)), ("//", b"demo.dll\0"))
"""What linkers find the other members by: two lists of symbols, and long names."""


def library(*members: bytes) -> bytes:
    """Return an archive of the usual lists and these members."""
    rows = [*LISTS, *(("demo.dll/", member) for member in members)]
    return b"!<arch>\n" + b"".join(_member(name, body) for name, body in rows)


def _member(name: str, body: bytes) -> bytes:
    header = f"{name:<16}{0:<12}{'':<6}{'':<6}{0:<8}{len(body):<10}`\n".encode("ascii")
    return header + body + b"\n" * (len(body) % 2)


def short_import(name: str = "used") -> bytes:
    """Return a short import of a function of demo.dll, for x86-64."""
    data = f"{name}\0demo.dll\0".encode("ascii")
    return struct.pack("<4H2I2H", 0, 0xFFFF, 0, 0x8664, 0, len(data), 0, 4) + data


def object_file(*flags: int) -> bytes:
    """Return an object file for x86-64 with a section of eight bytes for each of these flags."""
    begin = 20 + 40 * len(flags)
    head = struct.pack("<2H3I2H", 0x8664, len(flags), 0, 0, 0, 0, 0)
    rows = (
        struct.pack("<8s6I2HI", b".part", 0, 0, 8, begin + 8 * at, 0, 0, 0, 0, one)
        for at, one in enumerate(flags)
    )
    return head + b"".join(rows) + bytes(8 * len(flags))


DATA, CODE = 0xC0300040, 0x60500020
DESCRIPTOR = object_file(DATA, DATA)
"""As stands in import libraries beside the short imports: the directory's entry and the name."""

IMPORTS = library(DESCRIPTOR, DESCRIPTOR, short_import(), short_import("more"))
"""An import library of two functions."""
