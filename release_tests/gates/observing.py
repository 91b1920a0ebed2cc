"""What the gates that run code want to have observed of a wheel, each its own part."""

from __future__ import annotations

import platform
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from release_tests.archive import dist_info
from release_tests.archive.entry_points import parse_entry_points
from release_tests.archive.facts import ArtifactKind, MemberKind
from release_tests.archive.plan import without_scheme
from release_tests.archive.requirements import parse_requirement
from release_tests.archive.submodules import public_modules
from release_tests.archive.toplevel import importable
from release_tests.gates.compiled.machines import canonical
from release_tests.gates.cpu.families import AARCH64
from release_tests.gates.identity import metadata_of, project_of, version_modules
from release_tests.policy import CPU
from release_tests.projects import fits
from release_tests.sandbox.plan import Command, Emulation, SmokeTest, Unknown

if TYPE_CHECKING:
    from pathlib import Path

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.policy import Policy

INSTALL, IMPORT, VERSION, TORCH = "install", "import", "installed-version", "installed-torch"
"""The gates that have something observed for them."""

_QUESTIONS = (("--help",), ("--version",))


def modules_of(wheel: ArtifactFacts, policy: Policy) -> tuple[str, ...]:
    """Return the modules that have to import: the policy's, else the wheel's.

    With them go those whose version counts by the policy, and with ``import-all`` all below them.
    """
    modules = importable(wheel) if policy.imports is None else policy.imports
    below = _below(modules, wheel, policy) if policy.import_all else ()
    return tuple(dict.fromkeys([*modules, *(policy.version_modules or ()), *below]))


def _below(modules: tuple[str, ...], wheel: ArtifactFacts, policy: Policy) -> list[str]:
    return [
        name
        for name in public_modules(wheel)
        if name.startswith(tuple(f"{module}." for module in modules))
        and not any(fnmatchcase(name, pattern) for pattern in policy.import_all_except)
    ]


def modules_for(wheel: ArtifactFacts, policy: Policy, gates: frozenset[str]) -> tuple[str, ...]:
    """Return all modules that are imported for *gates*, each once."""
    wanted: list[str] = []
    if gates & {INSTALL, IMPORT} or asks_for_torch(policy, gates):
        wanted += modules_of(wheel, policy)
    if VERSION in gates:
        wanted += version_modules(wheel, policy)
    return tuple(dict.fromkeys(wanted))


def unknown_of(wheel: ArtifactFacts, policy: Policy, gates: frozenset[str]) -> Unknown | None:
    """Return what of an sdist is to be learnt when it is installed; of a wheel its files say it."""
    if wheel.kind is not ArtifactKind.SDIST or not gates & {INSTALL, IMPORT}:
        return None
    asks = IMPORT in gates and policy.commands is None
    return Unknown(modules=policy.imports is None, questions=_QUESTIONS if asks else ())


def commands_of(wheel: ArtifactFacts, policy: Policy, gates: frozenset[str]) -> tuple[Command, ...]:
    """Return the commands that are run: the policy's, else every console script of the wheel."""
    if IMPORT not in gates:
        return ()
    if policy.commands is not None:
        return tuple(Command(name, (words,)) for name, words in policy.commands)
    data = dist_info.content(wheel, "entry_points.txt") or b""
    points = parse_entry_points(data).points
    names = (point.name for point in points if point.group == "console_scripts")
    return tuple(Command(name, _QUESTIONS) for name in dict.fromkeys(names))


def smoke_tests_of(
    policy: Policy, gates: frozenset[str], base: Path | None
) -> tuple[SmokeTest, ...]:
    """Return the policy's smoke tests, their paths seen from *base*, where the policy file lies."""
    if IMPORT not in gates or base is None:
        return ()
    base = base.resolve()
    return tuple(SmokeTest(declared, base / declared.run, base) for declared in policy.smoke)


def emulation_of(wheel: ArtifactFacts, policy: Policy, gates: frozenset[str]) -> Emulation | None:
    """Return on which emulated processors a wheel with compiled members is imported, if on any.

    These are of this machine's architecture: qemu is not used to be another one.
    """
    if IMPORT not in gates or not any(member.kind.compiled for member in wheel.members):
        return None
    models = [
        model
        for pattern, listed in policy.emulation.processors
        if fits(project_of(wheel), pattern)
        for model in listed
        if is_arms(model) == (canonical(platform.machine()) == AARCH64)
    ]
    return Emulation(tuple(dict.fromkeys(models)), policy.emulation.deadline) if models else None


def is_arms(model: str) -> bool:
    """Whether a processor that qemu emulates is one of Arm, by its name."""
    return model.startswith(("cortex-", "neoverse-", "a64fx"))


def asks_for_torch(policy: Policy, gates: frozenset[str]) -> bool:
    """Whether torch is looked at."""
    return TORCH in gates and policy.torch == CPU


def extensions_of(wheel: ArtifactFacts) -> tuple[str, ...]:
    """Return where the shared libraries of a wheel that requires torch get installed.

    Paths are below site-packages. Those that a repair put beside the packages are left out.
    """
    if not any(map(_is_torch, metadata_of(wheel).raw.get("requires_dist", ()))):
        return ()
    names = (member.name for member in wheel.members if member.kind is MemberKind.ELF)
    installed = (without_scheme(name) for name in names)
    return tuple(
        sorted(
            path
            for path in installed
            if path.endswith(".so") and not path.partition("/")[0].endswith(".libs")
        )
    )


def _is_torch(line: str) -> bool:
    requirement = parse_requirement(line)
    return requirement is not None and canonicalize_name(requirement.name) == "torch"
