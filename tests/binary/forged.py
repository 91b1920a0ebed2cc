"""Mach-O and PE files for tests, put together from their headers: all that rules ask about."""

from __future__ import annotations

import struct
from dataclasses import dataclass

_MAGIC, _BUNDLE, _DYLIB = 0xFEEDFACF, 8, 6
_CPUS = {"x86_64": (0x01000007, 3), "arm64": (0x0100000C, 0)}
_LOAD, _RPATH, _SYMTAB, _SIGNATURE, _BUILD = 0xC, 0x8000001C, 0x2, 0x1D, 0x32
_MACHINES = {"amd64": 0x8664, "arm64": 0xAA64, "win32": 0x14C}
_SECTION = 0x1000


@dataclass(frozen=True)
class MachO:
    """A Mach-O file of one architecture; ``+`` in a test joins several to a universal one."""

    machine: str = "arm64"
    minimum: tuple[int, int] = (11, 0)
    needed: tuple[str, ...] = ("/usr/lib/libSystem.B.dylib",)
    rpaths: tuple[str, ...] = ()
    exports: tuple[str, ...] = ("PyInit_core",)
    imports: tuple[str, ...] = ("PyLong_FromLong",)
    signed: bool = True
    kind: int = _BUNDLE
    platform: int = 1

    @property
    def data(self) -> bytes:
        """The bytes: header, commands, table of symbols, their names, signature."""
        sizes = sum(map(len, self._commands(0)))
        commands = self._commands(32 + sizes)
        header = struct.pack(
            "<8I", _MAGIC, *_CPUS[self.machine], self.kind, len(commands), sizes, 0x80, 0
        )
        return b"".join([header, *commands, *self._tables(), bytes(16)])

    def _commands(self, after: int) -> list[bytes]:
        symbols, names = self._tables()
        minimum = self.minimum[0] << 16 | self.minimum[1] << 8
        found = [struct.pack("<6I", _BUILD, 24, self.platform, minimum, 0, 0)]
        found += [_text_command(_LOAD, name, struct.pack("<3I", 2, 0, 0)) for name in self.needed]
        found += [_text_command(_RPATH, path, b"") for path in self.rpaths]
        strings = after + len(symbols)
        count = len(self.exports) + len(self.imports)
        found.append(struct.pack("<6I", _SYMTAB, 24, after, count, strings, len(names)))
        if self.signed:
            found.append(struct.pack("<4I", _SIGNATURE, 16, strings + len(names), 16))
        return found

    def _tables(self) -> tuple[bytes, bytes]:
        """Return the table of symbols and their names; imports are looked up everywhere."""
        names, symbols = b"\0", b""
        for name, kind, section in [
            *((name, 0x0F, 1) for name in self.exports),
            *((name, 0x01, 0) for name in self.imports),
        ]:
            description = 0 if section else 0xFE00
            symbols += struct.pack("<IBBHQ", len(names), kind, section, description, 0)
            names += b"_" + name.encode() + b"\0"
        return symbols, names


def universal(*slices: MachO) -> bytes:
    """Return a universal file of these architectures."""
    header = struct.pack(">2I", 0xCAFEBABE, len(slices))
    at, rows, data = 0x1000, b"", b""
    for one in slices:
        rows += struct.pack(">5I", *_CPUS[one.machine], at + len(data), len(one.data), 12)
        data += one.data.ljust(0x1000, b"\0")
    return (header + rows).ljust(at, b"\0") + data


def _text_command(number: int, text: str, between: bytes) -> bytes:
    body = text.encode() + b"\0"
    body += bytes(-len(body) % 8)
    start = 12 + len(between)
    padding = bytes(-(start + len(body)) % 8)
    size = start + len(body) + len(padding)
    return struct.pack("<3I", number, size, start) + between + body + padding


@dataclass(frozen=True)
class Pe:
    """A DLL; ``imports`` are libraries, each with the names that it is asked for."""

    machine: str = "amd64"
    imports: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("python312.dll", ("PyLong_FromLong",)),
        ("KERNEL32.dll", ("Sleep",)),
    )
    exports: tuple[str, ...] = ("PyInit_core",)

    @property
    def data(self) -> bytes:
        """The bytes: headers, and one section with both tables."""
        section, exports, imports = self._section()
        flags, wide = 0x2022, self.machine != "win32"
        coff = struct.pack(
            "<2H3I2H", _MACHINES[self.machine], 1, 0, 0, 0, 240 if wide else 224, flags
        )
        row = struct.pack(
            "<8s6I2HI",
            b".rdata",
            len(section),
            _SECTION,
            len(section),
            0x400,
            0,
            0,
            0,
            0,
            0x40000040,
        )
        dos = b"MZ".ljust(60, b"\0") + struct.pack("<I", 64)
        head = dos + b"PE\0\0" + coff + _optional(exports, imports, wide=wide) + row
        return head.ljust(0x400, b"\0") + section

    def _section(self) -> tuple[bytes, int, int]:
        """Return the section, and the addresses of the tables of exports and imports in it."""
        made = _Section()
        width = 4 if self.machine == "win32" else 8
        rows = []
        for library, names in self.imports:
            words = [made.add(b"\0\0" + name.encode() + b"\0") for name in names]
            table = made.add(b"".join(word.to_bytes(width, "little") for word in [*words, 0]))
            rows.append((table, made.add(library.encode() + b"\0")))
        packed = b"".join(struct.pack("<5I", table, 0, 0, name, table) for table, name in rows)
        imports = made.add(packed + bytes(20))
        exports = self._exports(made)
        return made.data, exports, imports

    def _exports(self, made: _Section) -> int:
        names = [made.add(name.encode() + b"\0") for name in self.exports]
        count = len(names)
        addresses = made.add(struct.pack(f"<{count}I", *[_SECTION] * count))
        table = made.add(struct.pack(f"<{count}I", *names))
        numbers = made.add(struct.pack(f"<{count}H", *range(count)))
        own = made.add(b"core.pyd\0")
        row = struct.pack("<3I", 0, 0, 0)
        row += struct.pack("<7I", own, 1, count, count, addresses, table, numbers)
        return made.add(row)


class _Section:
    """Bytes that are added one after the other, and where each came to lie."""

    def __init__(self) -> None:
        self.data = bytes(16)

    def add(self, data: bytes) -> int:
        at = _SECTION + len(self.data)
        self.data += data + bytes(-len(data) % 8)
        return at


def _optional(exports: int, imports: int, *, wide: bool) -> bytes:
    """Return the optional header: of its fields only those that are read have a value."""
    head = bytearray(112 if wide else 96)
    struct.pack_into("<H", head, 0, 0x20B if wide else 0x10B)
    struct.pack_into("<I", head, 60, 0x400)
    struct.pack_into("<H", head, 68, 2)
    struct.pack_into("<I", head, len(head) - 4, 16)
    directories = [0] * 32
    directories[0:4] = [exports, 40, imports, 40]
    return bytes(head) + struct.pack("<32I", *directories)
