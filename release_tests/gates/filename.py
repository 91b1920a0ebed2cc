"""The gate ``filename``: is the file named as a wheel must be?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from release_tests.archive.facts import ArtifactFacts, ArtifactKind, BadName, SdistName, WheelName
from release_tests.archive.names import SDIST_SUFFIXES, is_tar
from release_tests.findings import Finding
from release_tests.gates import dated
from release_tests.gates.catalogue import RULES
from release_tests.gates.index_answers import UNPARTED, unparted
from release_tests.gates.order import ranked
from release_tests.policy import THIRD_PARTY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.gates.dated import Clock
    from release_tests.policy import Policy

_EXPECTED = "{distribution}-{version}(-{build})-{python}-{abi}-{platform}.whl"
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f/\\]")
_LIBRARY = "Python Standard Library module name"
_SLASHES = r"'/' or '\'"
_CONTROLS = "non-printable characters (ordinals 0-31) or the DEL character (ordinal 127)"
_PYTHON = re.compile(r"(py|cp|pp|ip|jy|graalpy)\d[\d_]*\Z")
_ABI = re.compile(r"none\Z|abi\d+t?\Z|(cp|pypy|pp|ip|jy|graalpy)\d[a-z0-9_]*\Z")


def check(
    wheel: ArtifactFacts,
    policy: Policy,
    clock: Clock = dated.today,
) -> list[Finding]:
    """Judge the file name and the file's size alone, whatever the file holds."""
    found = [*_letters(wheel), *_size(wheel, policy, clock), *_length(wheel, clock)]
    parts = _of_sdist(wheel) if wheel.kind is ArtifactKind.SDIST else _parts(wheel, policy, clock)
    return ranked([*found, *parts])


def _letters(wheel: ArtifactFacts) -> Iterator[Finding]:
    if found := _FORBIDDEN.findall(wheel.file_name):
        message = "the file name holds a character that the index does not take"
        expected = "no control character, no slash and no backslash"
        letters = _SLASHES if {*found} <= {"/", "\\"} else _CONTROLS
        answer = f"Cannot upload a file with {letters} in the name."
        shown = ascii("".join(found))
        yield Finding("NAME005", wheel.file_name, message, expected, shown, answer=answer)
    if wheel.kind is ArtifactKind.WHEEL and not wheel.file_name.endswith(".whl"):
        found_ending = "." + wheel.file_name.rpartition(".")[2]
        message = "the file name does not end like a wheel's, in small letters"
        yield Finding("NAME006", wheel.file_name, message, ".whl", found_ending)


def _length(wheel: ArtifactFacts, clock: Clock) -> Iterator[Finding]:
    length = len(wheel.file_name.encode())
    if length > dated.FILE_NAME_BYTES:
        message = f"the file name is too long{dated.remark(dated.INDEX, clock)}"
        expected = f"at most {dated.FILE_NAME_BYTES} bytes"
        answer = f"Filename is too long: '{wheel.file_name}'"
        found = f"{length} bytes"
        yield Finding("NAME008", wheel.file_name, message, expected, found, answer=answer)


def _size(wheel: ArtifactFacts, policy: Policy, clock: Clock) -> Iterator[Finding]:
    """Judge the size; what others have published, their limit lets pass."""
    answer = ""
    if wheel.size > dated.FILE_SIZE_GRANTED:
        rule, limit, message = "NAME009", dated.FILE_SIZE_GRANTED, "no project may have such a file"
        answer = _too_large(wheel)
    elif wheel.size > dated.FILE_SIZE and policy.profile != THIRD_PARTY:
        rule, limit, message = "NAME010", dated.FILE_SIZE, "the file needs a limit that was raised"
    else:
        return
    found = f"{wheel.size / dated.MIB:.1f} MiB"
    expected = f"at most {limit // dated.MIB} MiB"
    message += dated.remark(dated.INDEX, clock)
    yield Finding(rule, wheel.file_name, message, expected, found, answer=answer)


def _too_large(wheel: ArtifactFacts) -> str:
    """Return the answer to a project whose limit was not raised; nobody sees whose was."""
    project = wheel.file_name if isinstance(wheel.name, BadName) else wheel.name.raw_name
    limit = dated.FILE_SIZE // dated.MIB
    return f"File too large. Limit for project {project!r} is {limit} MB."


def _parts(wheel: ArtifactFacts, policy: Policy, clock: Clock) -> Iterator[Finding]:
    if not isinstance(wheel.name, WheelName):
        yield _no_wheel_s(wheel)
        return
    yield from _platforms(wheel, wheel.name, clock)
    yield from _name(wheel, wheel.name)
    yield from _library(wheel, wheel.name, policy)
    yield from _version(wheel, wheel.name)
    yield from _tags(wheel, wheel.name)


