"""What a policy says of a variant's code: which processors it is for, and what is dispatched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from release_tests.binary.code.extensions import meant, nearest
from release_tests.decoding import key, patterns, texts
from release_tests.errors import PolicyError
from release_tests.projects import fits, is_pattern

if TYPE_CHECKING:
    from collections.abc import Sequence


def extensions(where: str, value: Any) -> tuple[str, ...]:
    """Decode a list of extensions and levels, as in `["x86-64-v3", "avx512f"]`."""
    return tuple(_meant(where, name) for name in texts(where, value))


def dispatched(where: str, value: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Decode a table of lists of extensions and levels."""
    found = patterns(where, value)
    return tuple((place, extensions(f"{where}.{place}", list(names))) for place, names in found)


def _meant(where: str, name: str) -> str:
    if found := meant(name):
        return found
    near = nearest(name)
    hint = f"Did you mean `{near}`?" if near else "docs/instruction-sets.md lists the names."
    raise PolicyError(f"{where}: unknown extension `{name}`", remedy=hint)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """What is asked of the code of one distribution."""

    baseline: tuple[str, ...] = key(
        extensions,
        "What every processor has that the wheels are for: extensions by the kernel's names, and "
        "`x86-64-v2`, `x86-64-v3`, `x86-64-v4` for sets of them. By default plain x86-64.",
        default=(),
    )
    uses: tuple[str, ...] = key(
        extensions,
        "What the code claims to use: where none of it is found, the variant is not what its name "
        "says.",
        default=(),
    )
    dispatch: tuple[tuple[str, tuple[str, ...]], ...] = key(
        dispatched,
        "What is guarded by a check of the processor at run time: for each member of the wheel (a "
        "pattern), or `member:symbol` (both patterns), the extensions beyond the baseline.",
        default=(),
    )


def variant_of(variants: Sequence[tuple[str, Variant]], name: str) -> Variant | None:
    """Return what is asked of the distribution *name*: by its name, or by the first pattern."""
    fitting = [one for one in variants if fits(name, one[0])]
    named = [one for one in fitting if not is_pattern(one[0])]
    return next((variant for _, variant in (*named, *fitting)), None)
