"""How ELF files are hardened: what forbids loading them is a finding each, the rest one a kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.binary.facts import Format, Relro
from release_tests.findings import Finding
from release_tests.gates.compiled.members import Kind
from release_tests.gates.compiled.platforms import System

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from release_tests.binary.facts import Image
    from release_tests.gates.compiled.members import Compiled
    from release_tests.gates.compiled.platforms import Platform
    from release_tests.gates.platform.inquiry import Inquiry

_BASELINE = "x86-64-baseline"
_WORTH_GUARDING = 20
"""Below so many symbols from elsewhere a file may have nothing that could be guarded."""


def check(inquiry: Inquiry, platform: Platform) -> Iterator[Finding]:
    """Judge the ELF files that run on the platform."""
    judged = list(inquiry.images(platform, Format.ELF))
    for member, image in judged:
        yield from _refused(member, image)
    yield from _weak([one for one in judged if not one[0].binary.damage], platform)


def _refused(member: Compiled, image: Image) -> Iterator[Finding]:
    if image.executable_stack and member.kind is not Kind.PROGRAM:
        message = "it asks for an executable stack"
        yield Finding("PLAT011", member.name, message, "a stack without code", "PT_GNU_STACK, RWE")
    if image.text_relocations:
        message = "the loader has to write into its code"
        yield Finding("PLAT012", member.name, message, "position-independent code", "DT_TEXTREL")
    if levels := [level for level in image.isa_needed if level != _BASELINE]:
        message = "the loader refuses it on processors below a level, by its GNU property note"
        yield Finding("PLAT026", member.name, message, _BASELINE, ", ".join(levels))


def _weak(judged: Sequence[tuple[Compiled, Image]], platform: Platform) -> Iterator[Finding]:
    """Yield one finding a kind of hardening, however many files lack it."""
    yield from _lacking("PLAT019", "RELRO", judged, lambda image: image.relro is Relro.NONE)
    yield from _lacking("PLAT020", "immediate binding", judged, lambda image: not image.bind_now)
    large = [(one, image) for one, image in judged if image.undefined >= _WORTH_GUARDING]
    if not any(image.stack_protector for _, image in large):
        yield from _lacking("PLAT021", "a stack protector", large, lambda _: True)
    if platform.system is System.GLIBC and not any(image.fortified for _, image in large):
        yield from _lacking("PLAT022", "fortified functions", large, lambda _: True)


def _lacking(
    rule: str,
    what: str,
    judged: Sequence[tuple[Compiled, Image]],
    lacks: Callable[[Image], bool],
) -> Iterator[Finding]:
    found = [member.name for member, image in judged if lacks(image)]
    if found:
        message = f"{len(found)} of {len(judged)} files are without {what}"
        yield Finding(rule, found[0], message, what, "none")
