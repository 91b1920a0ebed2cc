"""The reader of ELF files, as ``examination`` loads it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from release_tests.binary.elf.executable import executable_of, regions_of
from release_tests.binary.elf.image import Reading
from release_tests.binary.elf.keeping import kept_of_elf
from release_tests.binary.regions import with_code

if TYPE_CHECKING:
    from release_tests.binary.content import Content, Damages
    from release_tests.binary.facts import Image
    from release_tests.binary.paths import Hits
    from release_tests.binary.regions import Scan

kept = kept_of_elf


def read(
    content: Content,
    name: str,  # noqa: ARG001 - ELF says by itself what it is
    hits: Hits,
    damages: Damages,
    scan: Scan | None,
) -> list[Image]:
    """Return the one image of the file."""
    reading = Reading(content, hits, damages)
    regions = tuple(regions_of(reading))
    return [with_code(reading.image, regions, scan, partial(executable_of, reading, regions))]
