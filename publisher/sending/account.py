"""What twine signs in with: given to it, or found by it and looked up anew before it expires.

What it finds by itself may be a token of trusted publishing, which holds for 15 minutes, while a
release may wait for hours between the question whether an index lets us in and its last file.
"""

from __future__ import annotations

import argparse
import threading
import time
from typing import TYPE_CHECKING

from twine.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from twine.repository import Repository

FRESH_SECONDS = 600.0
"""So long what was found is used; a token of trusted publishing holds for 300 seconds more."""

LONG_SECONDS = 60.0
"""What was found so long ago may have expired when it is refused: it is looked up once more."""


class Account:
    """The way into one index, by twine's own options; several threads may ask for it.

    ``fault`` is why it could not be looked up anew, the last time that this was tried.
    """

    def __init__(
        self, arguments: Sequence[str], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Look everything up; raises what twine and the keyring's back ends raise."""
        self._arguments = arguments
        self._clock = clock
        self._lock = threading.Lock()
        self._settings, self._given = _settings(arguments)
        self._made = clock()
        self._number = 1
        self.fault = ""

    def number(self) -> int:
        """Return which sign-in is to be used now: another one when the last is not fresh."""
        with self._lock:
            self._renew(FRESH_SECONDS)
            return self._number

    def other_than(self, refused: int) -> bool:
        """Whether there is another sign-in than the one *refused*, looked up if that was long."""
        with self._lock:
            if self._number == refused:
                self._renew(LONG_SECONDS)
            return self._number != refused

    def repository(self) -> Repository:
        """Return a connection of its own to the index, by the present sign-in."""
        with self._lock:  # what is asked for a token is asked once
            return self._settings.create_repository()

    def _renew(self, age: float) -> None:
        """Look up anew what is older than *age*; where that fails, the old may hold still."""
        if self._given or self._clock() - self._made < age:
            return
        self._made = self._clock()
        try:
            self._settings, _ = _settings(self._arguments)
        except Exception as error:  # noqa: BLE001 - the keyring's back ends raise what they like
            self.fault = f"{type(error).__name__}: {error}"
        else:
            self._number += 1
            self.fault = ""


def _settings(arguments: Sequence[str]) -> tuple[Settings, bool]:
    """Return twine's settings, by its own options and variables, and whether a secret was given."""
    parser = argparse.ArgumentParser()
    Settings.register_argparse_arguments(parser)
    options = parser.parse_args(arguments)
    settings = Settings.from_argparse(options)
    settings.check_repository_url()
    # Whatever is wrong with the credentials is known before a file is sent.
    settings.create_repository().close()
    return settings, options.password is not None
