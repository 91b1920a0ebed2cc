"""Every gate and every rule, as data.

An id never changes its meaning and is never used again. The pages under docs/rules are generated
from here, and a test holds them together.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from release_tests.archive.depth import Depth
from release_tests.gates.catalogue import (
    abi3,
    archive,
    cpu,
    filename,
    importing,
    install,
    installed_torch,
    installed_version,
    metadata,
    platform,
    record,
    release,
    sdist,
    staged,
    structure,
    tags,
    torch,
    version,
)
from release_tests.gates.rules import Authority, Rule, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One question put to every artifact; ``test_{name}.py`` asks it.

    A gate ``of_release`` is put to all artifacts of one version together.

    ``prefix`` begins the ids of its rules. A release needs the answer of every ``required`` gate.
    ``runs_code`` says that the gate takes seconds and runs what the artifact brings. ``depth`` is
    how far artifacts must be read for it. A gate that has an ``option`` is put where that is given,
    and nowhere else.
    """

    name: str
    prefix: str
    question: str
    required: bool = True
    runs_code: bool = False
    of_release: bool = False
    option: str = ""
    depth: Depth = Depth.MEMBERS


GATES = (
    Gate(name="filename", prefix="NAME", question="Is the file named as a wheel must be?"),
    Gate(name="archive", prefix="ZIP", question="Can every byte of the archive be read?"),
    Gate(name="record", prefix="REC", question="Does RECORD vouch for every file, and only those?"),
    Gate(name="structure", prefix="STR", question="Is in the wheel what should be, and no more?"),
    Gate(name="metadata", prefix="META", question="Is the metadata valid, and does it render?"),
    Gate(name="version", prefix="VER", question="Is it one version, wherever it is stated?"),
    Gate(
        name="tags",
        prefix="TAG",
        question="Are the tags, the binaries and Requires-Python for the same systems and Pythons?",
        depth=Depth.BINARIES,
    ),
    Gate(
        name="platform",
        prefix="PLAT",
        question="Does the compiled code run where pip installs it?",
        depth=Depth.BINARIES,
    ),
    Gate(
        name="abi3",
        prefix="ABI",
        question="Do modules for several Pythons use only what all of these have?",
        depth=Depth.BINARIES,
    ),
    Gate(
        name="cpu",
        prefix="CPU",
        question="Does the code run on every processor that the wheel is for?",
        depth=Depth.CODE,
    ),
    Gate(
        name="torch",
        prefix="TORCH",
        question="Does a wheel for the CPU want no accelerator?",
        depth=Depth.BINARIES,
    ),
    Gate(
        name="release",
        prefix="REL",
        question="Do all the artifacts of one version fit together?",
        of_release=True,
        depth=Depth.CODE,
    ),
    Gate(
        name="staged",
        prefix="STAG",
        question="Does the staging index serve exactly this file, as users will get it?",
        required=False,
        option="--staging",
    ),
    Gate(
        name="install",
        prefix="INST",
        question="Does it install in a clean environment, and does what got installed fit?",
        runs_code=True,
        depth=Depth.CODE,
    ),
    Gate(
        name="import",
        prefix="IMP",
        question="Do the modules, the commands and the smoke tests work where it is installed?",
        runs_code=True,
        depth=Depth.CODE,
    ),
    Gate(
        name="installed-version",
        prefix="IVER",
        question="Does the installed release call itself by its version?",
        runs_code=True,
        depth=Depth.CODE,
    ),
    Gate(
        name="installed-torch",
        prefix="ITORCH",
        question="Is the torch that comes with it a build for the CPU, and does everything fit it?",
        runs_code=True,
        depth=Depth.CODE,
    ),
)


def _unexamined(gate: Gate) -> Rule:
    return Rule(
        id=f"{gate.prefix}000",
        gate=gate.name,
        title="the gate could not look at the artifact",
        why="A question that could not be put is not answered: nothing is known of what this gate "
        "would have found.",
        mend="Mend what the finding names, which another gate explains, and run again.",
        authority=Authority.PRACTICE,
        severity=Severity.ERROR,
        reference="release-gates",
    )


_TABLES = (
    filename.RULES,
    archive.RULES,
    record.RULES,
    structure.RULES,
    metadata.RULES,
    version.RULES,
    tags.RULES,
    platform.RULES,
    abi3.RULES,
    cpu.RULES,
    torch.RULES,
    release.RULES,
    staged.RULES,
    install.RULES,
    importing.RULES,
    installed_version.RULES,
    installed_torch.RULES,
    sdist.RULES,
)

RULES = MappingProxyType(
    {
        rule.id: rule
        for rule in (
            *(_unexamined(gate) for gate in GATES if gate.name not in ("filename", "archive")),
            *(rule for rules in _TABLES for rule in rules),
        )
    }
)


RUNS_CODE = "runs_code"
"""The marker of the tests of all gates that run code."""


def test_of(name: str) -> str:
    """Return the name of the test, and of its module, that asks a gate's question."""
    return f"test_{name.replace('-', '_')}"


def gate_of(test: str) -> str:
    """Return the name of the gate that a test asks."""
    return test.removeprefix("test_").replace("_", "-")


def gate(name: str) -> Gate:
    """Return the gate called *name*; raise KeyError if there is none."""
    return {gate.name: gate for gate in GATES}[name]


def rules_of(name: str) -> tuple[Rule, ...]:
    """Return the rules of the gate called *name*, in the order of their ids."""
    return tuple(sorted((rule for rule in RULES.values() if rule.gate == name), key=lambda r: r.id))
