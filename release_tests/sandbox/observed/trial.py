"""Everything that was observed of one wheel in one clean environment."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from release_tests.sandbox.observed.steps import INSTALL, START, Step, StepState, Tool

if TYPE_CHECKING:
    from collections.abc import Mapping

    from release_tests.sandbox.interpreter import Interpreter
    from release_tests.sandbox.observed.imports import Emulated, ImportReport
    from release_tests.sandbox.observed.installed import Brought, Contents, Overwritten, Upgrade
    from release_tests.sandbox.observed.programs import CommandReport, SmokeReport
    from release_tests.sandbox.observed.torch import TorchReport

_KINDS = frozenset(("imports", "commands", "torch", "smoke", "emulated"))
"""What is observed for some gates only, and stands in the evidence of those."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Everything observed of one wheel in one clean environment: a field for each kind of it.

    ``sha256`` is that of the bytes just before the installation. ``installed`` has every
    distribution that was there afterwards, by its normalized name. ``settings`` is what was taken
    over from this machine, without credentials; ``network`` and ``processes`` say what what
    ran could reach. ``contents`` is what the installation did to the
    environment, None where that was not looked at; ``left`` are files that uninstalling left.
    ``upgrade`` is None where none was asked for; ``overwritten`` has an entry for each other wheel
    of the release that was installed over this one. ``emulated`` has an entry for each emulated
    processor, ``unemulated`` says why there is none although some were asked for. ``brought`` is
    None where the artifact's own files say it, as those of a wheel do.
    """

    file_name: str
    expected_sha256: str
    sha256: str
    interpreter: Interpreter
    tool: Tool
    steps: tuple[Step, ...] = ()
    imports: tuple[ImportReport, ...] = ()
    commands: tuple[CommandReport, ...] = ()
    torch: TorchReport | None = None
    smoke: tuple[SmokeReport, ...] = ()
    installed: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    network: str = ""
    processes: str = ""
    contents: Contents | None = None
    left: tuple[str, ...] = ()
    upgrade: Upgrade | None = None
    overwritten: tuple[Overwritten, ...] = ()
    emulated: tuple[Emulated, ...] = ()
    unemulated: str = ""
    brought: Brought | None = None

    def step(self, name: str) -> Step:
        """Return a step by its name; one that was never reached is skipped."""
        reached = (step for step in self.steps if step.name == name)
        return next(reached, Step(name, StepState.SKIPPED))

    @property
    def usable(self) -> bool:
        """Whether the wheel got installed, and nothing keeps its Python from starting."""
        return self.step(INSTALL).ok and self.step(START).state is not StepState.FAILED

    def details(self, *kinds: str) -> dict[str, object]:
        """Return it as plain JSON data, for the evidence of a gate that judges these *kinds*.

        A kind is a field of the trial. Outputs of steps and of imports are left out: they are
        long, and shown where they matter.
        """
        plain: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(self)))
        found: dict[str, object] = _without_output(plain)
        return {kind: item for kind, item in found.items() if kind not in _KINDS - set(kinds)}


def _without_output(plain: Any) -> Any:
    """Leave out what steps and imports wrote, however deep they lie."""
    if isinstance(plain, list):
        return [_without_output(item) for item in plain]
    if not isinstance(plain, dict):
        return plain
    return {name: _without_output(item) for name, item in plain.items() if name != "output"}
