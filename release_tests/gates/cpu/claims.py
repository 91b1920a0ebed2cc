"""What the policy claims of a variant, against what its code holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.binary.code.extensions import PART_OF, listed
from release_tests.findings import Finding
from release_tests.gates.cpu.families import AARCH64, PLAIN, X86_64, about, family_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from release_tests.gates.cpu.dispatch import Entry
    from release_tests.gates.cpu.examined import Examined
    from release_tests.variants import Variant


def check(
    codes: Sequence[Examined], variant: Variant | None, lines: tuple[Entry, ...]
) -> Iterator[Finding]:
    """Look for each extension that is claimed, and for what each line of dispatch declares.

    Wheels for other architectures, of which the same policy speaks, are not asked.
    """
    if variant is None:
        return
    for family in (X86_64, AARCH64):
        if looked := [one for one in codes if _is_of(one, family)]:
            yield from _claimed(looked, about(variant.uses, family), family)
            yield from _stale(looked, lines, family)


def _is_of(one: Examined, family: str) -> bool:
    return family_of(one.image) == family and not one.code.unexamined


def _claimed(codes: Sequence[Examined], claims: Iterable[str], family: str) -> Iterator[Finding]:
    used = {use.extension for one in codes for use in one.code.uses if use.certain}
    for claim in claims:
        if used.isdisjoint(listed((PART_OF.get(claim, claim),))):
            message = f"no member's code uses {claim}, which the variant claims to use"
            found = ", ".join(sorted(used)) or PLAIN[family]
            yield Finding("CPU003", "the compiled members", message, claim, found)


def _stale(codes: Sequence[Examined], lines: tuple[Entry, ...], family: str) -> Iterator[Finding]:
    for line in lines:
        if not about(line.names, family):
            continue
        meant = [one for one in codes if line.is_for(one.member.name)]
        if not meant:
            message = f"the dispatch of `{line.written}` is declared, and no member has that name"
        elif not any(line.meets(use) for one in meant for use in one.code.uses):
            message = f"the dispatch of `{line.written}` is declared, and no such code is there"
        else:
            continue
        yield Finding("CPU004", line.written, message, ", ".join(line.names))
