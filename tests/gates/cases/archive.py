"""The rows of the gate ``archive``."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import struct
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tests import forge
from tests.archive import zips
from tests.gates.cases.case import (
    UNINFLATED,
    UNOPENED,
    UNREAD,
    Artifact,
    Case,
    damaged,
    rewritten,
    wheel,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_CORE = "demo/core.py"
_DATA = "demo/data.bin"
_WITH_DATA = forge.Wheel(files={**forge.package(), _DATA: "data of no kind that an index reads"})
_UMLAUT: Mapping[str, forge.Content] = {**forge.package(), "demo/\u00e4.py": ""}
_FILE = "demo-1.0-py3-none-any.whl"
_TOUCHING = (
    "import itertools, os, sys\n"
    "for at in itertools.count(1):\n"
    "    os.utime(sys.argv[1], ns=(at, at))\n"
    "    at == 1 and print(flush=True)\n"
)


def _directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _dangling(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


def _linked(path: Path) -> None:
    path.symlink_to(path.rename(path.with_name("elsewhere")))


def _scribbled(path: Path, name: str) -> None:
    data = path.read_bytes()
    at = data.index(name.encode()) + len(name)
    path.write_bytes(data[:at] + b"\xff" + data[at + 1 :])


_rewritten = partial(rewritten, _WITH_DATA)


@contextlib.contextmanager
def _touched(path: Path) -> Iterator[None]:
    """Let another process change the file, over and over, until it has been read."""
    command = [sys.executable, "-c", _TOUCHING, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield
        process.kill()


def _beside64(at: int, value: int) -> Artifact:
    """Return a wheel whose end record says *value* in one place, beside a zip64 end record."""
    fields = [0, 0, 0xFFFF, 0xFFFF, zips.MAX32, zips.MAX32]
    fields[at] = value
    return _rewritten(around={"zip64": True, "end32": tuple(fields)})


_LARGE = wheel(files={**forge.package(), "demo/more.bin": bytes(range(256)) * (1 << 16)}, method=0)
_LOCAL: tuple[forge.Header, ...] = ("local",)
_STORED = {_CORE: forge.STORED, _DATA: forge.STORED}
_LINUX = "cp311-cp311-manylinux_2_17_x86_64"
_LATER = zips.DESCRIPTOR


def _extra(number: int, data: bytes) -> bytes:
    return struct.pack("<2H", number, len(data)) + data


_SECOND_NAME = _extra(0x7075, b"\1" + bytes(4) + b"other.py")
_STAMP = _extra(0x5455, b"\1" + bytes(4))
_EMPTY_ZIP64 = _extra(1, b"")

_FILES = (
    Case("ZIP001", damaged(_directory), where=_FILE, says=("a directory",), also=UNOPENED),
    Case("ZIP001", damaged(_fifo), where=_FILE, says=("a FIFO",), also=UNOPENED),
    Case("ZIP001", damaged(Path.unlink), where=_FILE, says=("No such file",), also=UNOPENED),
    Case(
        "ZIP002",
        damaged(partial(forge.truncate, at=-1)),
        where="end of the file",
        says=("cut off", "end of central directory"),
        also=UNOPENED,
    ),
    Case("ZIP002", damaged(partial(forge.truncate, at=0)), says=("an empty file",), also=UNOPENED),
    Case(
        "ZIP014",
        dataclasses.replace(_LARGE, meanwhile=_touched),
        _LARGE,
        where="the file",
        also=UNOPENED,
    ),
    Case("ZIP031", damaged(_linked), where=_FILE, says=("symbolic link",), also=UNOPENED),
    Case("ZIP031", damaged(_dangling), where=_FILE, also=UNOPENED),
)

_FRAMING = (
    Case(
        "ZIP003",
        damaged(partial(forge.flip, at=b"PK\x01\x02")),
        where="offset",
        says=("no central file header",),
        also=UNOPENED,
    ),
    Case("ZIP003", _rewritten(around={"count": 2}), where="offset", says=("counts",)),
    Case("ZIP003", _rewritten(around={"size": 9}), where="offset", also=UNOPENED),
    Case("ZIP003", _rewritten(around={"offset": 9}), where="offset 9", says=("does not end",)),
    Case(
        "ZIP004",
        _rewritten(local_says={"size": 99}),
        where=f"{_CORE} (local header at offset",
        says=("another size", "99"),
        also=UNREAD,
    ),
    Case("ZIP004", _rewritten(method=0, local_says={"size": 9}), where=_CORE, also=UNREAD),
    Case(
        "ZIP005",
        damaged(partial(forge.patch, name=_CORE, what="compressed_size", value=500)),
        where=_CORE,
        says=("reaches into the next record",),
        also=UNREAD,
    ),
    Case(
        "ZIP015",
        damaged(partial(forge.surround, before=b"#!")),
        where="offset 0",
        says=("before the first record", "b'#!PK'"),
        also=UNOPENED,
    ),
    Case(
        "ZIP015",
        _rewritten(around={"before": b"#!"}),
        where="offset 0",
        says=("belong to no record", "2 bytes up to"),
    ),
    Case(
        "ZIP015",
        _rewritten(around={"between": b"words"}),
        where="offset",
        says=("belong to no record", "b'word', 5 bytes"),
    ),
    Case(
        "ZIP016",
        _rewritten(flags=_LATER),
        _rewritten(),
        where=_CORE,
        says=("data descriptor", "bit 3"),
    ),
    Case("ZIP016", _rewritten(flags=_LATER, method=0), _rewritten(method=0), where=_CORE),
    Case(
        "ZIP017",
        damaged(partial(forge.rename_member, name=_CORE, new=b"demo/c0re.py", headers=_LOCAL)),
        where="demo/c0re.py (local header at offset",
        says=("no entry for this record", _CORE),
        also=UNREAD,
    ),
    Case(
        "ZIP017",
        _rewritten(offset=1),
        where=f"{_CORE} (central header at offset",
        says=("a local header at offset 1",),
        also=UNREAD,
    ),
    Case(
        "ZIP018",
        damaged(partial(forge.patch, name=_CORE, what="crc", value=1, headers=_LOCAL)),
        where=_CORE,
        says=("another CRC-32", "00000001"),
        also=UNREAD,
    ),
    Case(
        "ZIP018",
        damaged(partial(forge.patch, name=_CORE, what="flags", value=1, headers=_LOCAL)),
        where=_CORE,
        says=("another flags", "0x0001"),
        also=UNREAD,
    ),
    Case("ZIP018", _rewritten(local_says={"method": 0}), where=_CORE, also=UNREAD),
    Case(
        "ZIP019",
        wheel(files={**forge.package(), "demo/a\tb.py": ""}),
        wheel(files={**forge.package(), "demo/a b.py": ""}),
        where="demo/a\tb.py (local header at offset",
        says=("control character",),
        also=frozenset(("ZIP012",)),
    ),
    Case(
        "ZIP019",
        damaged(partial(forge.patch, name="demo/\u00e4.py", what="flags", value=0), files=_UMLAUT),
        wheel(files=_UMLAUT),
        where="demo/",
        says=("not ASCII", "bit 11"),
        also=frozenset(("REC003", "REC004")),
    ),
    Case(
        "ZIP020",
        _rewritten(extra=_SECOND_NAME * 2),
        _rewritten(extra=_STAMP * 2),
        where=f"{_CORE} (central header at offset",
        says=("0x7075", "twice"),
        also=frozenset(("ZIP026",)),
    ),
    Case(
        "ZIP020",
        _rewritten(local_extra=_EMPTY_ZIP64 * 2),
        _rewritten(local_extra=_EMPTY_ZIP64),
        where=f"{_CORE} (local header at offset",
        says=("0x0001",),
        also=UNREAD,
    ),
    Case("ZIP021", _rewritten(extra=b"UT\5"), _rewritten(extra=_STAMP), where=_CORE),
    Case(
        "ZIP021",
        _rewritten(local_extra=b"UT\5\0"),
        _rewritten(local_extra=_STAMP),
        where=f"{_CORE} (local header at offset",
        says=("longer than its extra field",),
        also=UNREAD,
    ),
    Case("ZIP021", _rewritten(extra=_extra(1, bytes(9))), where=_CORE, says=("9 bytes",)),
    Case("ZIP022", _rewritten(comment=b"words"), where=f"{_CORE} (central header at offset"),
    Case(
        "ZIP023",
        _rewritten(around={"zip64": True, "end64": 9}),
        _rewritten(around={"zip64": True}),
        where="offset 9",
        says=("locator",),
        also=UNOPENED,
    ),
    Case(
        "ZIP023",
        _rewritten(around={"zip64": True, "end64_size": 45}),
        where="offset",
        says=("another size", "45", "44"),
        also=UNOPENED,
    ),
    Case(
        "ZIP023",
        _rewritten(around={"zip64": True, "disks": (1, 1)}),
        _rewritten(around={"zip64": True, "disks": (0, 0)}),
        where="offset",
        says=("part of a split archive", "disk 1 of 1"),
        also=UNOPENED,
    ),
    Case("ZIP023", _rewritten(around={"zip64": True, "disks": (0, 2)}), also=UNOPENED),
    *(
        Case("ZIP023", _beside64(at, 1), _beside64(at, elsewhere), where="offset", says=(what,))
        for at, elsewhere, what in (
            (0, 0xFFFF, "another disk "),
            (1, 0xFFFF, "another first disk"),
            (2, 6, "another count on this disk"),
            (3, 6, "another count "),
            (4, zips.MAX32, "another size"),
            (5, zips.MAX32, "another offset"),
        )
    ),
    Case(
        "ZIP023",
        _rewritten(around={"zip64": True, "locator": False}),
        where="offset",
        says=("without a locator",),
        also=UNOPENED,
    ),
    Case(
        "ZIP024",
        damaged(partial(forge.surround, after=b"\n")),
        where="offset",
        says=("after the end record", "1 more byte"),
    ),
    Case("ZIP026", _rewritten(extra=_SECOND_NAME), _rewritten(extra=_STAMP), where=_CORE),
    Case(
        "ZIP027",
        _rewritten(around={"comment": b"words"}),
        where="offset",
        says=("comment", "5 bytes"),
    ),
)

_MEMBERS = (
    Case(
        "ZIP006",
        damaged(partial(forge.encrypt, name=_CORE)),
        where=_CORE,
        says=("encrypted",),
        also=UNREAD,
    ),
    Case(
        "ZIP007",
        wheel(methods={_CORE: forge.BZIP2}),
        wheel(methods=_STORED),
        where=_CORE,
        says=("0 (stored) or 8 (deflated)", "12"),
        also=UNREAD,
    ),
    Case("ZIP006", _rewritten(flags=0x40), where=_CORE, also=UNREAD),
    Case("ZIP007", _rewritten(flags=0x20), where=_CORE, says=("a patch",), also=UNREAD),
    Case(
        "ZIP008",
        Artifact(_WITH_DATA, partial(_scribbled, name=_DATA)),
        Artifact(_WITH_DATA),
        where=_DATA,
        says=("damaged",),
        also=UNREAD,
    ),
    Case(
        "ZIP009",
        Artifact(_WITH_DATA, partial(forge.corrupt_member, name=_DATA)),
        Artifact(_WITH_DATA),
        where=_DATA,
        says=("CRC-32",),
        also=UNREAD,
    ),
    Case(
        "ZIP009",
        _rewritten(name=_DATA, method=0, packed=b"Data of no kind that an index reads"),
        _rewritten(name=_DATA, method=0),
        where=_DATA,
        also=UNREAD,
    ),
    Case(
        "ZIP010",
        _rewritten(name=_DATA, size=99),
        where=_DATA,
        says=("99 bytes", "35 bytes"),
        also=UNREAD | {"REC006"},
    ),
    Case(
        "ZIP010",
        _rewritten(name=_DATA, size=9),
        where=_DATA,
        says=("9 bytes", "more than 9"),
        also=UNREAD | {"REC006"},
    ),
    Case(
        "ZIP010",
        wheel(extra={"demo/empty/": b"data"}),
        wheel(extra={"demo/empty/": b""}),
        where="demo/empty/",
        says=("holds data", "4 bytes"),
    ),
    Case(
        "ZIP011",
        damaged(partial(forge.patch, name=_CORE, what="size", value=1 << 30)),
        wheel(files={**forge.package(), "demo/zeros.bin": bytes(1 << 20)}),
        where="the archive",
        says=("only metadata was inflated", f"at most {64 << 20}"),
        also=UNINFLATED,
    ),
    Case(
        "ZIP025",
        damaged(partial(_scribbled, name=_CORE)),
        where=_CORE,
        says=("damaged",),
        also=UNREAD,
    ),
    Case(
        "ZIP025",
        damaged(partial(forge.corrupt_member, name=_CORE)),
        where=_CORE,
        says=("CRC-32",),
        also=UNREAD,
    ),
    Case("ZIP025", _rewritten(size=99), where=_CORE, also=UNREAD | {"REC006"}),
    Case(
        "ZIP025",
        damaged(partial(forge.corrupt_member, name=f"{_WITH_DATA.info}/WHEEL")),
        where="WHEEL",
        also=frozenset(("REC005", "STR000")),
    ),
)

_ARMORED = {"demo/hidden.py": "__pyarmor" + "__(__name__, __file__, b'')"}
_FENCED = {"demo/hidden.pye": "\n".join(f"---{word} PYE FILE" + "---" for word in ("BEGIN", "END"))}

_HIDDEN = (
    Case(
        "ZIP032",
        wheel(files={**forge.package(), **_ARMORED}),
        wheel(files={**forge.package(), "demo/hidden.txt": _ARMORED["demo/hidden.py"]}),
        where="demo/hidden.py",
        says=("PyArmor",),
    ),
    Case(
        "ZIP032",
        wheel(files={**forge.package(), **_FENCED}),
        wheel(files={**forge.package(), "demo/hidden.pye": "words"}),
        where="demo/hidden.pye",
        says=("SourceDefender",),
    ),
)

_NAMES = (
    Case(
        "ZIP012",
        wheel(files={**forge.package(), "demo\\more.py": ""}),
        wheel(files={**forge.package(), "demo/more.py": ""}),
        where="more.py",
        says=("backslash",),
        also=frozenset(("REC010",)),
    ),
    Case(
        "ZIP012",
        wheel(files={**forge.package(), "demo/../../more.py": ""}),
        where="more.py",
        says=("leads out",),
        also=frozenset(("REC010",)),
    ),
    Case(
        "ZIP012",
        wheel(files={**forge.package(), "demo//core.py": ""}),
        wheel(files={**forge.package(), "demo/sub/core.py": ""}, extra={"demo/sub/": ""}),
        where="demo//core.py",
        says=("an empty part",),
    ),
    Case("ZIP012", wheel(files={**forge.package(), "demo/./core.py": ""}), where="demo/./core.py"),
    Case("ZIP012", wheel(extra={"demo/sub//": ""}), where="demo/sub//", says=("empty part",)),
    Case(
        "ZIP012",
        wheel(files={**forge.package(), "C:/more.py": ""}),
        where="C:",
        says=("absolute",),
    ),
    Case(
        "ZIP013",
        wheel(extra={_CORE: forge.package()[_CORE]}),
        where=_CORE,
        says=("more than once", "2 times"),
    ),
    Case(
        "ZIP028",
        wheel(files={**forge.package(), "demo/Core.py": ""}),
        wheel(files={**forge.package(), "demo/Core.py": ""}, tags=_LINUX),
        where="demo/Core.py",
        says=("differ only in case", _CORE),
        spared=frozenset(("TAG004",)),
    ),
    Case(
        "ZIP028",
        wheel(files={**forge.package(), "demo/Core.py": ""}, tags="py3-none-win_amd64"),
        wheel(files={**forge.package(), "demo/Sub/core.py": ""}),
        where="demo/Core.py",
        also=frozenset(("TAG005",)),
    ),
    Case(
        "ZIP029",
        wheel(files={**forge.package(), "demo/aux.py": ""}),
        wheel(files={**forge.package(), "demo/aux.py": ""}, tags=_LINUX),
        where="demo/aux.py",
        says=("device",),
        spared=frozenset(("TAG004",)),
    ),
    Case(
        "ZIP029",
        wheel(files={**forge.package(), "demo/what?.txt": ""}, tags=f"{_LINUX}.win_amd64"),
        wheel(files={**forge.package(), "demo/auxiliary.py": ""}),
        where="demo/what?.txt",
        also=frozenset(("TAG004",)),
    ),
    Case("ZIP029", wheel(files={**forge.package(), "demo/a./b.txt": ""}), where="demo/a./b.txt"),
    Case(
        "ZIP030",
        wheel(modes={_CORE: forge.SYMLINK}),
        wheel(modes={_CORE: 0o100755}),
        where=_CORE,
        says=("symbolic link", "lrwxrwxrwx"),
    ),
    Case("ZIP030", wheel(modes={_CORE: 0o104755}), where=_CORE, says=("rights of its owner",)),
    Case("ZIP030", wheel(modes={_CORE: 0o100044}), where=_CORE, says=("nobody read",)),
    Case("ZIP030", wheel(modes={_CORE: 0o010644}), _rewritten(mode=0), where=_CORE),
)

CASES = _FILES + _FRAMING + _MEMBERS + _HIDDEN + _NAMES
