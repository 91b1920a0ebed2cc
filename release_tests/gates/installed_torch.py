"""The gate ``installed-torch``: what torch is there once the wheel is installed, and does it fit?

Nothing here asks torch whether it sees an accelerator: on a machine without one every build says
no. A build says itself what it was built for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from release_tests.archive.requirements import holds, parse_requirement
from release_tests.findings import Finding, NotApplicable
from release_tests.gates.identity import metadata_of
from release_tests.gates.torch import accelerator, is_for_accelerators
from release_tests.gates.trying import judge_trials, shows
from release_tests.policy import CPU

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from packaging.requirements import Requirement

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.findings import Answer
    from release_tests.gates.trying import Tried
    from release_tests.policy import Policy
    from release_tests.sandbox.observed import BuiltForTorch, ImportReport, TorchReport, Trial

KINDS = ("torch",)
"""What of a trial stands in the evidence of this gate."""

NAMED = {"cuda": "CUDA", "hip": "ROCm", "xpu": "XPU"}
"""The accelerators by the words of ``torch.version``."""

_UNEXAMINED = "ITORCH000"
_UNDEFINED = re.compile(r"undefined symbol: ([^\s,]+)")
_MOST_SHOWN = 100
_UNFIT = re.compile(r"undefined symbol|operator \S+ does not exist")


def check(tried: Tried, wheel: ArtifactFacts, policy: Policy) -> Answer:
    """Judge torch, what came with it, and what is built for it, on every Python."""
    if stopped := not_asked(policy):
        return stopped

    def on_one(trial: Trial) -> Iterator[Finding]:
        if not shows(trial, wheel) or trial.torch is None:
            message = "torch was not looked at: the wheel is not installed (see the gate install)"
            yield Finding(_UNEXAMINED, wheel.file_name, message)
            return
        yield from _build(trial.torch, trial.installed)
        yield from _pinned(wheel, trial)
        yield from _came_along(trial, trial.torch)
        yield from _mapped(trial)
        yield from _extensions(trial.torch)
        yield from (finding for one in trial.torch.companions for finding in _companion(one))

    return judge_trials(tried, wheel, _UNEXAMINED, on_one)


def not_asked(policy: Policy) -> NotApplicable | None:
    """Return why nothing is asked, None if it is."""
    if policy.torch == CPU:
        return None
    return NotApplicable('the policy does not say that this is for the CPU: `torch = "cpu"`')


def built_for(torch: TorchReport) -> dict[str, str]:
    """Return the accelerators that torch was built for, each with its version.

    Both count what the running torch says and what its version.py states: what is installed beside
    torch could change the one, and a torch that does not import says nothing.
    """
    running = torch.report.attributes if torch.report.imported else {}
    said = {name.removeprefix("version."): text for name, text in running.items()}
    every = ((name, said.get(name) or torch.stated.get(name)) for name in NAMED)
    return {NAMED[name]: text for name, text in every if text}


def _build(torch: TorchReport, installed: object) -> Iterator[Finding]:
    version = dict(installed).get("torch", "none")  # type: ignore[call-overload]
    if not torch.report.imported:
        found, expected = _why(torch.report), f"torch {version}, imported"
        yield Finding("ITORCH001", "import torch", "torch does not import", expected, found)
    for name, of in built_for(torch).items():
        message = f"the installed torch {version} is a build for {name} {of}"
        yield Finding("ITORCH002", "torch.version", message, "a build for the CPU", f"{name} {of}")


def _pinned(wheel: ArtifactFacts, trial: Trial) -> Iterator[Finding]:
    version = trial.installed.get("torch", "")
    for line in metadata_of(wheel).raw.get("requires_dist", ()):
        requirement = _requirement(line)
        if requirement is None or not _applies(requirement, trial):
            continue
        if version and not requirement.specifier.contains(version, prereleases=True):
            message = "the installed torch is not the one that the wheel requires"
            yield Finding("ITORCH007", "torch", message, line, version)


def _requirement(line: str) -> Requirement | None:
    found = parse_requirement(line)
    return found if found and canonicalize_name(found.name) == "torch" else None


def _applies(requirement: Requirement, trial: Trial) -> bool:
    python = trial.interpreter.version
    there = {
        "extra": "",
        "python_full_version": python,
        "python_version": trial.interpreter.minor,
    }
    return holds(requirement, there)


def _came_along(trial: Trial, torch: TorchReport) -> Iterator[Finding]:
    for name in filter(is_for_accelerators, sorted(trial.installed)):
        rule = "ITORCH004" if "triton" in name else "ITORCH003"
        message = f"{name} {trial.installed[name]} was installed with it"
        by = ", ".join(torch.requiring.get(name, ())) or "nobody says so"
        yield Finding(rule, name, message, "no package for an accelerator", f"required by: {by}")


def _mapped(trial: Trial) -> Iterator[Finding]:
    for report in trial.imports:
        of = sorted(path for path in report.libraries if accelerator(path))
        if of:
            message = f"importing it loads libraries of {accelerator(of[0])}"
            where = f"import {report.module}"
            yield Finding("ITORCH005", where, message, "none", "\n".join(of))


def _extensions(torch: TorchReport) -> Iterator[Finding]:
    for name, report in torch.extensions.items():
        for why in report.loading:
            missing = torch.undefined.get(name) or tuple(_UNDEFINED.findall(why))
            message = (
                f"it is not built for the installed torch {_version(torch)}: {_lacking(missing)}"
            )
            found = "\n".join([why, *missing[:_MOST_SHOWN]])
            yield Finding("ITORCH006", name, message, "all symbols found", found)


def _lacking(missing: Sequence[str]) -> str:
    """Say what is missing."""
    if not missing:
        return "it does not load"
    if len(missing) == 1:
        return f"the symbol {missing[0]} is not in it"
    shown = f", of which {_MOST_SHOWN} are shown" if len(missing) > _MOST_SHOWN else ""
    return f"{len(missing)} symbols are not in it{shown}"


def _version(torch: TorchReport) -> str:
    return torch.report.attributes.get("__version__") or ""


def _companion(one: BuiltForTorch) -> Iterator[Finding]:
    """Judge what is built with torch: unfit is what does not import for want of its torch."""
    why = [*one.reasons, _why(one.report)]
    lacking = sorted({found for text in why for found in _accelerators_in(text)})
    if one.report.imported or not (lacking or any(map(_UNFIT.search, why))):
        return
    build = f"a build for {', '.join(lacking)}" if lacking else "built for another torch"
    message = f"{one.name} {one.version} does not fit the installed torch: it is {build}"
    found = "\n".join(dict.fromkeys(filter(None, [str(one.report.raised or ""), *one.reasons])))
    yield Finding("ITORCH008", one.name, message, "a build for the CPU", found)


def _accelerators_in(text: str) -> set[str]:
    words = re.findall(r"[\w.+-]+\.so[\w.]*", text)
    return {whose for word in words if (whose := accelerator(word))}


def _why(report: ImportReport) -> str:
    """Return what an import came to, with what it was raised from."""
    if report.raised is None:
        return "" if report.imported else "\n".join(filter(None, [report.ending, report.output]))
    return "\n".join([str(report.raised), *report.raised.causes])
