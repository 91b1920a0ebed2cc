"""Names that the rules ask about, the same in all three formats."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

INITS = ("PyInit_", "PyInitU_", "PyModExport_", "PyModExportU_")
_ASKED = (b"Py", b"_P", b"__")
_PYTHON = re.compile(r"(?:.*[/\\])?(?:lib)?(?:python|pypy)", re.IGNORECASE)
_GUARDS = ("__stack_chk_fail", "__stack_chk_fail_local", "__stack_chk_guard")


def is_asked_about(beginning: bytes | memoryview) -> bool:
    """Whether a name that begins so may be Python's or the C library's own."""
    return bytes(beginning) in _ASKED


def is_python(library: str) -> bool:
    """Whether a library is Python's own."""
    return _PYTHON.match(library) is not None


def is_kept(name: str, library: str) -> bool:
    """Whether rules ask about an import without a version."""
    return name.startswith(("Py", "_P", "__")) or is_python(library)


def guards(names: Iterable[str]) -> tuple[bool, bool]:
    """Tell of imported names whether a stack protector is used, and whether FORTIFY is."""
    known = set(names)
    fortified = any(name.startswith("__") and name.endswith("_chk") for name in known)
    return not known.isdisjoint(_GUARDS), fortified
