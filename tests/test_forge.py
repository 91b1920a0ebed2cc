"""The forge makes wheels that pip installs, and damage that is exactly what was asked for."""

from __future__ import annotations

import os
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest
from installer.records import parse_record_file
from installer.sources import WheelFile

from release_tests.process import run
from tests import forge
from tests.forge import Wheel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

INFO = "demo-1.0.dist-info"
CORE = "demo/core.py"
CONTENT = forge.package()[CORE]

WHEELS = [
    pytest.param(Wheel(), "demo-1.0-py3-none-any.whl", id="default"),
    pytest.param(
        Wheel(name="My.Demo", version="2.0", tags="py2.py3-none-any", build="1"),
        "my_demo-2.0-1-py2.py3-none-any.whl",
        id="named",
    ),
    pytest.param(
        Wheel(tags="cp311-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64"),
        "demo-1.0-cp311-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
        id="platform",
    ),
    pytest.param(Wheel(method=forge.STORED), "demo-1.0-py3-none-any.whl", id="stored"),
    pytest.param(Wheel(method=forge.BZIP2), "demo-1.0-py3-none-any.whl", id="bzip2"),
    pytest.param(Wheel(methods={CORE: forge.LZMA}), "demo-1.0-py3-none-any.whl", id="lzma"),
    pytest.param(
        Wheel(entry_points="[console_scripts]\ndemo = demo.core:main\n", file_name="odd.whl"),
        "odd.whl",
        id="entry-points",
    ),
]


def names(path: Path) -> list[str]:
    """Return the names of an archive's members, in its order."""
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def record(path: Path) -> str:
    """Return the text of RECORD."""
    with zipfile.ZipFile(path) as archive:
        return archive.read(f"{INFO}/RECORD").decode()


@pytest.mark.parametrize(("wheel", "file_name"), WHEELS)
def test_a_wheel_is_named_and_recorded_rightly(
    wheel: Wheel, file_name: str, tmp_path: Path
) -> None:
    """What no field changes is right: the name, every member's checksum, and all of RECORD."""
    path = wheel.write(tmp_path / "dist")
    assert path == tmp_path / "dist" / file_name
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        rows = {row[0]: row for row in parse_record_file(record_lines(archive))}
        assert set(rows) == set(archive.namelist())


def record_lines(archive: zipfile.ZipFile) -> list[str]:
    """Return the lines of an open wheel's RECORD."""
    name = next(name for name in archive.namelist() if name.endswith("/RECORD"))
    return archive.read(name).decode().splitlines()


def test_installer_accepts_the_default(tmp_path: Path) -> None:
    """The `installer` package finds nothing wrong with the default wheel."""
    path = Wheel().write(tmp_path)
    with WheelFile.open(path) as source:
        source.validate_record()
        assert source.dist_info_dir == INFO


def test_pip_installs_the_default(tmp_path: Path) -> None:
    """The default wheel is one that pip installs."""
    path = Wheel().write(tmp_path)
    target = tmp_path / "target"
    pip = [sys.executable, "-m", "pip", "install", "--no-index", "--no-deps", "--target"]
    run([*pip, target, path], deadline=120, env=os.environ)
    assert (target / CORE).read_text() == CONTENT


