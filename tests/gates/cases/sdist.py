"""The rows about source distributions, of several gates."""

from __future__ import annotations

import gzip
import tarfile
import zipfile
from functools import partial
from typing import TYPE_CHECKING

from tests import forge
from tests.forge_sdist import PYPROJECT, Sdist, metadata, odd
from tests.gates.cases.case import Artifact, Case

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GOOD = Artifact(Sdist())


def _sdist(**fields: object) -> Artifact:
    return Artifact(Sdist(**fields))  # type: ignore[arg-type]


def _damaged(damage: Callable[[Path], object]) -> Artifact:
    return Artifact(Sdist(), damage)


def _sparse(path: Path) -> None:
    """Make the archive anew with a member in GNU's sparse format."""
    info = tarfile.TarInfo("demo-1.0/hole.bin")
    info.type = tarfile.GNUTYPE_SPARSE
    Sdist(odd=[info]).write(path.parent)


_BLOCK = tarfile.BLOCKSIZE
_END = bytes(2 * _BLOCK)


def _ending(packed: Callable[[bytes], bytes]) -> Artifact:
    """Return an sdist of this tar archive, which ends with two blocks of zeros and no more."""

    def rewrite(path: Path) -> None:
        with tarfile.open(path) as archive:
            last = archive.getmembers()[-1]
        size = last.offset_data + -(-last.size // _BLOCK) * _BLOCK
        path.write_bytes(packed(gzip.decompress(path.read_bytes())[:size] + _END))

    return _damaged(rewrite)


def _zipped(file_name: str, damage: Callable[[Path], object] = lambda path: path) -> Artifact:
    """Return an sdist whose members lie in a ZIP archive, as those of old did."""

    def rewrite(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in Sdist().content().items():
                archive.writestr(name, content)
        damage(path)

    return Artifact(Sdist(file_name=file_name), rewrite)


_MODULE = {"pyproject.toml": PYPROJECT, "demo/__init__.py": ""}
_LICENSED = metadata("demo", "1.0", "License-File: LICENSE")
_UNDESCRIBED = frozenset(("META000", "VER000"))
"""What the gates that look into PKG-INFO say where there is none, or none that could be read."""

_UNREAD = _UNDESCRIBED | {"STR000"}
"""What the gates say of an sdist that did not open as an archive."""


CASES = (
    Case(
        "NAME101",
        _sdist(file_name="demo-1.0.0rc.tar.gz", version="1.0.0rc0"),
        _sdist(version="1.0.0rc0"),
        says=("demo-1.0.0rc0.tar.gz", "demo-1.0.0rc.tar.gz"),
        also=frozenset(("STR102",)),
    ),
    Case(
        "NAME101",
        _sdist(name="Demo.App", file_name="Demo.App-1.0.tar.gz", top="Demo.App-1.0"),
        _sdist(name="demo-app"),
        says=("demo_app-1.0.tar.gz",),
    ),
    Case(
        "NAME101",
        _sdist(file_name="demo.tar.gz"),
        GOOD,
        says=("cannot be taken apart",),
    ),
    Case(
        "NAME101",
        _zipped("demo-1.0.zip"),
        GOOD,
        where="demo-1.0.zip",
        says=("has been no .zip for long", "demo-1.0.tar.gz"),
    ),
    Case("NAME101", _zipped("demo.zip"), GOOD, says=("cannot be taken apart",)),
    Case(
        "ZIP009",
        _zipped("demo-1.0.zip", partial(forge.corrupt_member, name="demo-1.0/PKG-INFO")),
        _zipped("demo-1.0.zip"),
        where="demo-1.0/PKG-INFO",
        also=_UNDESCRIBED | {"NAME101"},
        spared=frozenset(("NAME101",)),
    ),
    Case(
        "ZIP101",
        _damaged(lambda path: path.write_bytes(b"no archive")),
        GOOD,
        says=("no intact .tar.gz",),
        also=_UNREAD,
    ),
    Case("ZIP101", _damaged(lambda path: path.write_bytes(b"")), GOOD, also=_UNREAD),
    Case(
        "ZIP101",
        _ending(lambda tar: gzip.compress(tar[: -len(_END)])[:-5]),
        GOOD,
        says=("no intact",),
    ),
    Case("ZIP102", _damaged(_sparse), GOOD, where="hole.bin", says=("sparse",)),
    *(
        Case(
            "ZIP103",
            _sdist(files={**_MODULE, f"demo/hidden.{suffix}": words}),
            _sdist(files={**_MODULE, "demo/hidden.txt": words}),
            where=f"demo-1.0/demo/hidden.{suffix}",
            says=(tool,),
        )
        for suffix, words, tool in (
            ("py", "__pyarmor" + "__(__name__, __file__, b'')", "PyArmor"),
            ("PY", "__pyarmor" + "_enter__", "PyArmor"),
            ("pye", "---BEGIN" + " PYE FILE---\n---END" + " PYE FILE---", "SourceDefender"),
        )
    ),
    Case(
        "ZIP104",
        _ending(lambda tar: gzip.compress(tar[: -len(_END)])),
        _ending(gzip.compress),
        says=("two blocks of 512 zeros", "fewer"),
    ),
    Case("ZIP104", _ending(lambda tar: gzip.compress(tar[:-_BLOCK])), GOOD),
    Case(
        "ZIP104",
        _ending(lambda tar: gzip.compress(tar[: -len(_END)] + b"what is no header" + _END)),
        GOOD,
        says=("neither a header nor an end",),
    ),
    Case(
        "ZIP105",
        _ending(lambda tar: gzip.compress(tar + tar)),
        _ending(lambda tar: gzip.compress(tar + bytes(9999))),
        says=("follow the end", "demo-1.0/"),
    ),
    Case(
        "ZIP105",
        _ending(lambda tar: gzip.compress(tar) + b"\0\0text"),
        _ending(lambda tar: gzip.compress(tar) + b"\0\0"),
        says=("no gzip member",),
    ),
    Case(
        "ZIP105",
        _ending(lambda tar: gzip.compress(tar) + gzip.compress(tar)),
        _ending(lambda tar: gzip.compress(tar) + gzip.compress(bytes(9999))),
    ),
    Case(
        "ZIP106",
        _damaged(partial(forge.truncate, at=-5)),
        GOOD,
        says=("not what follows them", "ends within"),
    ),
    Case("ZIP106", _damaged(partial(forge.flip, at=-5)), GOOD, says=("CRC-32",)),
    Case("ZIP106", _damaged(partial(forge.flip, at=-1)), GOOD, says=("bytes, and",)),
    Case(
        "ZIP107",
        _ending(lambda tar: gzip.compress(tar[:700]) + gzip.compress(tar[700:])),
        _ending(lambda tar: gzip.compress(tar) + gzip.compress(b"")),
        says=("several gzip members",),
    ),
    Case(
        "ZIP108",
        _sdist(files={**_MODULE, "zeros.bin": bytes(70 << 20)}),
        _sdist(files={**_MODULE, "zeros.bin": bytes(1 << 20)}),
        says=("inflates to more",),
        also=_UNREAD,
    ),
    Case(
        "ZIP012",
        _sdist(beside={"/etc/passwd": "root"}),
        GOOD,
        where="/etc/passwd",
        says=("absolute",),
        also=_UNDESCRIBED | {"STR101"},
    ),
    Case(
        "ZIP012",
        _sdist(files={**_MODULE, "../../up.py": ""}),
        GOOD,
        where="up.py",
        says=("leads out",),
    ),
    Case(
        "ZIP030",
        _sdist(odd=[odd("demo-1.0/link", tarfile.SYMTYPE, "../../etc/passwd")]),
        _sdist(odd=[odd("demo-1.0/link", tarfile.SYMTYPE, "pyproject.toml")]),
        where="link",
        says=("leads out",),
    ),
    Case(
        "ZIP030",
        _sdist(odd=[odd("demo-1.0/pipe", tarfile.FIFOTYPE)]),
        GOOD,
        where="pipe",
        says=("neither a file",),
    ),
    Case(
        "STR101",
        _sdist(beside={"other/file.txt": "x"}),
        GOOD,
        says=("demo-1.0, other",),
        also=_UNDESCRIBED,
    ),
    Case(
        "STR101",
        _damaged(lambda path: path.write_bytes(gzip.compress(bytes(tarfile.RECORDSIZE)))),
        GOOD,
        where="demo-1.0.tar.gz",
        says=("none",),
        also=_UNDESCRIBED,
    ),
    Case("STR102", _sdist(top="demo-main"), GOOD, where="demo-main", says=("demo-1.0",)),
    Case(
        "STR103",
        _sdist(pkg_info=None),
        GOOD,
        where="demo-1.0/PKG-INFO",
        also=_UNDESCRIBED,
    ),
    Case(
        "STR104",
        _sdist(files={"demo/__init__.py": ""}),
        _sdist(files=_MODULE),
        where="pyproject.toml",
    ),
    Case(
        "STR105",
        _sdist(files=_MODULE, pkg_info=_LICENSED),
        _sdist(files={**_MODULE, "LICENSE": "do"}, pkg_info=_LICENSED),
        where="demo-1.0/LICENSE",
        says=("licence file",),
    ),
    Case(
        "STR019",
        _sdist(files={**_MODULE, "token.txt": "ghp_" + "a1B2" * 9}),
        GOOD,
        where="demo-1.0/token.txt",
    ),
    Case(
        "STR017",
        _sdist(files={**_MODULE, ".git/config": ""}),
        _sdist(files={**_MODULE, ".gitignore": ""}),
        where=".git",
    ),
    Case(
        "VER002",
        _sdist(pkg_info=metadata("demo", "1.1")),
        GOOD,
        where="demo-1.0/PKG-INFO",
        says=("1.0", "1.1"),
    ),
    Case("META006", _sdist(pkg_info=metadata("other", "1.0")), GOOD, where="PKG-INFO"),
)
