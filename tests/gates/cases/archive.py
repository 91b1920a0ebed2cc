"""The rows of the gate ``archive``."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING

from tests import forge
from tests.gates.cases.case import UNOPENED, UNREAD, Case, damaged, wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_CORE = "demo/core.py"
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


def _scribbled(path: Path) -> None:
    data = path.read_bytes()
    at = data.index(_CORE.encode()) + len(_CORE)
    path.write_bytes(data[:at] + b"\xff" + data[at + 1 :])


@contextlib.contextmanager
def _touched(path: Path) -> Iterator[None]:
    """Let another process change the file, over and over, until it has been read."""
    command = [sys.executable, "-c", _TOUCHING, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield
        process.kill()


_LARGE = wheel(files={**forge.package(), "demo/data.bin": bytes(range(256)) * (1 << 16)}, method=0)
_LOCAL: tuple[forge.Header, ...] = ("local",)
_STORED = {_CORE: forge.STORED}

CASES = (
    Case("ZIP001", damaged(_directory), where=_FILE, says=("a directory",), also=UNOPENED),
    Case("ZIP001", damaged(_fifo), where=_FILE, says=("a FIFO",), also=UNOPENED),
    Case(
        "ZIP001",
        damaged(_dangling),
        damaged(_linked),
        where=_FILE,
        says=("No such file",),
        also=UNOPENED,
    ),
    Case(
        "ZIP002",
        damaged(partial(forge.truncate, at=-1)),
        where="end of the file",
        says=("cut off", "end of central directory"),
        also=UNOPENED,
    ),
    Case(
        "ZIP002",
        damaged(partial(forge.surround, after=b"\n")),
        where="end of the file",
        also=UNOPENED,
    ),
    Case("ZIP002", damaged(partial(forge.truncate, at=0)), says=("an empty file",), also=UNOPENED),
    Case(
        "ZIP003",
        damaged(partial(forge.surround, before=b"#!")),
        where="offset",
        says=("does not end where the end record begins",),
        also=UNOPENED,
    ),
    Case(
        "ZIP003",
        damaged(partial(forge.flip, at=b"PK\x01\x02")),
        where="offset",
        says=("no central file header",),
        also=UNOPENED,
    ),
    Case(
        "ZIP004",
        damaged(partial(forge.patch, name=_CORE, what="crc", value=1, headers=_LOCAL)),
        where=_CORE,
        says=("another CRC-32", "00000001"),
        also=UNREAD,
    ),
    Case(
        "ZIP004",
        damaged(partial(forge.patch, name=_CORE, what="flags", value=1, headers=_LOCAL)),
        where=_CORE,
        says=("other flags", "0x0001"),
        also=UNREAD,
    ),
    Case(
        "ZIP004",
        damaged(partial(forge.rename_member, name=_CORE, new=b"demo/c0re.py", headers=_LOCAL)),
        where=_CORE,
        says=("another name", "c0re"),
        also=UNREAD,
    ),
    Case(
        "ZIP005",
        damaged(partial(forge.patch, name=_CORE, what="compressed_size", value=500)),
        where=_CORE,
        says=("reaches into the next record",),
        also=UNREAD,
    ),
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
    Case("ZIP008", damaged(_scribbled), where=_CORE, says=("damaged",), also=UNREAD),
    Case(
        "ZIP009",
        damaged(partial(forge.corrupt_member, name=_CORE)),
        where=_CORE,
        says=("CRC-32",),
        also=UNREAD,
    ),
    Case(
        "ZIP009",
        damaged(partial(forge.corrupt_member, name=_CORE), methods=_STORED),
        wheel(methods=_STORED),
        where=_CORE,
        also=UNREAD,
    ),
    Case(
        "ZIP010",
        damaged(partial(forge.patch, name=_CORE, what="size", value=99)),
        where=_CORE,
        says=("99 bytes", "43 bytes"),
        also=UNREAD | {"REC006"},
    ),
    Case(
        "ZIP010",
        damaged(partial(forge.patch, name=_CORE, what="size", value=9)),
        where=_CORE,
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
        says=("nothing was inflated", f"at most {64 << 20}"),
        also=UNOPENED,
    ),
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
        wheel(files={**forge.package(), "C:/more.py": ""}),
        where="C:",
        says=("absolute",),
    ),
    Case(
        "ZIP012",
        wheel(files={**forge.package(), "demo/a\tb.py": ""}),
        wheel(files={**forge.package(), "demo/a b.py": ""}),
        where="demo/a\\tb.py",
        says=("control character",),
    ),
    Case(
        "ZIP013",
        wheel(extra={_CORE: forge.package()[_CORE]}),
        where=_CORE,
        says=("more than once", "2 times"),
    ),
    Case("ZIP014", dataclasses.replace(_LARGE, meanwhile=_touched), _LARGE, where="the file"),
)