def test_the_same_data_give_the_same_bytes(tmp_path: Path) -> None:
    """Neither the clock nor the place leaks into a wheel."""
    first, second = (Wheel().write(tmp_path / name) for name in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()


def test_record_can_be_absent_replaced_and_edited(tmp_path: Path) -> None:
    """RECORD is left out, given in full, or made from the right rows by a function."""
    assert f"{INFO}/RECORD" not in names(Wheel(record=None).write(tmp_path))
    assert record(Wheel(record="nonsense").write(tmp_path)) == "nonsense"
    assert record(Wheel(record=lambda rows: rows[:1]).write(tmp_path)) == forge.record_text(
        [forge.record_row(name, text.encode()) for name, text in [first_file()]]
    )


def first_file() -> tuple[str, str]:
    """Return the name and the text of the default package's first file."""
    name, content = next(iter(forge.package().items()))
    return name, str(content)


def test_members_beside_record(tmp_path: Path) -> None:
    """Extra members are in the archive only, omitted ones in RECORD only."""
    wheel = Wheel(extra={"stray.py": b"", "empty/": ""}, omit=[CORE])
    path = wheel.write(tmp_path)
    assert {"stray.py", "empty/"} <= set(names(path))
    assert "stray.py" not in record(path)
    assert CORE not in names(path)
    assert CORE in record(path)


def test_a_name_twice(tmp_path: Path) -> None:
    """An extra member with a name there already makes a duplicate."""
    assert names(Wheel(extra={CORE: "other"}).write(tmp_path)).count(CORE) == 2


@pytest.mark.parametrize("name", ["../out.py", "/etc/passwd", "a\\b.py", "é.py", "C:x", "nul\0.py"])
def test_hostile_names_are_written_as_given(name: str, tmp_path: Path) -> None:
    """No name is mended on its way into the archive."""
    path = Wheel(extra={name: ""}).write(tmp_path)
    with zipfile.ZipFile(path) as archive:
        assert name in [entry.orig_filename for entry in archive.infolist()]


def test_a_symbolic_link(tmp_path: Path) -> None:
    """A member's mode is what was asked for."""
    path = Wheel(extra={"link": "/etc/passwd"}, modes={"link": forge.SYMLINK}).write(tmp_path)
    with zipfile.ZipFile(path) as archive:
        assert archive.getinfo("link").external_attr >> 16 == forge.SYMLINK


DAMAGE: list[tuple[str, Callable[[Path], Path], str]] = [
    ("content", lambda path: forge.corrupt_member(path, CORE), "Bad CRC-32"),
    ("end", lambda path: forge.truncate(path, -1), "not a zip file"),
    ("start", lambda path: forge.truncate(path, 100), "not a zip file"),
    ("crc", lambda path: forge.patch(path, CORE, "crc", 0), "Bad CRC-32"),
    ("encrypted", lambda path: forge.encrypt(path, CORE), "encrypted"),
    ("method", lambda path: forge.patch(path, CORE, "method", 99), "not supported"),
    ("signature", lambda path: forge.flip(path, 0), "Bad magic number for file header"),
    ("needle", lambda path: forge.flip(path, b"PK\x05\x06"), "not a zip file"),
    (
        "other-name",
        lambda path: forge.rename_member(path, CORE, b"demo/c\xffre.py", ["local"]),
        "differ|decode",
    ),
]


@pytest.mark.parametrize("method", [forge.STORED, forge.DEFLATED], ids=["stored", "deflated"])
@pytest.mark.parametrize(
    ("damage", "complaint"), [pytest.param(*row[1:], id=row[0]) for row in DAMAGE]
)
def test_damage_is_what_it_says(
    damage: Callable[[Path], Path], complaint: str, method: int, tmp_path: Path
) -> None:
    """Each way to damage a wheel gives zipfile the reason that it is named for."""
    path = damage(Wheel(method=method).write(tmp_path))
    with pytest.raises((zipfile.BadZipFile, RuntimeError, NotImplementedError), match=complaint):
        read_all(path)


def read_all(path: Path) -> None:
    """Read every member, as `zipfile` does."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            archive.read(name)


def test_a_size_declared_in_one_header_only(tmp_path: Path) -> None:
    """A patch of the local header leaves the central one as it was."""
    path = forge.patch(Wheel().write(tmp_path), CORE, "size", 7, ["local"])
    assert (7).to_bytes(4, "little") in path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        assert archive.getinfo(CORE).file_size == len(CONTENT)


def test_bytes_around_the_archive(tmp_path: Path) -> None:
    """Bytes in front of the archive and behind it do not keep zipfile from reading it."""
    path = forge.surround(Wheel().write(tmp_path), before=b"#!/bin/sh\n", after=b"tail")
    read_all(path)
    assert path.read_bytes().startswith(b"#!/bin/sh\nPK")


MISTAKES: list[Callable[[Path], Path]] = [
    lambda path: forge.patch(path, "absent.py", "crc", 0),
    lambda path: forge.rename_member(path, CORE, b"short"),
    lambda path: forge.flip(path, b"no such bytes"),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=["member", "length", "needle"])
def test_a_mistake_in_a_test_is_told(mistake: Callable[[Path], Path], tmp_path: Path) -> None:
    """Damage that cannot be done raises, rather than leaving a good wheel."""
    with pytest.raises(ValueError, match=r"absent|as long as|not found"):
        mistake(Wheel().write(tmp_path))
