"""Carries out an order where no process can be forked: nobody looks on, and the report says so."""

from __future__ import annotations

import json
import os
import time


def carry_out(place: str, subject: dict, write_report: object) -> None:  # type: ignore[type-arg]
    """Carry out the order at *place* in this process, with what the subject's module defines."""
    with open(place, encoding="utf-8") as stream:  # noqa: PTH123 - few modules loaded
        order = json.load(stream)
    os.unlink(place)  # noqa: PTH108
    subject["carry_out"](order, _Alone(order, write_report), site=True)


class _Alone:
    """Takes what the subject says in the place of a judge."""

    def __init__(self, order: dict, write_report: object) -> None:  # type: ignore[type-arg]
        self._report, self._nonce = order.pop("report"), order.pop("nonce")
        self._write, self._leave, self._clock = write_report, os._exit, time.perf_counter
        self._began = self._clock()
        self._seconds = 0.0
        self._found = None  # type: dict[str, object] | None

    def tell(self, kind: str, content: object = None) -> None:
        """Take note of it."""
        self._seconds = self._seconds if kind == "claims" else self._clock() - self._began
        if kind == "raised":
            self._found = {"error": content}
        elif kind == "claims" and isinstance(content, dict):
            self._found = content

    def wait(self) -> None:
        """Nobody is waited for."""

    def leave(self, code: int) -> None:
        """Write the report, and end the process."""
        del code
        if self._found is not None:
            more = {"nonce": self._nonce, "seconds": self._seconds, "witnessed": False}
            self._write(self._report, {**self._found, **more})  # type: ignore[operator]
        self._leave(0)
