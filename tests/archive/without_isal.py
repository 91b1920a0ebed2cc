"""A pytest plugin that hides isal, so that reading is tested with zlib as well."""

from __future__ import annotations

import sys

sys.modules["isal"] = None  # type: ignore[assignment]  # makes every import of it fail


def pytest_report_header() -> str:
    """Say which library reading has ended up with."""
    from release_tests.archive import codec  # noqa: PLC0415 - it must not be loaded before

    return f"codec: {codec.LIBRARY}"
