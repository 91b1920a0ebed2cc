"""Scan the code of one image: which extensions it uses, and what of it runs on import."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from release_tests.binary.code.names import MOST_PLACES, most_common
from release_tests.binary.facts import Code, Place, Use

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from release_tests.binary.code.counting import Report, Spot
    from release_tests.binary.regions import Executable

_X86_64 = ("x86_64", "amd64")
_ARM64 = ("aarch64", "arm64", "arm64e")
_BITS = 64


def scan(executable: Executable) -> Code:
    """Return what the code of *executable* uses, or why it was not looked at; never raises."""
    size = sum(len(region.data) for region in executable.regions)
    if executable.machine in _X86_64 and executable.bits == _BITS:
        return _scan_x86(executable, size)
    if executable.machine in _ARM64:
        return _scan_arm(executable, executable.digest(), size)
    return Code(
        executable.digest(), size, unexamined=f"code for {executable.machine} is not decoded"
    )


def _scan_arm(executable: Executable, digest: str, size: int) -> Code:
    from release_tests.binary.code.arm import scan as arm  # noqa: PLC0415 - seldom met

    return arm.scan(executable, digest, size)


def _scan_x86(executable: Executable, size: int) -> Code:
    from release_tests.binary.code import flow, importing, known, reach, table  # noqa: PLC0415 - loads the decoder

    digest, report = known.report(executable, size)
    wanted = table.needs() if report.pieces else ()
    ran = importing.ran(executable, flow.Reader(executable, reach.BUDGET), wanted)
    return Code(
        digest,
        size,
        uses=_uses(report, executable),
        on_import=_on_import(ran.certain, table.needs(), executable),
        on_success=_on_import(ran.succeeded, table.needs(), executable),
        unknown=report.unknown,
    )


def _uses(report: Report, executable: Executable) -> tuple[Use, ...]:
    found: dict[str, list[tuple[str, int, int]]] = {}
    for address, uses in report.pieces.items():
        name = executable.symbol(address)
        for extension, (count, doubt) in uses.items():
            found.setdefault(extension, []).append((name, count, doubt))
    return tuple(
        _use(extension, found[extension], report, executable) for extension in sorted(found)
    )


def _use(
    extension: str, found: Iterable[tuple[str, int, int]], report: Report, executable: Executable
) -> Use:
    """Return how an extension is used, by the uses in pieces, with the doubtful ones of them."""
    symbols: dict[str, int] = {}
    counts = doubts = 0
    for name, count, doubt in found:
        counts += count
        doubts += doubt
        symbols[name] = symbols.get(name, 0) + count - doubt
    places = _places(report, extension, executable)
    return Use(extension, counts, places, doubts, most_common(Counter(symbols)))


def _on_import(
    certain: Mapping[int, int], needs: Mapping[int, tuple[str, ...]], executable: Executable
) -> tuple[Use, ...]:
    places: dict[str, list[int]] = {}
    for address in sorted(certain):
        for extension in needs.get(certain[address], ()):
            places.setdefault(extension, []).append(address)
    return tuple(
        Use(extension, len(found), _read(found[:MOST_PLACES], executable))
        for extension, found in sorted(places.items())
    )


def _read(addresses: Sequence[int], executable: Executable) -> tuple[Place, ...]:
    from release_tests.binary.code.flow import Reader  # noqa: PLC0415 - loads the decoder

    reader = Reader(executable, 0)
    return tuple(
        Place(address, reader.text(address), executable.symbol(address)) for address in addresses
    )


def _places(report: Report, extension: str, executable: Executable) -> tuple[Place, ...]:
    spots: list[Spot] = report.spots.get(extension) or report.doubtful_spots.get(extension, [])
    return tuple(Place(address, text, executable.symbol(address)) for address, text in spots)
