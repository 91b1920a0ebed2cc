"""apprise is loaded before any test: it takes a second, in which threads are given up."""

from __future__ import annotations

import importlib
import warnings

import pytest


@pytest.fixture(scope="session", autouse=True)
def _apprise() -> None:
    # One of apprise's services imports what Python 3.13 no longer has, and copes with that.
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        importlib.import_module("apprise").Apprise().add("json://127.0.0.1")
