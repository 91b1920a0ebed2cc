"""Trials for the tests of the gates that run code: no index is asked, and few Pythons are tried."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib.metadata
import os
import zipfile
from typing import TYPE_CHECKING

import pytest

from release_tests.archive.reader import read_wheel
from release_tests.gates.trying import observe
from release_tests.policy import InstallPolicy, Policy
from release_tests.sandbox.interpreter import running
from release_tests.sandbox.trials import Trials

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from release_tests.archive.facts import ArtifactFacts
    from tests import forge

HERE = Policy(install=InstallPolicy(pythons=(running().minor,)))
"""A policy by which wheels are tried on the running Python only."""


def here(policy: Policy) -> Policy:
    """Return the policy with the running Python as the only one that wheels are tried on."""
    return on(policy, running().minor, policy.install.installer)


def on(policy: Policy, python: str, installer: str) -> Policy:
    """Return the policy with one Python and one installer."""
    install = dataclasses.replace(policy.install, pythons=(python,), installer=installer)
    return dataclasses.replace(policy, install=install)


@contextlib.contextmanager
def offline(links: Path) -> Iterator[None]:
    """Leave nothing of this machine's pip configuration, but the directory *links* to look in."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("PIP_")]:
            patch.delenv(name)
        patch.setenv("PIP_CONFIG_FILE", os.devnull)
        patch.setenv("PIP_NO_INDEX", "1")
        patch.setenv("PIP_FIND_LINKS", str(links))
        yield


def tried(
    wheel: forge.Wheel, directory: Path, policy: Policy, base: Path | None = None
) -> tuple[ArtifactFacts, Trials]:
    """Write the wheel into *directory*, and really try it."""
    facts = read_wheel(wheel.write(directory))
    found = observe(facts, policy, base=base)
    assert isinstance(found, Trials), found
    return facts, found


def repack(name: str, into: Path) -> Path:
    """Write the wheel of a pure distribution that is installed here, made of its own files."""
    found = importlib.metadata.distribution(name)
    into.mkdir(parents=True, exist_ok=True)
    path = into / f"{name.replace('-', '_')}-{found.version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file in found.files or ():
            place = str(file)
            if not place.startswith("..") and "__pycache__" not in place:
                archive.writestr(place, file.read_binary())
    return path
