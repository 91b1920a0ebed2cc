"""Forged archives, each wrong in one thing, that the gates and the installers are asked about."""

from __future__ import annotations

import dataclasses
import struct
import zlib
from functools import partial
from typing import TYPE_CHECKING

from tests import forge
from tests.archive import zips
from tests.gates.cases.case import Artifact, damaged, rewritten, wheel, with_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_CORE = "demo/core.py"
_DATA = "demo/data.bin"
_INFO = "demo-1.0.dist-info"
_WHEEL = forge.Wheel(files={**forge.package(), _DATA: "data that an index does not read"})
_LATER = zips.DESCRIPTOR
_FIELDS = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"
_METADATA = f"{_FIELDS}Description-Content-Type: text/plain\n\nIt does little.\n"
_WHEEL_FILE = "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
_SCRIPTS, _X = "[console_scripts]\n", "x = demo.core:main\n"
_RECORD = dict(forge.Wheel().members())[f"{_INFO}/RECORD"]
_STAMP = struct.pack("<2H", 0x5455, 5) + b"\1abcd"
_anew = partial(rewritten, _WHEEL)
_data = partial(rewritten, _WHEEL, name=_DATA)


def _second_name(name: str, second: bytes) -> bytes:
    block = struct.pack("<BL", 1, zlib.crc32(name.encode())) + second
    return struct.pack("<2H", 0x7075, len(block)) + block


def _listed(change: Callable[[list[zips.Entry]], zips.Archive]) -> Artifact:
    """Return the archive that is made of a good wheel's entries."""

    def rewrite(path: Path) -> None:
        change(zips.entries_of(_WHEEL)).write(path)

    return Artifact(_WHEEL, rewrite)


def _placed(entries: list[zips.Entry]) -> list[zips.Entry]:
    """Return the entries with the offsets at which they stand, to list them otherwise."""
    at, placed = 0, []
    for entry in entries:
        placed.append(dataclasses.replace(entry, offset=at))
        at += len(entry.local())
    return placed


def _swapped(entries: list[zips.Entry]) -> zips.Archive:
    first, second, *rest = _placed(entries)
    swapped = [(first, second.offset), (second, first.offset)]
    central = [dataclasses.replace(entry, offset=at) for entry, at in swapped]
    return zips.Archive(entries, central=central + rest)


def _shared(entries: list[zips.Entry]) -> zips.Archive:
    more = dataclasses.replace(entries[0], name=b"demo/more.py", offset=0)
    return zips.Archive(entries, central=[*_placed(entries), more])


def _unlisted(entries: list[zips.Entry]) -> zips.Archive:
    return zips.Archive([zips.Entry(b"demo/more.py"), *entries], central=_behind(entries))


def _behind(entries: list[zips.Entry]) -> list[zips.Entry]:
    return _placed([zips.Entry(b"demo/more.py"), *entries])[1:]


def _absent(entries: list[zips.Entry]) -> zips.Archive:
    gone = zips.Entry(b"demo/gone.py", offset=len(zips.Archive(entries).data()))
    return zips.Archive(entries, central=[*_placed(entries), gone])


def _twice(content: str) -> Artifact:
    return wheel(extra={_CORE: content})


def _row(change: Callable[[forge.RecordRow], forge.RecordRow]) -> Artifact:
    """Return a wheel in whose RECORD one row is changed."""
    return wheel(record=lambda rows: [change(row) if row[0] == _CORE else row for row in rows])


def _renamed(name: bytes, flags: int = 0) -> Artifact:
    """Return a wheel whose last member has a name that only bytes can spell."""

    def change(entries: list[zips.Entry]) -> zips.Archive:
        return zips.Archive([*entries, zips.Entry(name, b"x", flags)])

    return _listed(change)


def _points(text: forge.Content) -> Artifact:
    return wheel(entry_points=text)


def _wheel_file(old: str, new: str) -> Artifact:
    return wheel(wheel_file=_WHEEL_FILE.replace(old, new))


GOOD: dict[str, Artifact] = {
    "nothing is wrong": wheel(),
    "all members stored": wheel(method=forge.STORED),
    "zip64 end records": _anew(around={"zip64": True}),
    "zip64 sizes": _anew(zip64=True),
    "an extra field with the time": _anew(extra=_STAMP, local_extra=_STAMP),
    "scripts and data": with_files({"demo-1.0.data/scripts/tool": "#!python\n"}),
    "an entry point": _points("[console_scripts]\ndemo = demo.core:main\n"),
}

