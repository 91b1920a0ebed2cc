"""Small Mach-O and PE files, put together from the formats' own documentation.

They hold one of everything that is read, so that fuzzing begins with it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

BASE = 0x100000
PATH = "C:\\Users\\runner\\a\\b.pdb"
CODE = b"\x55\x48\x89\xe5\x5d\xc3" * 4
_HEADER, _SEGMENT, _SECTION = 32, 72, 80


def padded(data: bytes, size: int) -> bytes:
    """Return bytes filled up with zeros to a multiple of *size*."""
    return data + bytes(-len(data) % size)


def command(number: int, body: bytes) -> bytes:
    """Return a load command."""
    body = padded(body, 8)
    return struct.pack("<2I", number, len(body) + 8) + body


def named(number: int, name: str, after: bytes = b"") -> bytes:
    """Return a load command that ends with a name."""
    return command(number, struct.pack("<I", 12 + len(after)) + after + name.encode() + b"\0")


@dataclass(frozen=True)
class MachO:
    """A library for arm64 of macOS 11.2, and what of it a test has otherwise."""

    cpu: int = 0x0100000C
    variant: int = 0
    kind: int = 6
    flags: int = 0x80
    versions: bytes = command(0x32, struct.pack("<4I", 1, 11 << 16 | 2 << 8, 0, 0))
    more: tuple[bytes, ...] = ()
    symbols: tuple[tuple[str, int, int, int], ...] = field(
        default=(
            ("_PyInit_demo", 0x0F, 0, BASE + 0x1000),
            ("_PyModule_Create2", 0x01, 0xFE00, 0),
            ("_memcpy", 0x01, 0x0100, 0),
            ("___stack_chk_fail", 0x01, 0x0100, 0),
            ("_PyOptional", 0x01, 0x0240, 0),
            ("/Users/runner/work/demo/build/core.o", 0x66, 0, 0),
        )
    )

    @property
    def data(self) -> bytes:
        """The bytes: commands, then code, initialisers, symbols, names and starts of functions."""
        commands = [
            named(0xD, "@rpath/libdemo.dylib", struct.pack("<3I", 0, 0, 0)),
            named(0xC, "/usr/lib/libSystem.B.dylib", struct.pack("<3I", 0, 0, 0)),
            named(0x80000018, "@rpath/libmaybe.dylib", struct.pack("<3I", 0, 0, 0)),
            named(0x8000001C, "@loader_path/lib"),
            self.versions,
            *self.more,
        ]
        table, names = self._symbols()
        initialisers = struct.pack("<Q", BASE + 0x1006)
        starts = bytes([0x80, 0x20, 0x06, 0x00])
        segment = self._segment(initialisers, len(table + names + starts))
        at = 0x1000 + len(padded(CODE, 8)) + len(initialisers)
        commands += [
            command(0x2, struct.pack("<4I", at, len(self.symbols), at + len(table), len(names))),
            command(0x26, struct.pack("<2I", at + len(table) + len(names), len(starts))),
            command(0x1D, struct.pack("<2I", at, 4)),
        ]
        joined = segment + b"".join(commands)
        head = struct.pack(
            *("<8I", 0xFEEDFACF, self.cpu, self.variant, self.kind),
            *(len(commands) + 1, len(joined), self.flags, 0),
        )
        body = padded(CODE, 8) + initialisers + table + names + starts
        return (head + joined).ljust(0x1000, b"\0") + body

    def _symbols(self) -> tuple[bytes, bytes]:
        table, names = b"", b"\0"
        for name, kind, description, value in self.symbols:
            section = int(kind & 0x0E == 0x0E)
            table += struct.pack("<IBBHQ", len(names), kind, section, description, value)
            names += name.encode() + b"\0"
        return table, names

    def _segment(self, initialisers: bytes, rest: int) -> bytes:
        size = 0x1000 + len(padded(CODE, 8)) + len(initialisers) + rest
        sections = [
            (b"__text", BASE + 0x1000, len(CODE), 0x1000, 0x80000400),
            (b"__mod_init_func", BASE + 0x2000, 8, 0x1000 + len(padded(CODE, 8)), 0x9),
        ]
        body = struct.pack("<16s4Q4I", b"__TEXT", BASE, 0x4000, 0, size, 7, 5, len(sections), 0)
        for name, address, length, offset, flags in sections:
            numbers = (offset, 4, 0, 0, flags, 0, 0, 0)
            body += struct.pack("<16s16s2Q8I", name, b"__TEXT", address, length, *numbers)
        return command(0x19, body)


def universal(*slices: MachO, wide: bool = False) -> bytes:
    """Return a universal file of these architectures, *wide* with offsets of 64 bits."""
    head, body = struct.pack(">2I", 0xCAFEBABE + wide, len(slices)), b""
    record = ">2I2Q2I" if wide else ">5I"
    for one in slices:
        at = 0x1000 + len(body)
        row = (one.cpu, one.variant, at, len(one.data), 14, 0)
        head += struct.pack(record, *row[: 6 if wide else 5])
        body += padded(one.data, 0x1000)
    return head.ljust(0x1000, b"\0") + body


class Pe:
    """A DLL of 64 bits: one section of code, and one of tables at ``TABLES``."""

    CODE, TABLES = 0x1000, 0x2000

    def __init__(
        self,
        *,
        machine: int = 0x8664,
        flags: int = 0x2022,
        path: str = "C:\\Users\\runner\\a\\b.pdb",
        callbacks: tuple[int, ...] = (6,),
    ) -> None:
        """Take what a test has otherwise; *callbacks* are counted from where the code begins."""
        self._machine, self._flags, self._path = machine, flags, path
        self._callbacks = callbacks
        self._tables = b""

    def _put(self, data: bytes) -> int:
        """Append to the tables, and return the address."""
        self._tables = padded(self._tables, 8)
        self._tables += data
        return self.TABLES + len(self._tables) - len(data)

    def _text(self, text: str, before: bytes = b"") -> int:
        return self._put(before + text.encode() + b"\0")

    def _words(self, *values: int) -> int:
        return self._put(struct.pack(f"<{len(values)}Q", *values))

    @property
    def data(self) -> bytes:
        """The bytes: headers, code, tables."""
        self._tables = b""
        directories = self._directories()
        tables, code = padded(self._tables, 512), padded(CODE, 512)
        optional = struct.pack("<H14xI4xQ", 0x20B, self.CODE, BASE)
        optional += struct.pack("<2I16x2I4xH2x32x2I", 0x1000, 512, 0x3000, 1024, 2, 0, 16)
        for number in range(16):
            optional += struct.pack("<2I", *directories.get(number, (0, 0)))
        sections = [
            (b".text", len(CODE), self.CODE, len(code), 1024, 0x60000020),
            (b".rdata", len(tables), self.TABLES, len(tables), 1024 + len(code), 0x40000040),
        ]
        head = b"MZ".ljust(60, b"\0") + struct.pack("<I", 64) + b"PE\0\0"
        head += struct.pack("<2H3I2H", self._machine, len(sections), 0, 0, 0, 240, self._flags)
        head += optional
        for name, memory, address, size, offset, flags in sections:
            head += struct.pack("<8s4I12xI", name, memory, address, size, offset, flags)
        return head.ljust(1024, b"\0") + code + tables

    def _directories(self) -> dict[int, tuple[int, int]]:
        names = self._words(
            self._text("PyModule_Create2", b"\0\0"), 1 << 63 | 7, self._text("puts", b"\0\0"), 0
        )
        library = self._text("python311.dll")
        imports = self._put(struct.pack("<5I", names, 0, 0, library, names) + bytes(20))
        later = self._words(self._text("Later", b"\0\0"), 0)
        row = struct.pack("<8I", 1, self._text("maybe.dll"), 0, later, later, 0, 0, 0)
        delayed = self._put(row + bytes(32))
        callbacks = self._words(*(BASE + self.CODE + at for at in self._callbacks), 0)
        threads = self._words(0, 0, 0, BASE + callbacks, 0)
        ranges = self._put(struct.pack("<3I", self.CODE, self.CODE + 6, 0))
        return {
            0: (self._exports(), 40),
            1: (imports, 40),
            3: (ranges, 12),
            6: (self._debug(), 28),
            9: (threads, 40),
            10: (self._put(bytes(88) + struct.pack("<Q", BASE + self.TABLES)), 96),
            13: (delayed, 64),
        }

    def _exports(self) -> int:
        functions = self._put(struct.pack("<I", self.CODE + 12))
        names = self._put(struct.pack("<I", self._text("PyInit_demo")))
        numbers = self._put(struct.pack("<H", 0))
        name = self._text("demo.pyd")
        return self._put(struct.pack("<12x7I", name, 1, 1, 1, functions, names, numbers))

    def _debug(self) -> int:
        body = b"RSDS" + bytes(20) + self._path.encode() + b"\0"
        at = self._put(body)
        offset = 1024 + 512 + at - self.TABLES
        return self._put(struct.pack("<12x4I", 2, len(body), at, offset))
