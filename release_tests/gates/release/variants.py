"""Whether variants of a release differ in their code: REL016."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from release_tests.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from release_tests.gates.release.subject import Subject

_SHOWN = 3
_BUNDLES = (".libs/", ".dylibs/")


def same_code(subjects: Iterable[Subject]) -> Iterator[Finding]:
    """Report wheels of different names, for a common tag, whose members hold the same code."""
    compiled = [(one, code) for one in subjects if (code := _code(one))]
    for (one, code), (other, others) in combinations(compiled, 2):
        if code == others and one.name.name != other.name.name and one.tags & other.tags:
            message = (
                f"every instruction in it is the same as in {one.file_name}, although the two "
                "are variants with names of their own"
            )
            expected, found = "other code", f"code of SHA-256 {', '.join(code[:_SHOWN])}"
            names = (one.file_name, other.file_name)
            yield Finding("REL016", other.file_name, message, expected, found, names)


def _code(subject: Subject) -> tuple[str, ...]:
    """Return the digests of the code of all members that are not bundled from elsewhere."""
    return tuple(
        sorted(
            image.code.digest
            for name, binary in (subject.facts.binaries or {}).items()
            if not any(bundle in name for bundle in _BUNDLES)
            for image in binary.images
            if image.code is not None and image.code.size
        )
    )
