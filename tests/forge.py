"""Forges wheels from data, good ones by default, and damages them in every way the tests need.

``Wheel().write(directory)`` gives a small pure wheel that pip installs; each field changes one
thing. What no field can say is done to the written file by the functions further down: they all
take its path, change it in place and return it, so that they can be chained. The same data give
the same bytes at any time and place.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import itertools
import re
import stat
import struct
import warnings
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

STORED, DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
BZIP2, LZMA = zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA
SYMLINK = stat.S_IFLNK | 0o777

Content = bytes | str
RecordRow = tuple[str, str, str]
Header = Literal["local", "central"]
HeaderField = Literal["flags", "method", "crc", "compressed_size", "size"]

_DATE = (2024, 2, 29, 12, 0, 0)
_SIGNATURES: Mapping[Header, bytes] = {"local": b"PK\x03\x04", "central": b"PK\x01\x02"}
# Format and offset in a local file header (APPNOTE 4.3.7); a central one (4.3.12) has two bytes,
# the version that made it, more in front of them.
_FIELDS: Mapping[HeaderField, tuple[str, int]] = {
    "flags": ("<H", 6),
    "method": ("<H", 8),
    "crc": ("<I", 14),
    "compressed_size": ("<I", 18),
    "size": ("<I", 22),
}


def package(name: str = "demo", version: str = "1.0") -> dict[str, Content]:
    """Return the files of a small package that states its version."""
    module = _normalized(name)
    return {
        f"{module}/__init__.py": f'"""A package for tests."""\n\n__version__ = "{version}"\n',
        f"{module}/core.py": 'def main() -> None:\n    print("well done")\n',
    }


def record_row(name: str, data: bytes) -> RecordRow:
    """Return the RECORD row that is right for a member."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return name, f"sha256={digest}", str(len(data))


