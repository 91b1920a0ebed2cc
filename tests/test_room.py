"""How much at once a machine has room for: by its processors, its memory and its disk."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from release_tests.room import cores, trials_at_once

if TYPE_CHECKING:
    from pathlib import Path

GIB = 1 << 30
PLENTY = GIB << 10


V1, V2 = "memory/memory.limit_in_bytes", "memory.max"


def machine(place: Path, available: int, limit: str | None = None, name: str = V2) -> Path:
    """Return a directory in which the kernel tells of so many bytes, as proc(5) and cgroups do."""
    limits = place / "sys/fs/cgroup" / name
    limits.parent.mkdir(parents=True)
    (place / "proc").mkdir()
    kib = available // 1024
    (place / "proc/meminfo").write_text(f"MemTotal: {PLENTY} kB\nMemAvailable:   {kib} kB\n")
    if limit is not None:
        limits.write_text(f"{limit}\n")
    return place


@pytest.mark.parametrize(
    ("available", "limit", "most"),
    [
        (PLENTY, None, None),
        (PLENTY, "max", None),
        (3 * GIB, None, 1),
        (5 * GIB, None, 2),
        (PLENTY, str(3 * GIB), 1),
        (GIB, None, 1),
        (PLENTY, str(GIB), 1),
    ],
)
def test_memory_limits_it(tmp_path: Path, available: int, limit: str | None, most: int) -> None:
    """Two gibibytes each, of what is unused and of what a container may use; one always."""
    found = trials_at_once(machine(tmp_path, available, limit), tmp_path)
    room = shutil.disk_usage(tmp_path).free // (4 * GIB)
    assert found == max(1, min(cores(), room, most or cores()))


@pytest.mark.parametrize("name", [V1, V2])
def test_a_container_s_limit_is_known(tmp_path: Path, name: str) -> None:
    """Control groups of both versions tell it, each in its own file."""
    assert trials_at_once(machine(tmp_path, PLENTY, str(3 * GIB), name), tmp_path) == 1


def test_a_full_disk_limits_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four gibibytes each, where environments are made; one there always is."""
    root = machine(tmp_path, PLENTY)
    for free, most in ((0, 1), (4 * GIB, 1), (9 * GIB, 2)):
        usage = shutil.disk_usage(tmp_path)._replace(free=free)
        monkeypatch.setattr(shutil, "disk_usage", lambda _, usage=usage: usage)
        assert trials_at_once(root, tmp_path) == min(cores(), most)


def test_a_system_that_tells_nothing_limits_nothing(tmp_path: Path) -> None:
    """Elsewhere than on Linux there are no such files."""
    assert trials_at_once(tmp_path, tmp_path) >= 1
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/meminfo").write_text("MemTotal: 1 kB\n")
    room = shutil.disk_usage(tmp_path).free // (4 * GIB)
    assert trials_at_once(tmp_path, tmp_path) == max(1, min(cores(), room))
