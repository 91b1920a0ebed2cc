"""What was seen of torch, and of what is built for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from release_tests.sandbox.observed.imports import ImportReport


@dataclass(frozen=True, slots=True)
class BuiltForTorch:
    """A distribution that is built for one build of torch, and what came of importing it.

    ``reasons`` say why its shared libraries do not load on top of torch, where it does not import.
    """

    name: str
    version: str
    report: ImportReport
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TorchReport:
    """What was seen of torch: the import, and the words of its ``version.py`` as they stand there.

    ``stated`` has ``cuda``, ``hip`` and ``xpu``, where they are stated, None for none.
    ``extensions`` are the reports of imports of torch, each with one of the wheel's own libraries
    loaded after it, by the path of the library; of one that did not load, ``undefined`` names the
    symbols that are missing. ``requiring`` names who requires a distribution.
    """

    report: ImportReport
    stated: Mapping[str, str | None] = field(default_factory=dict)
    companions: tuple[BuiltForTorch, ...] = ()
    extensions: Mapping[str, ImportReport] = field(default_factory=dict)
    undefined: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    requiring: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
