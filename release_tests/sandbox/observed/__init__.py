"""What was observed when a wheel was tried: plain data, without a judgement."""

from __future__ import annotations

from release_tests.sandbox.observed.imports import (
    Emulated,
    ImportReport,
    ImportState,
    Raised,
    Warned,
)
from release_tests.sandbox.observed.installed import Brought, Contents, Overwritten, Upgrade
from release_tests.sandbox.observed.programs import CommandReport, SmokeReport
from release_tests.sandbox.observed.steps import (
    CHECK,
    INSTALL,
    START,
    UNINSTALL,
    Step,
    StepState,
    Tool,
)
from release_tests.sandbox.observed.torch import BuiltForTorch, TorchReport
from release_tests.sandbox.observed.trial import Trial

__all__ = [
    "CHECK",
    "INSTALL",
    "START",
    "UNINSTALL",
    "Brought",
    "BuiltForTorch",
    "CommandReport",
    "Contents",
    "Emulated",
    "ImportReport",
    "ImportState",
    "Overwritten",
    "Raised",
    "SmokeReport",
    "Step",
    "StepState",
    "Tool",
    "TorchReport",
    "Trial",
    "Upgrade",
    "Warned",
]
