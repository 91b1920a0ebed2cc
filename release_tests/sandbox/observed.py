"""What was observed when a wheel was tried: plain data, without a judgement."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from release_tests.sandbox.interpreter import Interpreter

_KINDS = frozenset(("imports", "commands", "torch", "smoke", "emulated"))
"""What is observed for some gates only, and stands in the evidence of those."""

INSTALL, CHECK, START, UNINSTALL = "install", "check", "start of Python", "uninstall"
"""The names of the steps of a trial."""


@dataclass(frozen=True, slots=True)
class Tool:
    """The installer: ``pip`` or ``uv``, and its version."""

    name: str
    version: str

    def command(self, step: str) -> str:
        """Return a step of it as people would type it."""
        return f"uv pip {step}" if self.name == "uv" else f"{self.name} {step}"

    def __str__(self) -> str:
        """Return it as it is shown in the evidence."""
        return f"{self.name} {self.version}"


class StepState(StrEnum):
    """How a step ended."""

    OK = "ok"
    FAILED = "failed"
    TIMED_OUT = "timed-out"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the trial; ``output`` is the end of what it wrote, or why it was skipped."""

    name: str
    state: StepState
    seconds: float = 0.0
    output: str = ""

    @property
    def ok(self) -> bool:
        """Whether it did what it should."""
        return self.state is StepState.OK


class ImportState(StrEnum):
    """How the import of a module ended."""

    IMPORTED = "imported"
    RAISED = "raised"
    ENDED = "ended"
    TIMED_OUT = "timed-out"


@dataclass(frozen=True, slots=True)
class Raised:
    """The exception that an import ended with; ``missing`` names the module not found, if any.

    ``causes`` are the exceptions that it was raised from or while handling, the nearest first.
    """

    type: str
    message: str
    traceback: str
    missing: str = ""
    causes: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return its last line."""
        return f"{self.type}: {self.message}" if self.message else self.type


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning of any category, as it was given during an import; ``file`` is relative."""

    category: str
    message: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came of importing one module in a process of its own.

    ``seconds`` are those of the import, or of the process when it did not report. ``version`` is
    ``__version__`` if that is a string. ``witnessed`` says that it could be seen from outside
    whether the import has come back. ``locations`` is the module's file, or the directories of a
    namespace package; ``inside`` whether all of them lie in the environment. ``ending`` says how a
    process ended that did not report, ``output`` is the end of what it wrote, ``stderr`` that of
    its standard error. ``warnings`` are those of all categories, ``libraries`` the shared libraries
    that were mapped into memory, both in order. ``attributes`` are the texts of those that were
    asked for and are there. ``loading`` says why libraries that were asked for did not load,
    ``unresolved`` which symbols that were asked for are nowhere.
    """

    module: str
    state: ImportState
    seconds: float
    raised: Raised | None = None
    version: str | None = None
    witnessed: bool = False
    locations: tuple[str, ...] = ()
    inside: bool = True
    ending: str = ""
    output: str = ""
    stderr: str = ""
    warnings: tuple[Warned, ...] = ()
    libraries: tuple[str, ...] = ()
    attributes: Mapping[str, str | None] = field(default_factory=dict)
    loading: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()

    @property
    def imported(self) -> bool:
        """Whether the module came, from wherever."""
        return self.state is ImportState.IMPORTED


@dataclass(frozen=True, slots=True)
class Emulated:
    """What came of importing the modules on an emulated processor, by qemu's name for it.

    ``unfit`` says why Python itself does not run there, and is empty if it does.
    """

    model: str
    unfit: str = ""
    imports: tuple[ImportReport, ...] = ()


@dataclass(frozen=True, slots=True)
class CommandReport:
    """What came of running a command of the wheel with some words.

    It ``answered`` when it ended with exit code 0 and said something; else ``ending`` says how it
    ended. ``wrote`` is the end of what it wrote.
    """

    name: str
    words: tuple[str, ...]
    answered: bool
    seconds: float = 0.0
    ending: str = ""
    wrote: str = ""


@dataclass(frozen=True, slots=True)
class SmokeReport:
    """What came of a smoke test: ``passed``, or why not in ``reason``.

    ``run`` is as the policy calls it, ``sha256`` that of the file, empty for a directory.
    ``unfit`` says that it could not be run at all, ``timed_out`` that it was killed. ``wrote`` is
    the end of what it wrote.
    """

    run: str
    sha256: str = ""
    passed: bool = False
    unfit: bool = False
    timed_out: bool = False
    seconds: float = 0.0
    reason: str = ""
    wrote: str = ""


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


@dataclass(frozen=True, slots=True)
class Trial:
    """Everything observed of one wheel in one clean environment: a field for each kind of it.

    ``sha256`` is that of the bytes just before the installation. ``installed`` has every
    distribution that was there afterwards, by its normalized name. ``settings`` is what was taken
    over from this machine, without credentials; ``network`` says what what ran could reach.
    ``contents`` is what the installation did to the
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
