"""The reader of ELF files, as ``examination`` loads it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from release_tests.binary.elf.executable import executable_of
from release_tests.binary.elf.image import Reading
from release_tests.binary.elf.keeping import kept_of_elf

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
    executable = executable_of(reading) if scan else None
    if scan is None or executable is None:
        return [reading.image]
    return [dataclasses.replace(reading.image, code=scan(executable))]
