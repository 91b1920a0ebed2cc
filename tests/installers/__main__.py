"""Measures anew, and writes docs/installers.md: ``python -m tests.installers``."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.installers import measure, table

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        table.write(measure.measure(Path(scratch)), measure.versions())
    print(f"wrote {table.PAGE}")