FRAMING: dict[str, Artifact] = {
    "an empty file": damaged(partial(forge.truncate, at=0)),
    "the last byte missing": damaged(partial(forge.truncate, at=-1)),
    "the second half missing": damaged(partial(forge.truncate, at=500)),
    "a script in front": damaged(partial(forge.surround, before=b"#!/bin/sh\n")),
    "a script in front, counted in": _anew(around={"before": b"#!/bin/sh\n"}),
    "bytes before the directory": _anew(around={"between": b"words"}),
    "a line feed at the end": damaged(partial(forge.surround, after=b"\n")),
    "the wheel twice": damaged(lambda path: path.write_bytes(path.read_bytes() * 2)),
    "no mark of a central header": damaged(partial(forge.flip, at=b"PK\x01\x02")),
    "no mark of a local header": damaged(partial(forge.flip, at=0)),
    "one entry more counted": _anew(around={"count": 7}),
    "one entry fewer counted": _anew(around={"count": 5}),
    "the directory's size wrong": _anew(around={"size": 9}),
    "the directory's offset wrong": _anew(around={"offset": 9}),
    "another size in the local header": _anew(local_says={"size": 99}),
    "another packed size in the local header": _anew(local_says={"packed": 9}),
    "another CRC-32 in the local header": _anew(local_says={"crc": 1}),
    "another method in the local header": _anew(local_says={"method": 0}),
    "another name in the local header": _anew(local_says={"name": b"demo/c0re.py"}),
    "encrypted by the local header": _anew(local_says={"flags": 1}),
    "data that reach into the next record": damaged(
        partial(forge.patch, name=_CORE, what="compressed_size", value=500)
    ),
    "two members of one record": _listed(_shared),
    "swapped offsets": _listed(_swapped),
    "an offset into another's data": _anew(offset=1),
    "a record that no entry lists": _listed(_unlisted),
    "an entry without a record": _listed(_absent),
    "a data descriptor": _anew(flags=_LATER),
    "a comment on an entry": _anew(comment=b"words"),
    "a comment on the archive": _anew(around={"comment": b"words"}),
    "an extra field cut short": _anew(extra=b"UT\5"),
    "a local extra field cut short": _anew(local_extra=b"UT\5"),
    "a zip64 block of nine bytes": _anew(extra=struct.pack("<2H", 1, 9) + bytes(9)),
    "two zip64 blocks": _anew(extra=struct.pack("<2H", 1, 0) * 2),
    "a second name": _anew(extra=_second_name(_CORE, b"demo/evil.py")),
    "the zip64 locator astray": _anew(around={"zip64": True, "end64": 9}),
    "no zip64 locator": _anew(around={"zip64": True, "locator": False}),
    "a zip64 end record of another size": _anew(around={"zip64": True, "end64_size": 45}),
}

MEMBERS: dict[str, Artifact] = {
    "an encrypted member": damaged(partial(forge.encrypt, name=_CORE)),
    "a strongly encrypted member": _anew(flags=0x40),
    "a member of patched data": _anew(flags=0x20),
    "a member in bzip2": wheel(methods={_CORE: forge.BZIP2}),
    "a member in LZMA": wheel(methods={_CORE: forge.LZMA}),
    "a member of an unknown method": _anew(method=99),
    "damaged deflate in a module": _anew(packed=b"\xff" * 9),
    "damaged deflate in data": _data(packed=b"\xff" * 9),
    "deflate cut short in data": _data(packed=zips.deflated(b"data")[:-2]),
    "more behind deflate in data": _data(packed=zips.deflated(b"data") + b"x"),
    "a bad CRC-32 in a module": _anew(crc=1),
    "a bad CRC-32 in data": _data(crc=1),
    "a bad CRC-32 in METADATA": _anew(name=f"{_INFO}/METADATA", crc=1),
    "a bad CRC-32 in RECORD": _anew(name=f"{_INFO}/RECORD", crc=1),
    "fewer bytes than declared": _data(size=99),
    "more bytes than declared": _data(size=9),
    "66 MiB of zeros": with_files({_DATA: bytes(66 << 20)}),
    "a directory with data": wheel(extra={"demo/empty/": b"data"}),
}

NAMES: dict[str, Artifact] = {
    "a backslash in a name": with_files({"demo\\more.py": ""}),
    "a name that leads out": with_files({"../more.py": ""}),
    "a name that leads out and back": with_files({"demo/../../more.py": ""}),
    "an absolute name": with_files({"/dev/null/more.py": ""}),
    "a name on a drive": with_files({"C:/more.py": ""}),
    "a line feed in a name": with_files({"demo/a\nb.txt": ""}),
    "a null in a name": _renamed(b"demo/data\0bin"),
    "an empty name": with_files({"": ""}),
    "a name twice, the same bytes": _twice(str(forge.package()[_CORE])),
    "a name twice, other bytes": _twice("evil = True\n"),
    "a name that is not UTF-8": _renamed(b"demo/d\xffta.bin", zips.UTF8),
    "a name that is not ASCII, unmarked": _renamed("demo/dät.bin".encode()),
    "a file that is also a directory": with_files({"demo/core.py/more.py": ""}),
    "names that differ in case": with_files({"demo/Core.py": ""}),
    "a name that Windows keeps": with_files({"demo/aux.py": ""}),
    "a symbolic link": wheel(modes={_CORE: forge.SYMLINK}),
    "a set-user-id bit": wheel(modes={_CORE: 0o104755}),
    "a mode that lets nobody read": wheel(modes={_CORE: 0o100000}),
}

