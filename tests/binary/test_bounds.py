"""Files made to be slow: what overlaps or repeats is read once, or up to a limit."""

from __future__ import annotations

import struct
import time

from release_tests.binary.facts import Format
from tests.binary.small import MachO
from tests.binary.toolchain import read, scanned

_NAMES = b"\0.shstrtab\0.debug_str\0"


def _sections(count: int, body: bytes) -> bytes:
    """Return an ELF file of so many sections of debug information, all of the same bytes."""
    table = 64 + len(body)
    names = table + 64 * count

    def section(name: int, kind: int, offset: int, size: int) -> bytes:
        return struct.pack("<IIQQQQIIQQ", name, kind, 0, 0, offset, size, 0, 0, 0, 0)

    head = struct.pack("<HHIQQQIHHHHHH", 1, 62, 1, 0, 0, table, 0, 64, 56, 0, 64, count, 1)
    rows = (
        bytes(64) + section(1, 3, names, len(_NAMES)) + section(11, 1, 64, len(body)) * (count - 2)
    )
    return b"\x7fELF\2\1\1" + bytes(9) + head + body + rows + _NAMES


def test_sections_over_each_other() -> None:
    """Sixty thousand sections of one megabyte each are searched up to the limit, not all."""
    data = _sections(60_000, b"/home/x/y\0" * 100_000)
    started = time.process_time()
    (image,) = read(data).images
    assert time.process_time() - started < 5
    assert image.build_paths == ("/home/x/y",)


def test_architectures_over_each_other() -> None:
    """A universal file whose parts overlap is damaged, and not read once for each."""
    one = MachO().data
    head = struct.pack(">2I", 0xCAFEBABE, 3)
    head += struct.pack(">5I", 0x0100000C, 0, 0x1000, len(one), 0) * 3
    found = read(head.ljust(0x1000, b"\0") + one, Format.MACH_O)
    assert found.damage == "its architectures overlap"
    assert len(found.images) == 1


def test_relocations_in_any_order() -> None:
    """Pointers are found however the relocations are sorted, and however many there are."""
    rows = b"".join(struct.pack("<QQq", 8 * at, 8, 0x40) for at in reversed(range(200_000)))
    tags = [(7, 0x1000), (8, len(rows)), (9, 24), (0, 0)]
    dynamic = b"".join(struct.pack("<qQ", *one) for one in tags)
    size = 0x1000 + len(rows)
    head = struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, 64, 0, 0, 64, 56, 2, 64, 0, 0)
    segments = struct.pack("<IIQQQQQQ", 1, 7, 0, 0, 0, size, size, 4096)
    segments += struct.pack("<IIQQQQQQ", 2, 6, 176, 176, 176, len(dynamic), len(dynamic), 8)
    data = (b"\x7fELF\2\1\1" + bytes(9) + head + segments).ljust(176, b"\0") + dynamic
    started = time.process_time()
    (image,) = scanned(data.ljust(0x1000, b"\0") + rows).images
    assert time.process_time() - started < 5
    assert image.code is not None
