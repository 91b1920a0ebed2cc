"""Artifacts that are no files, cannot be read, or change."""

from __future__ import annotations

import os
import socket
import sys
from typing import TYPE_CHECKING

import pytest

from release_tests.archive.change import change_of
from release_tests.archive.facts import FaultKind
from release_tests.archive.reader import read_wheel
from release_tests.archive.shown import shown_name
from release_tests.archive.source import opened
from tests import forge

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _locked(path: Path) -> None:
    path.write_bytes(b"")
    path.chmod(0)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(path))


_NO_FILE, _LINK = FaultKind.UNREADABLE, FaultKind.LINK

MADE: dict[str, tuple[Callable[[Path], object], FaultKind, str]] = {
    "directory": (lambda path: path.mkdir(), _NO_FILE, "it is a directory, not a regular file"),
    "fifo": (os.mkfifo, _NO_FILE, "it is a FIFO, not a regular file"),
    "missing": (lambda path: path, _NO_FILE, "No such file"),
    "socket": (_socket, _NO_FILE, "it is a socket, not a regular file"),
    "device": (lambda path: path.symlink_to("/dev/null"), _LINK, "it is a symbolic link"),
    "endless": (lambda path: path.symlink_to("/dev/zero"), _LINK, "it is a symbolic link"),
    "dangling": (lambda path: path.symlink_to("nowhere"), _LINK, "it is a symbolic link"),
    "loop": (lambda path: path.symlink_to(path.name), _LINK, "it is a symbolic link"),
    "linked": (
        lambda path: path.symlink_to(forge.Wheel().write(path.parent / "elsewhere")),
        _LINK,
        "it is a symbolic link",
    ),
}


@pytest.mark.parametrize("name", MADE)
def test_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """What is no file that can be read is one fault with the reason, and is not waited for."""
    monkeypatch.chdir(tmp_path)
    make, kind, words = MADE[name]
    path = tmp_path / "demo-1.0-py3-none-any.whl"
    make(path)
    facts = read_wheel(path)
    (fault,) = facts.faults
    assert fault.kind is kind
    assert words in fault.message
    assert (facts.file_name, facts.sha256, facts.is_archive) == (path.name, "", False)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_unreadable(tmp_path: Path) -> None:
    """A file without the right to read it is a fault with the reason."""
    path = tmp_path / "demo-1.0-py3-none-any.whl"
    _locked(path)
    (fault,) = read_wheel(path).faults
    assert "Permission denied" in fault.message


def test_below_a_file(tmp_path: Path) -> None:
    """A path that leads through a file is a fault too."""
    path = forge.Wheel().write(tmp_path) / "demo-1.0-py3-none-any.whl"
    (fault,) = read_wheel(path).faults
    assert "Not a directory" in fault.message


def test_links_above_the_file_are_followed(tmp_path: Path) -> None:
    """A directory may be a link: only the artifact itself may not."""
    path = forge.Wheel().write(tmp_path / "dist")
    (tmp_path / "link").symlink_to(path.parent)
    assert read_wheel(tmp_path / "link" / path.name).faults == ()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not allow such names")
def test_name_that_is_not_utf8(tmp_path: Path) -> None:
    """A file name of any bytes is shown in letters that can be printed."""
    path = tmp_path / os.fsdecode(b"demo\xff-1.0-py3-none-any.whl")
    forge.Wheel().write(tmp_path).rename(path)
    assert shown_name(path) == "demo\\xff-1.0-py3-none-any.whl"
    assert read_wheel(path).file_name == shown_name(path)


CHANGES: dict[str, Callable[[Path], object]] = {
    "appended": lambda path: path.write_bytes(path.read_bytes() + b"x"),
    "cut": lambda path: os.truncate(path, 5),
    "touched": lambda path: os.utime(path, ns=(1, 1)),
}


@pytest.mark.parametrize("name", CHANGES)
def test_change_is_noticed(tmp_path: Path, name: str) -> None:
    """A file that is written to after it was opened is known to have changed."""
    path = forge.Wheel().write(tmp_path)
    os.utime(path, ns=(0, 0))
    with opened(path) as source:
        assert change_of(source) is None
        CHANGES[name](path)
        assert change_of(source)


def test_reading_beyond_the_end_gives_less(tmp_path: Path) -> None:
    """Offsets and lengths beyond the file give what there is, however great they are."""
    path = tmp_path / "file"
    path.write_bytes(b"words")
    with opened(path) as source:
        assert source.read(0, 1 << 20) == b"words"
        assert source.read(3, 9) == b"ds"
        assert source.read(5, 9) == source.read(1 << 70, 9) == b""
