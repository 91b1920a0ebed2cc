"""Where fuzzing begins: forged wheels and what stands in them, made at run time."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests import forge
from tests.binary.small import MachO, Pe
from tests.fuzz import binaries, sdists
from tests.gates.cases import secrets
from tests.installers.corpus import CORPUS

if TYPE_CHECKING:
    from collections.abc import Iterator

_LARGEST = 1 << 14
_COMPILED = {**forge.package(), "demo/_c.pyd": Pe(machine=0xAA64).data, "demo/a.so": MachO().data}
_POINTS = "[console_scripts]\ndemo = demo.core:main [extra]\n\n[x]\ny=z\n"


def seeds(reader: str) -> Iterator[bytes]:
    """Yield the inputs from which a reader's fuzzing begins."""
    if reader == "zip":
        yield from _archives()
    elif reader == "records":
        yield from (hashlib.shake_128(bytes([at])).digest(120) for at in range(64))
    else:
        yield from (_TEXTS | sdists.seeds() | binaries.seeds())[reader]


def _archives() -> Iterator[bytes]:
    for method in (forge.STORED, forge.DEFLATED):
        yield from _written(forge.Wheel(method=method, entry_points=_POINTS))
        yield from _written(
            forge.Wheel(method=method, files=_COMPILED, tags="cp312-none-win_arm64")
        )
    with tempfile.TemporaryDirectory() as directory:
        for table in CORPUS.values():
            for number, artifact in enumerate(table.values()):
                path = artifact.wheel.write(Path(directory) / str(number))
                artifact.damage(path)
                if path.stat().st_size <= _LARGEST:
                    yield path.read_bytes()


def _written(wheel: forge.Wheel) -> Iterator[bytes]:
    with tempfile.TemporaryDirectory() as directory:
        yield wheel.write(Path(directory)).read_bytes()


_MEMBERS = dict(forge.Wheel().members())
_TEXTS: dict[str, list[bytes]] = {
    "record": [
        _MEMBERS["demo-1.0.dist-info/RECORD"],
        b'"a,b\n",sha512=aa,1\n',
        b"a,md5=b,c\r\n\r\n",
    ],
    "metadata": [
        _MEMBERS["demo-1.0.dist-info/METADATA"],
        (
            b"Metadata-Version: 2.4\nName: a\nVersion: 1\nRequires-Dist: b>=1; extra == 'c'\n"
            b"Classifier: Typing :: Typed\nLicense-Expression: MIT OR Apache-2.0\nLicense-File: L\n"
            b"Project-URL: a, b\nDynamic: Summary\nKeywords: a,b\nAuthor-Email: a <b@c.d>\n"
        ),
    ],
    "wheel": [_MEMBERS["demo-1.0.dist-info/WHEEL"], b"Build: 1\nTag: a\n b\n\nbody"],
    "entry_points": [_POINTS.encode(), b"# words\n[a]\nb = c:d\n  e\n;\n"],
    "static_version": [
        *(data for name, data in _MEMBERS.items() if name.endswith(".py")),
        b"# -*- coding: latin-1 -*-\nversion: str = '1'\ndef main(): ...\nfrom a import *\n",
    ],
    "secrets": [
        secrets.private_key().encode(),
        secrets.upload_token().encode(),
        b"AKIA" + b"A" * 16 + b" " + b"b" * 40,
    ],
}
