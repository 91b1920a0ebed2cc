"""What the policy claims of a variant, against what its code holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.binary.code.extensions import listed
from release_tests.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from release_tests.gates.cpu.dispatch import Entry
    from release_tests.gates.cpu.examined import Examined
    from release_tests.variants import Variant


def check(
    codes: Iterable[Examined], variant: Variant | None, lines: tuple[Entry, ...]
) -> Iterator[Finding]:
    """Look for each extension that is claimed, and for what each line of dispatch declares.

    Wheels for other architectures, of which the same policy speaks, are not asked.
    """
    looked = [one for one in codes if _is_x86(one)]
    if variant is not None and looked:
        yield from _claimed(looked, variant)
        yield from _stale(looked, lines)


def _is_x86(one: Examined) -> bool:
    return one.image.machine in ("x86_64", "amd64") and not one.code.unexamined


def _claimed(codes: Sequence[Examined], variant: Variant) -> Iterator[Finding]:
    used = {use.extension for one in codes for use in one.code.uses if use.certain}
    for claim in variant.uses:
        if used.isdisjoint(listed((claim,))):
            message = f"no member's code uses {claim}, which the variant claims to use"
            found = ", ".join(sorted(used)) or "plain x86-64"
            yield Finding("CPU003", "the compiled members", message, claim, found)


def _stale(codes: Sequence[Examined], lines: tuple[Entry, ...]) -> Iterator[Finding]:
    for line in lines:
        meant = [one for one in codes if line.is_for(one.member.name)]
        if not meant:
            message = f"the dispatch of `{line.written}` is declared, and no member has that name"
        elif not any(line.meets(use) for one in meant for use in one.code.uses):
            message = f"the dispatch of `{line.written}` is declared, and no such code is there"
        else:
            continue
        yield Finding("CPU004", line.written, message, ", ".join(line.names))
