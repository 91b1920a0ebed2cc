"""What is to be observed of one artifact, and on which Pythons: decided before anything runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from release_tests.policy import InstallPolicy
    from release_tests.sandbox.choosing import Choice
    from release_tests.sandbox.expected import Expected
    from release_tests.smoke import Smoke


@dataclass(frozen=True, slots=True)
class Companion:
    """Another wheel of the release, which shares paths with the one that is tried."""

    path: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the wheel, and what it is asked, one after the other until it answers."""

    name: str
    questions: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class SmokeTest:
    """A smoke test of the policy, the paths in it looked up: ``path`` is the file or directory."""

    declared: Smoke
    path: Path
    base: Path


@dataclass(frozen=True, slots=True)
class Emulation:
    """The processors, by qemu's names, on which modules are imported, each within *deadline* s."""

    models: tuple[str, ...]
    deadline: float


@dataclass(frozen=True, slots=True)
class Unknown:
    """What is tried of an sdist, which tells only when it is installed what it brings.

    With ``modules``, the top-level names are imported; each command is asked ``questions``, if any.
    """

    modules: bool
    questions: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What is tried: exactly the bytes with this SHA-256, on each of the chosen Pythons.

    ``distribution`` is the project's normalized name. Each further field is one kind of
    observation; an empty one is not made. ``modules`` are imported, each in a process of its own.
    ``commands`` are run, and so are the tests in ``smoke``, after all else that needs the wheel.
    ``torch`` says that torch is looked at; ``extensions`` are the installed paths, below
    site-packages, of the modules that are built for it. ``members`` are compared with what is
    installed; with ``removal`` it is uninstalled at the end. ``upgrade`` is the requirement that
    gives the version to upgrade from; each of ``companions`` is installed over the wheel. With
    ``emulation`` the modules are imported on other processors, too. ``unknown`` adds modules and
    commands that are learnt from what gets installed. ``fetches`` says what installing it may have
    to fetch, alike for artifacts that get the same.
    """

    path: Path
    sha256: str
    distribution: str
    install: InstallPolicy
    choice: Choice
    modules: tuple[str, ...] = ()
    members: tuple[Expected, ...] = ()
    removal: bool = False
    upgrade: str = ""
    companions: tuple[Companion, ...] = ()
    commands: tuple[Command, ...] = ()
    torch: bool = False
    extensions: tuple[str, ...] = ()
    smoke: tuple[SmokeTest, ...] = ()
    emulation: Emulation | None = None
    unknown: Unknown | None = None
    fetches: tuple[str, ...] = ()
