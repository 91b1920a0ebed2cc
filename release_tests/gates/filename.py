"""The gate ``filename``: is the file named as a wheel must be?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from release_tests.archive.facts import ArtifactKind, BadName, SdistName, WheelFacts, WheelName
from release_tests.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.policy import Policy

_EXPECTED = "{distribution}-{version}(-{build})-{python}-{abi}-{platform}.whl"
_PYTHON = re.compile(r"(py|cp|pp|ip|jy|graalpy)\d[\d_]*\Z")
_ABI = re.compile(r"none\Z|abi\d+t?\Z|(cp|pypy|pp|ip|jy|graalpy)\d[a-z0-9_]*\Z")


def check(wheel: WheelFacts, policy: Policy) -> list[Finding]:  # noqa: ARG001 - one signature
    """Judge the file name alone, whatever the file holds."""
    if wheel.kind is ArtifactKind.SDIST:
        return list(_of_sdist(wheel))
    if not isinstance(wheel.name, WheelName):
        message = f"the file name cannot be taken apart: {_reason(wheel)}"
        return [Finding("NAME001", wheel.file_name, message, _EXPECTED, wheel.file_name)]
    return [*_name(wheel, wheel.name), *_version(wheel, wheel.name), *_tags(wheel, wheel.name)]


def _of_sdist(sdist: WheelFacts) -> Iterator[Finding]:
    """Judge the file name: what the index would name it is the only name that it takes."""
    expected = "{name}-{version}.tar.gz"
    if not isinstance(sdist.name, SdistName):
        message = f"the file name cannot be taken apart: {_reason(sdist)}"
        yield Finding("NAME101", sdist.file_name, message, expected, sdist.file_name)
        return
    right = f"{sdist.name.name.replace('-', '_')}-{sdist.name.version}.tar.gz"
    if sdist.file_name != right:
        message = "name and version are not in their normalized forms"
        yield Finding("NAME101", sdist.file_name, message, right, sdist.file_name)


def _reason(wheel: WheelFacts) -> str:
    return wheel.name.reason if isinstance(wheel.name, BadName) else "it is an sdist's"


def _name(wheel: WheelFacts, name: WheelName) -> Iterator[Finding]:
    expected = name.name.replace("-", "_")
    if name.raw_name != expected:
        message = "the distribution's name is not normalized"
        yield Finding("NAME002", wheel.file_name, message, expected, name.raw_name)


def _version(wheel: WheelFacts, name: WheelName) -> Iterator[Finding]:
    expected = str(name.version)
    if name.raw_version != expected:
        message = "the version is not in its canonical form"
        yield Finding("NAME003", wheel.file_name, message, expected, name.raw_version)


def _tags(wheel: WheelFacts, name: WheelName) -> Iterator[Finding]:
    interpreters = sorted({tag.interpreter for tag in name.tags})
    for interpreter in interpreters:
        if not _PYTHON.match(interpreter):
            message = "no interpreter has this Python tag"
            yield Finding("NAME004", wheel.file_name, message, "py3, cp312, …", interpreter)
    for abi in sorted({tag.abi for tag in name.tags}):
        if not _ABI.match(abi):
            message = "no interpreter has this ABI tag"
            yield Finding("NAME004", wheel.file_name, message, "none, abi3, cp312, …", abi)
