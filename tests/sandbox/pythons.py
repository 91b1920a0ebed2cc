"""On which Pythons the installers are tried: the running one, another, and each there may be."""

from __future__ import annotations

from itertools import cycle

import pytest
from packaging.specifiers import SpecifierSet

from release_tests.sandbox.interpreter import Interpreter, Wanted, discover, found_here, running

RUNNING = running().minor


def _another() -> str:
    """Return the newest other Python of this machine; the running one where there is none."""
    wanted = (Wanted(minor) for minor in (13, 12, 11, 10))
    found = (discover(want, SpecifierSet()) for want in wanted if str(want) != RUNNING)
    return next((one.minor for one in found if one is not None), RUNNING)


INSTALLERS = (("pip", RUNNING), ("uv", _another()))
"""Each installer, and the Python that it is tried on."""

EVERY = tuple(zip(cycle(("uv", "pip")), (f"3.{minor}" for minor in range(8, 16))))
"""Each Python that a wheel may be tried on, with one of the installers by turns.

There is no pip any more for an environment of 3.8."""


def on_this_machine(version: str) -> Interpreter:
    """Return the Python of a version; skip the test where there is none."""
    found = found_here(Wanted.spoken(version), SpecifierSet())
    if found is None:
        pytest.skip(f"there is no Python {version} on this machine")
    return found
