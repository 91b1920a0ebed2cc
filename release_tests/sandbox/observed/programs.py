"""What came of running programs where the wheel is installed: its commands, and smoke tests."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CommandReport:
    """What came of running a command of the wheel with some words.

    It ``answered`` when it ended with exit code 0 and said something; else ``ending`` says how it
    ended. ``wrote`` is the end of what it wrote.
    """

    name: str
    words: tuple[str, ...]
    answered: bool
    seconds: float = 0.0
    ending: str = ""
    wrote: str = ""


@dataclass(frozen=True, slots=True)
class SmokeReport:
    """What came of a smoke test: ``passed``, or why not in ``reason``.

    ``run`` is as the policy calls it, ``sha256`` that of the file, empty for a directory.
    ``unfit`` says that it could not be run at all, ``timed_out`` that it was killed. ``wrote`` is
    the end of what it wrote.
    """

    run: str
    sha256: str = ""
    passed: bool = False
    unfit: bool = False
    timed_out: bool = False
    seconds: float = 0.0
    reason: str = ""
    wrote: str = ""
