"""On which Pythons the installers are tried: the running one, and another where there is any."""

from __future__ import annotations

from packaging.specifiers import SpecifierSet

from release_tests.sandbox.interpreter import Wanted, discover, running

RUNNING = running().minor


def _another() -> str:
    """Return the newest other Python of this machine; the running one where there is none."""
    wanted = (Wanted(minor) for minor in (13, 12, 11, 10))
    found = (discover(want, SpecifierSet()) for want in wanted if str(want) != RUNNING)
    return next((one.minor for one in found if one is not None), RUNNING)


INSTALLERS = (("pip", RUNNING), ("uv", _another()))
"""Each installer, and the Python that it is tried on."""
