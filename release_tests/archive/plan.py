"""Which members are read when, for what, and what is refused before anything is inflated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.archive import excess, limits
from release_tests.archive.entry_points import parse_entry_points
from release_tests.archive.facts import ArtifactKind, Fault, FaultKind
from release_tests.archive.record import ALGORITHMS, parse_record
from release_tests.archive.static_version import VERSION_FILES
from release_tests.archive.upload_form import candidates

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from release_tests.archive.directory import Entry
    from release_tests.archive.members import Order

DIST_INFO = ".dist-info"
_OF_SDISTS = ("PKG-INFO", "pyproject.toml", "setup.py", "setup.cfg")
_DEPTH = 2
_OTHER_DIGESTS = tuple(f"{name}=".encode() for name in ALGORITHMS if name != "sha256")


def waves(entries: Iterable[Entry]) -> tuple[list[Entry], list[Entry], list[Entry]]:
    """Split the entries into RECORD, the rest of dist-info, and everything else."""
    records: list[Entry] = []
    described: list[Entry] = []
    others: list[Entry] = []
    for entry in entries:
        directory, _, rest = entry.name.partition("/")
        if not directory.endswith(DIST_INFO):
            others.append(entry)
        elif rest == "RECORD":
            records.append(entry)
        else:
            described.append(entry)
    return records, described, others


def algorithms(contents: Mapping[str, bytes], members: int) -> dict[str, tuple[str, ...]]:
    """Return the digests that RECORD gives for members, where it is not SHA-256.

    One that is too long for an archive of so many *members* gives none; several count together.
    """
    wanted: dict[str, tuple[str, ...]] = {}
    lines = 0
    for data in contents.values():
        if not any(sign in data for sign in _OTHER_DIGESTS):
            continue  # as nearly always: the gate will parse it, and once is enough
        lines += excess.lines_of(data)
        if lines > excess.record_lines(members):
            break
        for row in parse_record(data).rows:
            if row.algorithm in ALGORITHMS and row.algorithm != "sha256":
                wanted[row.path] = ("sha256", row.algorithm)
    return wanted


def targets(contents: Mapping[str, bytes]) -> frozenset[str]:
    """Return the members in which the entry points' targets may stand."""
    found: set[str] = set()
    left = limits.PARSED
    for name, data in contents.items():
        if name.endswith("/entry_points.txt") and len(data) <= left:
            left -= len(data)
            for point in parse_entry_points(data).points:
                path = point.module.replace(".", "/")
                found.update((f"{path}.py", f"{path}/__init__.py"))
    return frozenset(found)


def is_wanted(entry: Entry, entry_point_targets: frozenset[str]) -> bool:
    """Whether the gates look into the member: it may state a version or hold a target.

    An uploader may take any member for the metadata that is named like it.
    """
    if entry.size > limits.KEPT_SOURCE:
        return False
    if "METADATA" in entry.name:
        return True
    if not entry.name.endswith(".py"):
        return False
    name = without_scheme(entry.name)
    if name in entry_point_targets:
        return True
    package, _, file = name.rpartition("/")
    return "/" not in name or ("/" not in package and file.removesuffix(".py") in VERSION_FILES)


def describes_an_sdist(name: str) -> bool:
    """Whether the member, below the one directory, says what an sdist is or how it builds."""
    parts = name.split("/")
    return len(parts) == _DEPTH and parts[1] in _OF_SDISTS


def stated(entries: Iterable[Entry], kind: ArtifactKind) -> list[Entry]:
    """Return the members that an uploader may take for the metadata, in its order.

    Only so many as have ``limits.PARSED`` bytes together: this is what is read of a bomb.
    """
    by_name = {entry.name: entry for entry in entries}
    names = candidates(by_name)
    if kind is ArtifactKind.SDIST:
        names = [name for name in by_name if describes_an_sdist(name)]
    chosen: list[Entry] = []
    left = limits.PARSED
    for entry in map(by_name.__getitem__, names):
        if entry.size <= left:
            chosen.append(entry)
            left -= entry.size
    return chosen


def without_scheme(name: str) -> str:
    """Return the path at which a member of a library scheme is installed."""
    if ".data/" not in name:
        return name
    parts = name.split("/", 2)
    if len(parts) == 3 and parts[0].endswith(".data") and parts[1] in ("purelib", "platlib"):  # noqa: PLR2004
        return parts[2]
    return name


def bomb(entries: Iterable[Entry], size: int) -> Fault | None:
    """Return a fault where the archive announces to inflate beyond the limits."""
    entries = list(entries)
    total = sum(entry.size for entry in entries)
    limit = max(limits.INFLATED_FREE, limits.INFLATED_RATIO * size)
    if total <= limit:
        return None
    return Fault(
        FaultKind.BOMB,
        f"the archive (central directory at offset {entries[0].position})",
        "it announces to inflate to more than its size allows; only metadata was inflated",
        expected=f"at most {limit} bytes",
        found=f"{total} bytes",
    )


def batches(orders: Iterable[Order]) -> tuple[list[list[Order]], list[list[Order]]]:
    """Group the orders into jobs: each large member alone, the largest first, and small ones."""
    large = [[order] for order in orders if order.entry.size > limits.BATCH]
    large.sort(key=lambda job: -job[0].entry.size)
    return large, list(_small([order for order in orders if order.entry.size <= limits.BATCH]))


def aside(large: Sequence[object], small: Sequence[object]) -> int:
    """Return how many jobs of small members one thread does while others read large ones.

    Not all: what is left evens out when the threads end.
    """
    return len(small) * 2 // 3 if large else 0


def _small(orders: Iterable[Order]) -> Iterator[list[Order]]:
    batch: list[Order] = []
    weight = 0
    for order in orders:
        batch.append(order)
        weight += order.entry.size
        if weight > limits.BATCH:
            yield batch
            batch, weight = [], 0
    if batch:
        yield batch
