"""A file's name as it is shown to people and kept in evidence."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def shown_name(path: Path) -> str:
    """Return the file's name as it can be printed, whatever bytes it is made of."""
    return os.fsencode(path.name).decode("utf-8", "backslashreplace")
