"""What a run keeps for its other processes, in a directory of its own below TMPDIR."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.errors import ReleaseGatesError

if TYPE_CHECKING:
    from pathlib import Path


def keep(place: Path, data: bytes) -> None:
    """Leave the data at *place*, all of it or nothing; raise ReleaseGatesError without room."""
    beside = place.with_suffix(".new")
    try:
        beside.write_bytes(data)
        beside.replace(place)
    except OSError as error:
        raise ReleaseGatesError(
            f"{place.parent}: what the processes of this run share cannot be written there: "
            f"{error.strerror}",
            remedy="Make room there, or name another directory by TMPDIR.",
        ) from error
