"""What the tests of the sandbox share: no index is ever asked, and one environment is reused."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from release_tests.sandbox.clean import clean_environment
from release_tests.sandbox.interpreter import running
from release_tests.sandbox.pip import Pip
from release_tests.sandbox.settings import InstallSettings
from tests.sandbox.trying import offline_pip

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from release_tests.sandbox.environment import Sandbox


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave nothing of this machine's pip configuration, and no index to ask."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    for name, value in offline_pip().items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Return an environment for tests that only import, each module in a process of its own."""
    parent = tmp_path_factory.mktemp("shared")
    with clean_environment(Pip(InstallSettings()), running(), parent=parent) as made:
        yield made


@pytest.fixture
def site(sandbox: Sandbox) -> Path:
    """Return the environment's directory of installed packages."""
    return next(sandbox.prefix.glob("lib/python3.*/site-packages"))