CONTENTS: dict[str, Artifact] = {
    "no dist-info": wheel(dist_info="demo"),
    "two dist-info directories": with_files({"other-2.0.dist-info/METADATA": _METADATA}),
    "another project's dist-info": wheel(dist_info="other-1.0.dist-info"),
    "another version's dist-info": wheel(dist_info="demo-2.0.dist-info"),
    "no METADATA": wheel(omit=(f"{_INFO}/METADATA",)),
    "METADATA that is not UTF-8": wheel(metadata=b"Summary: \xff\n" + _METADATA.encode()),
    "another name in METADATA": wheel(metadata=_METADATA.replace("demo", "other")),
    "another version in METADATA": wheel(metadata=_METADATA.replace("1.0", "2.0")),
    "no Name in METADATA": wheel(metadata=_METADATA.replace("Name: demo\n", "")),
    "no WHEEL": wheel(omit=(f"{_INFO}/WHEEL",)),
    "no Wheel-Version": _wheel_file("Wheel-Version: 1.0\n", ""),
    "Wheel-Version 2.0": _wheel_file("Version: 1.0", "Version: 2.0"),
    "Wheel-Version 1.9": _wheel_file("Version: 1.0", "Version: 1.9"),
    "Wheel-Version of words": _wheel_file("Version: 1.0", "Version: one"),
    "no Root-Is-Purelib": _wheel_file("Root-Is-Purelib: true\n", ""),
    "another tag in WHEEL": _wheel_file("py3-none-any", "py2-none-any"),
    "an unknown .data scheme": with_files({"demo-1.0.data/other/x.txt": ""}),
    "a .data directory without a scheme": with_files({"demo-1.0.data/x.txt": ""}),
    "another project's .data": with_files({"other-1.0.data/purelib/x.py": ""}),
    "a script in a subdirectory": with_files({"demo-1.0.data/scripts/sub/tool": "#!python\n"}),
    "a script named python": with_files({"demo-1.0.data/scripts/python": "#!python\n"}),
    "an entry point named python": _points("[console_scripts]\npython = demo.core:main\n"),
    "an entry point without a callable": _points("[console_scripts]\ndemo = demo.core\n"),
    "an entry point of words": _points("[console_scripts]\ndemo = no module: at all\n"),
    "an entry point that leads out": _points("[console_scripts]\n../demo = demo.core:main\n"),
    "an entry point's key twice": _points(f"{_SCRIPTS}{_X}{_X}"),
    "a group of entry points twice": _points(_SCRIPTS + _X + _SCRIPTS),
    "entry points without a group": _points("x = demo.core:main\n"),
    "entry points that are not UTF-8": _points(b"[console_scripts]\n\xff = demo.core:main\n"),
    "entry points with a byte order mark": _points("\ufeff" + _SCRIPTS + _X),
}

RECORDS: dict[str, Artifact] = {
    "no RECORD": wheel(record=None),
    "an empty RECORD": wheel(record=""),
    "RECORD that is not UTF-8": wheel(record=b"\xff,,\n"),
    "RECORD with a null": wheel(record="demo/core.py\0,,\n"),
    "RECORD with two columns": wheel(record="demo/core.py,\n"),
    "RECORD with a blank line": wheel(record=_RECORD + b"\n"),
    "RECORD with an empty row": wheel(record=_RECORD + b",,\n"),
    "a wrong digest": _row(lambda row: (row[0], "sha256=" + "A" * 43, row[2])),
    "a weak digest": _row(lambda row: (row[0], "md5=1B2M2Y8AsgTpgAmY7PhCfg", row[2])),
    "an unknown digest": _row(lambda row: (row[0], "words=1B2M2Y8AsgTpgAmY7PhCfg", row[2])),
    "a wrong size": _row(lambda row: (row[0], row[1], "9")),
    "a size of words": _row(lambda row: (row[0], row[1], "nine")),
    "a file without digest and size": _row(lambda row: (row[0], "", "")),
    "a file that RECORD does not list": wheel(extra={"demo/more.py": ""}),
    "a file that only RECORD lists": wheel(omit=(_CORE,)),
    "a file listed twice": wheel(record=lambda rows: [*rows, rows[0]]),
    "a path that leads out in RECORD": wheel(
        record=lambda rows: [*rows, ("../../more.py", "sha256=" + "A" * 43, "1")]
    ),
    "a signature listed": with_files({f"{_INFO}/RECORD.jws": "{}"}),
}

CORPUS: dict[str, dict[str, Artifact]] = {
    "Good archives": GOOD,
    "Framing": FRAMING,
    "Members": MEMBERS,
    "Names": NAMES,
    "Contents": CONTENTS,
    "RECORD": RECORDS,
}
