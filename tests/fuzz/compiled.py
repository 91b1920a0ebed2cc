"""The gates over compiled code, put to facts that fuzzers made: they find, and never raise."""

from __future__ import annotations

import dataclasses
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from release_tests.archive import dist_info
from release_tests.archive.depth import Depth
from release_tests.archive.reader import read_artifact
from release_tests.binary.facts import Format
from release_tests.gates import abi3, cpu, tags, torch
from release_tests.gates import platform as platforms
from release_tests.gates.cpu.host import lack_of
from release_tests.gates.explain import text
from release_tests.policy import Policy
from release_tests.processor import Processor
from release_tests.variants import Variant
from tests import forge
from tests.binary.small import MachO
from tests.fuzz.word import require

if TYPE_CHECKING:
    from release_tests.archive.facts import ArtifactFacts
    from release_tests.binary.facts import Binary

_GATES = (tags, platforms, abi3, cpu, torch)
_VARIANT = Variant(
    baseline=("x86-64-v2", "asimddp"), uses=("avx2", "sve"), dispatch=(("demo/*:f*", ("avx2",)),)
)
_POLICIES = (
    Policy(torch="cpu"),
    Policy(provided_by=(("system", ("lib*",)),), variants=(("demo", _VARIANT),)),
)
_PLAIN = Processor("x86_64", "plain", frozenset(), "nobody")

WHEELS = {
    Format.ELF: ("cp312-cp312-manylinux_2_17_x86_64", "demo/_c.cpython-312-x86_64-linux-gnu.so"),
    Format.MACH_O: ("cp39-abi3-macosx_11_0_universal2", "demo/_c.abi3.so"),
    Format.PE: ("cp313-cp313t-win_amd64", "demo/_c.cp313t-win_amd64.pyd"),
}
"""Of each format the tags and the module of a wheel that holds one."""


@cache
def template(form: Format) -> ArtifactFacts:
    """Return the facts of a wheel of which a test changes one part."""
    tags_of, member = WHEELS[form]
    files = {**forge.package(), member: MachO().data}
    with tempfile.TemporaryDirectory() as place:
        return read_artifact(forge.Wheel(tags=tags_of, files=files).write(Path(place)), Depth.CODE)


def put_binary(form: Format, binary: Binary) -> None:
    """Put all gates to a wheel whose one module is *binary*."""
    _put(dataclasses.replace(template(form), binaries={WHEELS[form][1]: binary}))


def put_metadata(data: bytes) -> None:
    """Put all gates to a wheel whose METADATA is *data*."""
    for form in Format:
        facts = template(form)
        name = f"{dist_info.directory(facts)}/METADATA"
        _put(dataclasses.replace(facts, contents={**facts.contents, name: data}))


def _put(facts: ArtifactFacts) -> None:
    for policy in _POLICIES:
        answers = [gate.check(facts, policy) for gate in _GATES]
        findings = [one for answer in answers if isinstance(answer, list) for one in answer]
        shown = text(facts.file_name, findings).replace("\n", "")
        require(shown.isprintable(), "a finding cannot be printed")
        lack = lack_of(facts, policy, _PLAIN)
        require(lack is None or lack.reason.isprintable(), "a lack cannot be printed")
