"""Which symbols are missing of a library that does not load: all, where the loader says one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.binary.elf.undefined import Wants, wants_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from release_tests.sandbox.observed import ImportReport

_MOST_BYTES = 512 << 20
_MOST_NAMES = 50_000


def unresolved(library: Path, ask: Callable[[Wants], ImportReport]) -> tuple[str, ...]:
    """Return the symbols that *library* wants and *ask* does not find."""
    if library.stat().st_size > _MOST_BYTES:
        return ()
    wants = wants_of(library.read_bytes())
    if not 0 < len(wants.names) <= _MOST_NAMES:
        return ()
    return ask(wants).unresolved
