"""``python -m publisher``."""

from __future__ import annotations

import sys

_INTERRUPTED = 130


def _main() -> None:
    """Run; while the publisher is still being imported, Ctrl-C ends it as it does later on."""
    try:
        from publisher.cli import run  # noqa: PLC0415

        run()
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)


if __name__ == "__main__":
    _main()
