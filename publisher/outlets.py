"""What Python and libraries say by themselves, led through the log."""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from publisher.log import Log


@contextlib.contextmanager
def guarded(console: Log) -> Iterator[None]:
    """Have what threads die of, what nobody could catch, warnings and logs redacted like all else.

    Python would write them to standard error as they are, and any of them may quote a secret.
    """

    def died(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            console.error(f"a thread ended:\n{console.redact.traceback(args.exc_value)}")

    def unraisable(args: sys.UnraisableHookArgs) -> None:
        if args.exc_value is not None:
            console.warning(f"passed over:\n{console.redact.traceback(args.exc_value)}")

    def warned(message: Warning | str, category: type[Warning], *_: object) -> None:
        console.warning(f"{category.__name__}: {message}")

    handler = _ToLog(console)
    before = threading.excepthook, sys.unraisablehook, warnings.showwarning
    threading.excepthook, sys.unraisablehook = died, unraisable
    warnings.showwarning = warned  # type: ignore[assignment]
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        threading.excepthook, sys.unraisablehook, warnings.showwarning = before


class _ToLog(logging.Handler):
    """Says what a library logs, from warnings on."""

    def __init__(self, console: Log) -> None:
        super().__init__(logging.WARNING)
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        """Say it in one line; without the traceback that may belong to it."""
        self._console.warning(f"{record.name}: {record.getMessage()}")
