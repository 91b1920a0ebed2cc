"""Counts in the code on standard input as where RE2 is not installed, and prints the report.

A program of its own: what was imported before cannot be taken back.
"""

from __future__ import annotations

import sys

sys.modules["re2"] = None  # type: ignore[assignment]  # makes every import of it fail


def main() -> None:
    """Count in one piece."""
    from release_tests.binary.code.counting import count  # noqa: PLC0415 - only now without RE2
    from release_tests.binary.code.skipping import able  # noqa: PLC0415

    code = sys.stdin.buffer.read()
    print(able(), count(code, 0, [(0, len(code))]).pieces)


if __name__ == "__main__":
    main()
