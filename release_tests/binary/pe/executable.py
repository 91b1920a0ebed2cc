"""What a scan of a PE file's instructions is given."""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING

from release_tests.binary import limits
from release_tests.binary.content import Damages
from release_tests.binary.functions import Functions, Key
from release_tests.binary.pe.file import EXCEPTIONS, EXECUTABLE, THREADS
from release_tests.binary.regions import Executable, Region, apart

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.binary.pe.exports import Exports
    from release_tests.binary.pe.file import Pe, Section
    from release_tests.binary.pe.imports import Imports

_AMD64 = 0x8664
_RANGE = Struct("<3I")


def executable_of(
    pe: Pe, regions: tuple[Region, ...], machine: str, imports: Imports, exports: Exports
) -> Executable:
    """Return what is known of the code in *regions*."""
    return _Code(pe, regions, exports).executable(machine, imports)


def regions_of(pe: Pe) -> Iterator[Region]:
    """Yield the executable sections, by address and without what only pads them in the file."""
    return apart(_region(pe, section) for section in pe.sections if section.flags & EXECUTABLE)


def _region(pe: Pe, section: Section) -> Region:
    size = min(section.size, section.memory or section.size)
    return Region(pe.base + section.address, pe.content.upto(section.offset, size))


class _Code:
    """Finds out what a scan wants to know."""

    def __init__(self, pe: Pe, regions: tuple[Region, ...], exports: Exports) -> None:
        self._pe = pe
        self._regions = regions
        self._exports = exports
        self._ignored = Damages()
        self._functions = Functions(regions, self._symbols, self._name)

    def executable(self, machine: str, imports: Imports) -> Executable:
        """Return it all."""
        with self._ignored:
            self._functions.add(self._starts())
        callbacks: list[int] = []
        with self._ignored:
            callbacks.extend(self._callbacks())
        entry = [self._pe.base + self._pe.entry] if self._pe.entry else []
        roots = (*entry, *callbacks, *self._exports.inits.values())
        return Executable(
            machine=machine,
            bits=self._pe.bits,
            regions=self._regions,
            roots=tuple(dict.fromkeys(filter(self._functions.holds, roots))),
            functions=self._functions.starts(),
            symbol=self._functions.name,
            imported=lambda slot: imports.slots.get(slot, ""),
        )

    def _starts(self) -> Iterator[int]:
        """Yield where functions begin that have unwind information, of amd64."""
        address, size = self._pe.directory(EXCEPTIONS)
        if address and self._pe.machine == _AMD64:
            length = min(size, limits.SYMBOLS * _RANGE.size)
            data = self._pe.loaded(address, length - length % _RANGE.size, "the unwind table")
            for begin, _, _ in _RANGE.iter_unpack(data):
                yield self._pe.base + begin

    def _callbacks(self) -> Iterator[int]:
        """Yield the callbacks that run whenever a thread begins, the first one too."""
        address, _ = self._pe.directory(THREADS)
        word = Struct("<Q" if self._pe.bits == 64 else "<I")  # noqa: PLR2004
        if not address:
            return
        place = address + 3 * word.size
        (array,) = word.unpack(self._pe.loaded(place, word.size, "the table of callbacks"))
        for at in range(limits.TAGS if array else 0):
            data = self._pe.loaded(array - self._pe.base + at * word.size, word.size, "a callback")
            (callback,) = word.unpack(data)
            if not callback:
                return
            yield callback

    def _symbols(self) -> Iterator[tuple[int, int, Key]]:
        for address, name in self._exports.functions:
            yield address, 0, (0, name)

    def _name(self, key: Key) -> str:
        with self._ignored:
            return self._pe.text(key[1], "the name of an export")
        return ""
