"""What installing did to an environment: by itself, over an earlier version, over another wheel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from release_tests.sandbox.observed.imports import ImportReport
    from release_tests.sandbox.observed.steps import Step


@dataclass(frozen=True, slots=True)
class Contents:
    """In what an environment differs from the one before with the wheel in it; some paths of each.

    Of the wheel's files, ``missing`` are not there, and ``altered`` have other bytes; ``shared``
    are also another distribution's, which is named, with other bytes. Besides, ``appeared`` are in
    no RECORD, and ``changed`` were there before.
    """

    missing: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()
    appeared: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    shared: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What came of installing the wheel over the last published version, ``previous``.

    Without one, ``reason`` says why. ``left`` are files of the earlier version that nothing owns
    any more.
    """

    previous: str
    reason: str = ""
    steps: tuple[Step, ...] = ()
    left: tuple[str, ...] = ()
    imports: tuple[ImportReport, ...] = ()


@dataclass(frozen=True, slots=True)
class Overwritten:
    """Which files of the wheel the wheel ``other`` of the release overwrote, installed over it.

    ``step`` is the installation that failed, or the last one.
    """

    other: str
    paths: tuple[str, ...] = ()
    step: Step | None = None


@dataclass(frozen=True, slots=True)
class Brought:
    """What the installed files of the artifact make importable, at the top level, and its commands.

    Read from its RECORD and entry_points.txt before anything ran.
    """

    modules: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