def record_text(rows: Sequence[RecordRow]) -> str:
    """Return a RECORD of these rows."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue()


def _unchanged(rows: list[RecordRow]) -> list[RecordRow]:
    return rows


@dataclass(slots=True)
class Wheel:
    """One wheel to forge; what is left out is right.

    - ``files``: members outside of the generated ones, by default those of ``package()``.
    - ``metadata``, ``wheel_file``: METADATA and WHEEL, by default made from the name.
    - ``record``: RECORD itself, a function from the right rows to others, or None for no RECORD.
    - ``entry_points``: entry_points.txt, by default none.
    - ``dist_info``: the directory's name, by default ``<name>-<version>.dist-info``.
    - ``extra``: members added after RECORD was made; a name there already makes a duplicate, a
      name that ends with a slash makes a directory's entry.
    - ``omit``: members that RECORD lists and the archive lacks.
    - ``file_name``: by default ``<name>-<version>[-<build>]-<tags>.whl``.
    - ``method``, ``methods``: the compression of all, or of the named members.
    - ``modes``: ``st_mode`` of the named members, ``SYMLINK`` for one; by default a plain file.
    """

    name: str = "demo"
    version: str = "1.0"
    tags: str = "py3-none-any"
    build: str = ""
    files: Mapping[str, Content] | None = None
    metadata: Content | None = None
    wheel_file: Content | None = None
    record: Content | Callable[[list[RecordRow]], list[RecordRow]] | None = _unchanged
    entry_points: Content | None = None
    dist_info: str | None = None
    extra: Mapping[str, Content] = field(default_factory=dict)
    omit: Collection[str] = ()
    file_name: str | None = None
    method: int = DEFLATED
    methods: Mapping[str, int] = field(default_factory=dict)
    modes: Mapping[str, int] = field(default_factory=dict)

    @property
    def stem(self) -> str:
        """``<name>-<version>``, the name normalized as in file names."""
        return f"{_normalized(self.name)}-{self.version}"

    @property
    def info(self) -> str:
        """The name of the dist-info directory."""
        return self.dist_info if self.dist_info is not None else f"{self.stem}.dist-info"

    def write(self, directory: Path) -> Path:
        """Write the wheel into *directory*, made if need be, and return its path."""
        directory.mkdir(parents=True, exist_ok=True)
        parts = [self.stem, *([self.build] if self.build else []), self.tags]
        path = directory / (self.file_name or f"{'-'.join(parts)}.whl")
        with zipfile.ZipFile(path, "w") as archive, warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Duplicate name")
            for name, data in self.members():
                archive.writestr(self._entry(name), data, compresslevel=6)
        return path

    def members(self) -> list[tuple[str, bytes]]:
        """Return the members in the archive's order."""
        recorded = [*self._recorded()]
        kept = [(name, data) for name, data in recorded if name not in self.omit]
        added = [(name, _encoded(content)) for name, content in self.extra.items()]
        return kept + self._record_member(recorded) + added

    def _recorded(self) -> Iterator[tuple[str, bytes]]:
        files = package(self.name, self.version) if self.files is None else self.files
        generated = {
            "METADATA": self._metadata() if self.metadata is None else self.metadata,
            "WHEEL": self._wheel_file() if self.wheel_file is None else self.wheel_file,
            "entry_points.txt": self.entry_points,
        }
        for name, content in files.items():
            yield name, _encoded(content)
        for name, made in generated.items():
            if made is not None:
                yield f"{self.info}/{name}", _encoded(made)

    def _record_member(self, recorded: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
        name = f"{self.info}/RECORD"
        if self.record is None or name in self.omit:
            return []
        if isinstance(self.record, str | bytes):
            return [(name, _encoded(self.record))]
        rows = [record_row(*member) for member in recorded if not member[0].endswith("/")]
        return [(name, record_text(self.record([*rows, (name, "", "")])).encode())]

    def _metadata(self) -> str:
        return (
            f"Metadata-Version: 2.4\nName: {self.name}\nVersion: {self.version}\n"
            "Summary: A package for tests\nRequires-Python: >=3.9\n"
            "Description-Content-Type: text/markdown\n\n# A package for tests\n\nIt does little.\n"
        )

    def _wheel_file(self) -> str:
        expanded = itertools.product(*(part.split(".") for part in self.tags.split("-")))
        pure = "true" if self.tags.endswith("-none-any") else "false"
        lines = ["Wheel-Version: 1.0", "Generator: forge 1.0", f"Root-Is-Purelib: {pure}"]
        lines += [f"Tag: {'-'.join(tag)}" for tag in expanded]
        return "\n".join([*lines, *([f"Build: {self.build}"] if self.build else []), ""])

    def _entry(self, name: str) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo("name", _DATE)
        entry.filename = name  # set afterwards: the constructor would mend a hostile name
        entry.create_system = 3
        entry.compress_type = self.methods.get(name, self.method)
        plain = stat.S_IFDIR | 0o755 if name.endswith("/") else stat.S_IFREG | 0o644
        entry.external_attr = self.modes.get(name, plain) << 16
        return entry


def flip(path: Path, at: int | bytes) -> Path:
    """Invert the lowest bit of the byte at an offset, or of the first byte of a needle."""
    data = bytearray(path.read_bytes())
    offset = data.index(at) if isinstance(at, bytes) else at
    data[offset] ^= 1
    path.write_bytes(data)
    return path


def truncate(path: Path, at: int) -> Path:
    """Keep the first *at* bytes; with a negative number, all but the last ones."""
    path.write_bytes(path.read_bytes()[:at])
    return path


def surround(path: Path, *, before: bytes = b"", after: bytes = b"") -> Path:
    """Put bytes before and after the archive, which most readers do not mind."""
    path.write_bytes(before + path.read_bytes() + after)
    return path


def corrupt_member(path: Path, name: str) -> Path:
    """Change a stored or deflated member so that it still reads, to its size, but with a bad CRC.

    Raises ValueError when no change of one bit does that.
    """
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo(name)
    data = bytearray(path.read_bytes())
    start = _header_offset(path, name, "local") + 30
    start += sum(struct.unpack_from("<HH", data, start - 4))
    packed = bytes(data[start : start + entry.compress_size])
    data[start : start + entry.compress_size] = _one_bit_off(packed, entry)
    path.write_bytes(data)
    return path


def patch(
    path: Path,
    name: str,
    what: HeaderField,
    value: int,
    headers: Collection[Header] = ("local", "central"),
) -> Path:
    """Declare another value for a member, in both of its headers or in one."""
    data = bytearray(path.read_bytes())
    layout, offset = _FIELDS[what]
    for header in headers:
        shift = 2 if header == "central" else 0
        struct.pack_into(layout, data, _header_offset(path, name, header) + offset + shift, value)
    path.write_bytes(data)
    return path


def encrypt(path: Path, name: str) -> Path:
    """Declare a member to be encrypted; its data stay as they are."""
    return patch(path, name, "flags", 1)


def rename_member(
    path: Path, name: str, new: bytes, headers: Collection[Header] = ("local", "central")
) -> Path:
    """Write another name of the same length, any bytes, into a member's headers."""
    if len(new) != len(name.encode()):
        raise ValueError(f"{new!r} must be as long as {name!r}")
    data = bytearray(path.read_bytes())
    for header in headers:
        start = _header_offset(path, name, header) + (46 if header == "central" else 30)
        data[start : start + len(new)] = new
    path.write_bytes(data)
    return path


def _header_offset(path: Path, name: str, header: Header) -> int:
    """Return the offset of a member's header; of several with one name, that of the first."""
    with zipfile.ZipFile(path) as archive:
        entries, offset = archive.infolist(), archive.start_dir
    data = path.read_bytes()
    for entry in entries:
        found = entry.header_offset if header == "local" else offset
        if entry.orig_filename == name and data[found : found + 4] == _SIGNATURES[header]:
            return found
        offset += 46 + sum(struct.unpack_from("<HHH", data, offset + 28))
    raise ValueError(f"{path}: no {header} header of a member {name!r}")


def _one_bit_off(packed: bytes, entry: zipfile.ZipInfo) -> bytes:
    for at in reversed(range(len(packed) * 8)):
        changed = bytearray(packed)
        changed[at // 8] ^= 1 << at % 8
        unpacked = _unpacked(bytes(changed), entry.compress_type)
        if len(unpacked) == entry.file_size and zlib.crc32(unpacked) != entry.CRC:
            return bytes(changed)
    raise ValueError(f"no single bit of {entry.filename} spoils just its CRC")


def _unpacked(packed: bytes, method: int) -> bytes:
    """Return the data, or nothing when they cannot be read to their end."""
    if method == STORED:
        return packed
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        unpacked = stream.decompress(packed)
    except zlib.error:
        return b""
    return unpacked if stream.eof and not stream.unused_data else b""


def _encoded(content: Content) -> bytes:
    return content.encode() if isinstance(content, str) else content


def _normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "_", name).lower()
