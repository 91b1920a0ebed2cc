"""What the index asks of the fields beyond the specification, of the form as it receives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.archive.requirements import requirement_of
from release_tests.gates import dated
from release_tests.gates.metadata import addresses
from release_tests.gates.metadata.answers import asked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from release_tests.archive.metadata import CoreMetadata
    from release_tests.findings import Finding
    from release_tests.gates.dated import Clock

    Form = Mapping[str, Sequence[str]]

_SHOWN = 80


def check(own: str, metadata: CoreMetadata, form: Form, clock: Clock) -> Iterator[Finding]:
    """Judge the fields that the index asks more of than the specification."""
    yield from _local(own, metadata)
    yield from _summary(own, form, clock)
    yield from addresses.check(own, form, clock)
    yield from _classifiers(own, form.get("classifiers", ()), clock)
    yield from _dependencies(own, form)
    yield from _licenses(own, form)


def _local(own: str, metadata: CoreMetadata) -> Iterator[Finding]:
    version = metadata.version
    if version is not None and version.local:
        message = "the version has a local part"
        answer = f"The use of local versions in '{version}' is not allowed."
        yield asked("META019", own, "version", message, version.public, str(version), answer)


def _summary(own: str, form: Form, clock: Clock) -> Iterator[Finding]:
    for summary in form.get("summary", ()):
        if len(summary) > dated.SUMMARY_LENGTH:
            message = f"the summary is too long{dated.remark(dated.INDEX, clock)}"
            expected = f"at most {dated.SUMMARY_LENGTH} characters"
            answer = f"'summary' field must be {dated.SUMMARY_LENGTH} characters or less."
            yield asked("META020", own, "summary", message, expected, str(len(summary)), answer)


def _classifiers(own: str, stated: Sequence[str], clock: Clock) -> Iterator[Finding]:
    if not stated:
        return
    from trove_classifiers import classifiers, deprecated_classifiers  # noqa: PLC0415 - as above

    unknown = sorted({*stated} - classifiers - deprecated_classifiers.keys())
    deprecated = sorted({*stated} & deprecated_classifiers.keys())
    if not unknown and not deprecated:
        return
    remark = dated.remark(dated.library("trove-classifiers"), clock)
    for name in unknown:
        message = f"the index has no such classifier{remark}"
        answer = f"{name!r} is not a valid classifier."
        yield asked("META022", own, "classifier", message, "", name, answer)
    for name in deprecated:
        instead = deprecated_classifiers[name]
        expected = " or ".join(instead) or "nothing in its place"
        message = f"the classifier is deprecated{remark}"
        answer = f"The classifier {name!r} has been deprecated{_instead(instead)}."
        yield asked("META022", own, "classifier", message, expected, name, answer)


def _instead(names: Sequence[str]) -> str:
    return f", use one of {list(names)} instead" if names else ""


def _dependencies(own: str, form: Form) -> Iterator[Finding]:
    for field in ("obsoletes_dist", "provides_dist", "requires_dist"):
        for stated in form.get(field, ()):
            yield from _dependency(own, field.replace("_", "-"), stated)


def _dependency(own: str, field: str, stated: str) -> Iterator[Finding]:
    shown = stated[:_SHOWN]
    try:
        requirement = requirement_of(stated)
    except ValueError as error:
        if field != "requires-dist":  # which the specification's check has reported
            message = f"{shown!r} is invalid: {error}"
            yield asked("META001", own, field, message, "", "", f"{stated!r} is invalid: {error}.")
        return
    if requirement.url is not None:
        message = "it is to be fetched from an address, not from the index"
        said = str(requirement) if field == "requires-dist" else repr(stated)
        answer = f"Can't have direct dependency: {said}."
        yield asked("META025", own, field, message, "", shown, answer)


def _licenses(own: str, form: Form) -> Iterator[Finding]:
    if any(form.get("license", ())) and any(form.get("license_expression", ())):
        message = "License stands beside License-Expression, which takes its place"
        found = form["license"][0][:_SHOWN]
        yield asked("META026", own, "license", message, "License-Expression alone", found, "")
