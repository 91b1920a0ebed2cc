"""Has this package's modules loaded by Python itself, not by pytest, which rewrites assertions.

pytest does so with every module of a distribution that brings a plugin: in the first session after
an installation, as every one is that runs in CI, it compiles all of them anew, and later it takes
longer than Python to read back what it compiled. Only the gates' tests may have assertions. Begins
as soon as this module is imported.
"""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

_INSIDE = f"{__name__.rpartition('.')[0]}."
_TESTS = f"{_INSIDE}test_"


class _AsPython:
    """Finds what lies in this package and is no test; asked before pytest is."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not name.startswith(_INSIDE) or name.startswith(_TESTS):
            return None
        return PathFinder.find_spec(name, path, target)


def end() -> None:
    """Leave it to pytest again what is loaded from now on."""
    if _AsPython in sys.meta_path:
        sys.meta_path.remove(_AsPython)


sys.meta_path.insert(0, _AsPython)  # now: what imports this goes on importing
