"""The reader of ELF files, as ``examination`` loads it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from release_tests.binary.elf.executable import executable_of, regions_of
from release_tests.binary.elf.image import Reading
from release_tests.binary.elf.keeping import kept_of_elf
from release_tests.binary.regions import summing

if TYPE_CHECKING:
    from collections.abc import Callable

    from release_tests.binary.content import Content, Damages
    from release_tests.binary.facts import Code, Image
    from release_tests.binary.paths import Hits
    from release_tests.binary.regions import Executable

kept = kept_of_elf


def read(
    content: Content,
    name: str,  # noqa: ARG001 - ELF says by itself what it is
    hits: Hits,
    damages: Damages,
    scan: Callable[[Executable], Code] | None,
) -> list[Image]:
    """Return the one image of the file."""
    reading = Reading(content, hits, damages)
    regions = tuple(regions_of(reading)) if scan else ()
    if scan is None or not regions:
        return [reading.image]
    with summing(regions) as digest:
        code = scan(executable_of(reading, regions, digest))
    return [dataclasses.replace(reading.image, code=code)]
