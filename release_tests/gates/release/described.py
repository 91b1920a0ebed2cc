"""Whether the files of each project describe it alike: REL001, REL002, REL005 and REL010."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from release_tests.archive.names import parse_version
from release_tests.archive.requirements import parse_requirement
from release_tests.findings import Finding
from release_tests.gates.release.subject import by_project

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from packaging.requirements import Requirement
    from packaging.version import Version

    from release_tests.gates.release.subject import Subject

SHOWN = (
    *("name", "summary", "description", "description_content_type", "keywords", "home_page"),
    *("download_url", "author", "author_email", "maintainer", "maintainer_email"),
    *("license", "license_expression", "classifiers", "project_urls", "requires_python"),
    "provides_extra",
)
"""What an index shows of a release, and takes from its first file."""

_FIELDS = {"classifiers": "classifier", "project_urls": "project-url"}
"""Fields whose values the library gathers under another name than that of METADATA."""

_MOST = 200


def check(subjects: Sequence[Subject]) -> Iterator[Finding]:
    """Compare the files of each project with the first of them, and look at its dependencies."""
    for project, wheels in by_project(subjects):
        first = wheels[0]
        for other in wheels[1:]:
            yield from _shown(project, first, other)
            yield from _dependencies(project, first, other)
        yield from _spelling(project, wheels)
        yield from _local(wheels)


def _shown(project: str, first: Subject, other: Subject) -> Iterator[Finding]:
    for field in SHOWN:
        expected, found = _value(first, field), _value(other, field)
        if expected != found and not _decided_by_build(field, first, other):
            yield Finding(
                "REL001",
                f"{project}, {field.replace('_', '-')}",
                f"{other.file_name} has another one than {first.file_name}, which goes out first",
                _short(expected),
                _short(found),
                (first.file_name, other.file_name),
            )


def _dependencies(project: str, first: Subject, other: Subject) -> Iterator[Finding]:
    if _decided_by_build("requires_dist", first, other):
        return
    expected, found = _required(first), _required(other)
    if expected.keys() != found.keys():
        yield Finding(
            "REL002",
            f"{project}, Requires-Dist",
            f"{other.file_name} has other dependencies than {first.file_name}",
            _besides(expected, found),
            _besides(found, expected),
            (first.file_name, other.file_name),
        )


def _required(subject: Subject) -> dict[Requirement | str, str]:
    """Return the dependencies as stated, by what they mean: two tools spell one differently."""
    return {_meaning(one): one for one in subject.metadata.raw.get("requires_dist", ())}


def _meaning(stated: str) -> Requirement | str:
    return parse_requirement(stated) or stated


def _besides(these: Mapping[Requirement | str, str], those: Mapping[Requirement | str, str]) -> str:
    more = sorted(these[one] for one in these.keys() - those.keys())
    return f"also {_short(more)}" if more else ""


def _spelling(project: str, wheels: Sequence[Subject]) -> Iterator[Finding]:
    spelled = {wheel.name.raw_version: wheel.file_name for wheel in reversed(wheels)}
    if len(spelled) > 1:
        yield Finding(
            "REL005",
            f"{project}, the version in file names",
            "the version is one, and is written in several ways",
            wheels[0].name.raw_version,
            ", ".join(sorted(spelled)),
            tuple(wheel.file_name for wheel in wheels),
        )


def _local(wheels: Sequence[Subject]) -> Iterator[Finding]:
    for wheel in wheels:
        for stated in wheel.metadata.raw.get("requires_dist", []):
            for version in _local_versions(stated):
                yield Finding(
                    "REL010",
                    f"{wheel.file_name}, Requires-Dist",
                    f"PyPI takes no local versions, so it has none that `{stated}` asks for",
                    str(version.public),
                    str(version),
                    (wheel.file_name,),
                )


def _local_versions(stated: str) -> Iterator[Version]:
    requirement = parse_requirement(stated)
    for specifier in requirement.specifier if requirement else ():
        version = parse_version(specifier.version)  # none in `==1.*`, or whatever follows `===`
        if version is not None and version.local:
            yield version


def _value(subject: Subject, field: str) -> Any:
    """Return a field as it is compared: the order of a list says nothing."""
    value = subject.metadata.raw.get(field)
    if field == "requires_python":
        return _specifiers(value)
    if isinstance(value, list):
        return sorted(map(canonicalize_name, value) if field == "provides_extra" else value)
    # Files that were built on Windows may have its line ends; what is shown is the same.
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def _specifiers(stated: Any) -> Any:
    """Return the versions of Python in one spelling; as stated where that is none."""
    try:
        return str(SpecifierSet(stated))
    except (InvalidSpecifier, TypeError, AttributeError):
        return stated


def _decided_by_build(field: str, *subjects: Subject) -> bool:
    """Whether a source distribution says that each build decides anew what the field says."""
    name = _FIELDS.get(field, field.replace("_", "-"))
    return any(
        name in (stated.lower() for stated in one.metadata.raw.get("dynamic", ()))
        for one in subjects
        if not one.is_wheel
    )


def _short(value: object) -> str:
    shown = "nothing" if value is None else str(value)
    return shown if len(shown) <= _MOST else f"{shown[: _MOST - 1]}…"
