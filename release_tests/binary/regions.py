"""What a scan of instructions is given of one image: ``release_tests.binary.code.scan`` takes it.

    def scan(executable: Executable) -> Code

It is called in the thread that read the member, once for each image that has executable regions,
and must not keep what it was given: the bytes are views of memory that is let go afterwards.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from release_tests.binary.facts import Code, Image

    Scan = Callable[["Executable"], Code]


@dataclass(frozen=True, slots=True)
class Region:
    """Bytes of an executable segment, and the virtual address of the first of them.

    Only bytes that the file holds: what a loader fills with zeros is left out.
    """

    address: int
    data: bytes | memoryview

    @property
    def end(self) -> int:
        """The address after the last byte."""
        return self.address + len(self.data)


def apart(regions: Iterable[Region]) -> Iterator[Region]:
    """Yield regions by address, of those that overlap each byte once, and none that is empty."""
    end = -1
    for region in sorted(regions, key=lambda one: one.address):
        start = max(region.address, end)
        if start < region.end:
            yield Region(start, region.data[start - region.address :])
            end = region.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Executable:
    """The code of one image, and what is known of where it begins.

    ``machine`` and ``bits`` are those of ``facts.Image``. ``regions`` are in the order of their
    addresses and do not overlap. ``roots`` are addresses in regions that run whenever the image is
    loaded or its module initialised: DT_INIT, entries of .init_array after relocation, resolvers
    of indirect functions, ``PyInit_*`` and ``PyModExport_*``; of Mach-O the initialisers, of PE
    TLS callbacks and the entry point. ``functions`` are addresses in regions at which functions
    begin, sorted, each once, as far as unwind tables and symbols tell: never all of them.
    ``sections`` are the parts of regions, (first address, address after the last), that section
    headers call code: segments of older linkers hold constants too. Those of damaged files may
    overlap. It is empty where there are no headers, and all of the regions counts as code then.
    ``objects`` are such parts that symbols call data, sorted.

    ``symbol(address)`` names the function in which an address lies, empty where nobody knows;
    tables are read at the first call. ``target(slot)`` says where the pointer that lies at the
    address *slot* leads once the image is loaded, if that is in this image, else None: of
    ``jmp [slot]`` in a stub of the PLT, the image's own definition of the symbol that is called.
    ``imported(slot)`` is the symbol's name, defined here or elsewhere, empty where there is none.
    ``stored(address)`` is the word that the file holds for *address*, None where it holds none,
    where it was not kept, and of Mach-O and PE. ``blank(address)`` says whether the loader fills
    the word with zeros. ``straight`` says that control comes back to a function only from what it
    calls: no exception is caught, no signal is handled. ``summed``, if it is there, tells the
    digest, which somebody else sums.
    """

    machine: str
    bits: int
    regions: tuple[Region, ...]
    roots: tuple[int, ...] = ()
    functions: Sequence[int] = ()
    sections: tuple[tuple[int, int], ...] = ()
    objects: Sequence[tuple[int, int]] = ()
    symbol: Callable[[int], str] = lambda _: ""
    target: Callable[[int], int | None] = lambda _: None
    imported: Callable[[int], str] = lambda _: ""
    stored: Callable[[int], int | None] = lambda _: None
    blank: Callable[[int], bool] = lambda _: False
    straight: bool = False
    summed: Callable[[], str] | None = None

    def holds(self, address: int) -> bool:
        """Whether an address lies in a region."""
        return any(region.address <= address < region.end for region in self.regions)

    def digest(self) -> str:
        """Return the SHA-256 of all regions together."""
        return self.summed() if self.summed else _sha256(self.regions)


def with_code(
    image: Image, regions: Sequence[Region], scan: Scan | None, known: Callable[[], Executable]
) -> Image:
    """Return *image* with what *scan* says of its code, which lies in *regions*.

    *known* finds out what is known of the code; it is not called where there is none, or where
    nobody looks at it. Meanwhile, and while it is looked at, the digest is summed.
    """
    if scan is None or not regions:
        return image
    with _summing(regions) as digest:
        return replace(image, code=scan(replace(known(), summed=digest)))


@contextmanager
def _summing(regions: Sequence[Region]) -> Iterator[Callable[[], str]]:
    """Yield what tells the SHA-256 of *regions* together, summed by a thread meanwhile.

    When the block has ended nobody holds their bytes.
    """
    with ThreadPoolExecutor(1, "digest") as aside:
        yield aside.submit(_sha256, regions).result


def _sha256(regions: Sequence[Region]) -> str:
    digest = hashlib.sha256()
    for region in regions:
        digest.update(region.data)
    return digest.hexdigest()
