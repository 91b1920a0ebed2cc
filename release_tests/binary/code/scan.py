"""Scan the code of one image: which extensions it uses, and what of it runs on import."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

from release_tests.binary.code import staff
from release_tests.binary.code.names import most_common
from release_tests.binary.facts import Code, Place, Use

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from types import TracebackType

    from release_tests.binary.code.begun import Begun
    from release_tests.binary.code.counting import Report, Spot
    from release_tests.binary.code.known import Told
    from release_tests.binary.regions import Executable

_X86_64 = ("x86_64", "amd64")
_ARM64 = ("aarch64", "arm64", "arm64e")
_BITS = 64

_MOST_PLACES = 3


class Scanner:
    """Looks at the code of one file; a context, at whose end nobody holds its bytes.

    What it is told before the file is complete saves time, and changes nothing.
    """

    def __init__(self) -> None:
        """Begin without knowing anything."""
        self._begun: Begun | None = None
        self._held = ExitStack()

    def __enter__(self) -> Self:
        """Begin nothing yet."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of what was begun."""
        self._held.__exit__(kind, error, trace)

    def expect(self, machine: str, bits: int, size: int) -> None:
        """Make ready for so many bytes of code."""
        if _is_x86(machine, bits) and size >= staff.ENOUGH:
            words = staff.command()
            threading.Thread(target=staff.STAFF.prepare, args=(words,), daemon=True).start()

    def begin(self, executable: Executable) -> None:
        """Begin with what is known so far: all regions, and some of the functions."""
        size = sum(len(region.data) for region in executable.regions)
        if size < staff.ENOUGH or not _is_x86(executable.machine, executable.bits):
            return
        from release_tests.binary.code import known  # noqa: PLC0415 - loads the decoder
        from release_tests.binary.code.begun import Begun  # noqa: PLC0415 - as above

        if not known.perhaps(executable):
            self._begun = self._held.enter_context(Begun(executable))
            self._begun.ahead(executable)

    def __call__(self, executable: Executable) -> Code:
        """Return what the code uses, or why it was not looked at; never raises."""
        size = sum(len(region.data) for region in executable.regions)
        if _is_x86(executable.machine, executable.bits):
            return _scan_x86(executable, size, self._begun)
        if executable.machine in _ARM64:
            return _scan_arm(executable, executable.digest(), size)
        return Code(
            executable.digest(), size, unexamined=f"code for {executable.machine} is not decoded"
        )


def scan(executable: Executable) -> Code:
    """Return what the code of *executable* uses, or why it was not looked at; never raises."""
    with Scanner() as scanner:
        return scanner(executable)


def _is_x86(machine: str, bits: int) -> bool:
    return machine in _X86_64 and bits == _BITS


def _scan_arm(executable: Executable, digest: str, size: int) -> Code:
    from release_tests.binary.code.arm import scan as arm  # noqa: PLC0415 - seldom met

    return arm.scan(executable, digest, size)


def _scan_x86(executable: Executable, size: int, begun: Begun | None) -> Code:
    from release_tests.binary.code import flow, reach, table  # noqa: PLC0415 - loads the decoder

    digest, report = _told(executable, begun)
    ran = reach.certain(executable, flow.Reader(executable, reach.BUDGET))
    return Code(
        digest,
        size,
        uses=_uses(report, executable),
        on_import=_on_import(ran, table.needs(), executable),
        unknown=report.unknown,
    )


def _told(executable: Executable, begun: Begun | None) -> Told:
    from release_tests.binary.code import known  # noqa: PLC0415 - loads the decoder
    from release_tests.binary.code.begun import Begun  # noqa: PLC0415 - as above

    if begun is not None and begun.places == executable.places():
        return known.report(executable, begun)
    with Begun(executable) as anew:
        return known.report(executable, anew)


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
        Use(extension, len(found), _read(found[:_MOST_PLACES], executable))
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
