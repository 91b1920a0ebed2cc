"""Ends the threads of a run when the run ends: none goes on to another step after that."""

from __future__ import annotations

import threading


class Halted(Exception):
    """The run is ending; what is begun is not gone on with. It is never shown to anybody."""


class Halt:
    """Asked to before every step that changes something; sleeping under it ends early."""

    def __init__(self) -> None:
        """Begin with a run that goes on."""
        self._over = threading.Event()

    def call(self) -> None:
        """Have every thread stop at its next step."""
        self._over.set()

    def check(self) -> None:
        """Raise Halted if the run is ending."""
        if self._over.is_set():
            raise Halted

    def sleep(self, seconds: float) -> None:
        """Let *seconds* pass; raise Halted as soon as the run is ending."""
        if self._over.wait(seconds):
            raise Halted