def _no_wheel_s(wheel: ArtifactFacts) -> Finding:
    reason, name = _reason(wheel), wheel.file_name
    message = f"the file name cannot be taken apart: {reason}"
    answer = reason if name in reason else f"Invalid wheel filename: {name!r}"
    rank = None
    if unparted(wheel):
        answer, rank = UNPARTED, RULES["STR037"].rank
    return Finding("NAME001", name, message, _EXPECTED, name, answer=answer, rank=rank)


def _platforms(wheel: ArtifactFacts, name: WheelName, clock: Clock) -> Iterator[Finding]:
    for platform in sorted({tag.platform for tag in name.tags}):
        if not dated.accepts_platform(platform):
            message = f"the index does not take this platform{dated.remark(dated.INDEX, clock)}"
            expected = "any, win_amd64, manylinux_2_28_x86_64, macosx_11_0_arm64, …"
            file = wheel.file_name
            answer = f"Binary wheel '{file}' has an unsupported platform tag '{platform}'."
            yield Finding("NAME007", file, message, expected, platform, answer=answer)


def _library(wheel: ArtifactFacts, name: WheelName, policy: Policy) -> Iterator[Finding]:
    """Only new projects are refused; what others have published has its project already."""
    if name.name in dated.STANDARD_LIBRARY and policy.profile != THIRD_PARTY:
        message = "a module of the standard library has this name"
        answer = f"The name {name.name!r} isn't allowed (conflict with {_LIBRARY})."
        yield Finding("NAME011", wheel.file_name, message, "another name", name.name, answer=answer)


def _of_sdist(sdist: ArtifactFacts) -> Iterator[Finding]:
    """Judge the file name: what the index would name it is the only name that it takes."""
    expected = "{name}-{version}.tar.gz"
    if not isinstance(sdist.name, SdistName):
        yield _no_sdist_s(sdist, expected)
        return
    right = f"{sdist.name.name.replace('-', '_')}-{sdist.name.version}.tar.gz"
    if sdist.file_name != right:
        message = "name and version are not in their normalized forms"
        if not is_tar(sdist.file_name):
            message = "an sdist is a .tar.gz archive, and has been no .zip for long"
        answer = f"Filename {sdist.file_name!r} is invalid, should be {right!r}."
        yield Finding("NAME101", sdist.file_name, message, right, sdist.file_name, answer=answer)


def _no_sdist_s(sdist: ArtifactFacts, expected: str) -> Finding:
    name = sdist.file_name
    message = f"the file name cannot be taken apart: {_reason(sdist)}"
    answer, rank = f"Invalid source distribution filename: {name}", None
    if not name.endswith(SDIST_SUFFIXES):
        answer, rank = RULES["NAME006"].reason, RULES["NAME006"].rank
    return Finding("NAME101", name, message, expected, name, answer=answer, rank=rank)


def _reason(wheel: ArtifactFacts) -> str:
    return wheel.name.reason if isinstance(wheel.name, BadName) else "it is an sdist's"


def _name(wheel: ArtifactFacts, name: WheelName) -> Iterator[Finding]:
    expected = name.name.replace("-", "_")
    if name.raw_name != expected:
        file, raw = wheel.file_name, name.raw_name
        message = "the distribution's name is not normalized"
        right = f"the normalized project name {expected!r}"
        answer = f"Filename {file!r} should contain {right}, not {raw!r}."
        yield Finding("NAME002", file, message, expected, raw, answer=answer)


def _version(wheel: ArtifactFacts, name: WheelName) -> Iterator[Finding]:
    expected = str(name.version)
    if name.raw_version != expected:
        message = "the version is not in its canonical form"
        yield Finding("NAME003", wheel.file_name, message, expected, name.raw_version)


def _tags(wheel: ArtifactFacts, name: WheelName) -> Iterator[Finding]:
    interpreters = sorted({tag.interpreter for tag in name.tags})
    for interpreter in interpreters:
        if not _PYTHON.match(interpreter):
            message = "no interpreter has this Python tag"
            yield Finding("NAME004", wheel.file_name, message, "py3, cp312, …", interpreter)
    for abi in sorted({tag.abi for tag in name.tags}):
        if not _ABI.match(abi):
            message = "no interpreter has this ABI tag"
            yield Finding("NAME004", wheel.file_name, message, "none, abi3, cp312, …", abi)
