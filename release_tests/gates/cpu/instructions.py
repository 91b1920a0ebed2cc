"""What the instructions of one image need beyond the baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.findings import Finding
from release_tests.gates.compiled.members import Kind
from release_tests.gates.cpu.baseline import baseline_of
from release_tests.gates.cpu.dispatch import guards_all, uncovered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from release_tests.binary.facts import Use
    from release_tests.gates.cpu.baseline import Baseline
    from release_tests.gates.cpu.dispatch import Entry
    from release_tests.gates.cpu.examined import Examined
    from release_tests.variants import Variant


def check(one: Examined, variant: Variant | None, lines: tuple[Entry, ...]) -> Iterator[Finding]:
    """Judge one image: what runs when it is loaded, and what it holds besides."""
    baseline = baseline_of(variant, one.image)
    fatal = _fatal(one, baseline, lines)
    if fatal:
        yield _at_load(one, baseline, fatal)
    told = {use.extension for use in fatal}
    behind = [use for use in _behind(one, baseline, lines) if use.extension not in told]
    if behind:
        yield _refusing(one, baseline, behind)
    rest = [use for use in baseline.beyond(one.code.uses) if use.extension not in told]
    if variant is None:
        told = {use.extension for use in behind}
        yield from _can_use(one, baseline, [use for use in rest if use.extension not in told])
    else:
        yield from _undeclared(one, baseline, rest, lines)


def _fatal(one: Examined, baseline: Baseline, lines: tuple[Entry, ...]) -> list[Use]:
    """Return what raises SIGILL as soon as the image is loaded, whatever is declared of it.

    Only a member that is declared as a whole is loaded after a check.
    """
    uses = baseline.fatal(one.code.on_import)
    return [use for use in uses if not guards_all(lines, one.member.name, use)]


def _at_load(one: Examined, baseline: Baseline, uses: Iterable[Use]) -> Finding:
    moment = "started" if one.member.kind is Kind.PROGRAM else "loaded"
    message = (
        f"code that runs as soon as it is {moment}, whatever the processor, needs "
        f"{_names(uses)}: where that is missing, the process certainly dies of SIGILL"
    )
    found = "; ".join(_place(use) for use in uses)
    return Finding("CPU001", one.member.name, message, baseline.words, found)


def _behind(one: Examined, baseline: Baseline, lines: tuple[Entry, ...]) -> list[Use]:
    """Return what has run where an import succeeded, unless the member is declared as a whole."""
    uses = baseline.fatal(one.code.on_success)
    return [use for use in uses if not guards_all(lines, one.member.name, use)]


def _refusing(one: Examined, baseline: Baseline, uses: list[Use]) -> Finding:
    message = (
        f"an import of it that succeeds has run code that needs {_names(uses)}: where that is "
        "missing, the import fails, or the process dies of SIGILL"
    )
    found = "; ".join(_place(use) for use in uses)
    return Finding("CPU009", one.member.name, message, baseline.words, found)


def _can_use(one: Examined, baseline: Baseline, uses: list[Use]) -> Iterator[Finding]:
    if uses:
        message = f"its code can use {_names(uses)}"
        yield Finding("CPU005", one.member.name, message, baseline.words, _counts(uses))


def _undeclared(
    one: Examined, baseline: Baseline, uses: list[Use], lines: tuple[Entry, ...]
) -> Iterator[Finding]:
    left = [use for use in uses if uncovered(lines, one.member.name, use)]
    if left:
        message = f"its code needs {_names(left)}, which no dispatch declares"
        found = "; ".join(_outside(use, lines, one.member.name) for use in left)
        yield Finding("CPU002", one.member.name, message, baseline.words, found)


def _outside(use: Use, lines: tuple[Entry, ...], name: str) -> str:
    number = uncovered(lines, name, use)
    if number == use.certain:
        return _place(use)
    return f"{use.extension}: {number} of {use.certain} instructions in other functions"


def _names(uses: Iterable[Use]) -> str:
    return ", ".join(use.extension for use in uses)


def _counts(uses: Iterable[Use]) -> str:
    return ", ".join(f"{use.extension} {use.certain} times" for use in uses)


def _place(use: Use) -> str:
    number = f"{use.certain} instruction{'s' * (use.certain > 1)}"
    if not use.places:
        return f"{use.extension}: {number}"
    place = use.places[0]
    inside = f" in {place.symbol}" if place.symbol else ""
    return f"{use.extension}: {number}, first `{place.instruction}` at {place.address:#x}{inside}"
