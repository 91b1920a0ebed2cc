"""What the index asks of the fields beyond the specification, of the form as it receives it."""

from __future__ import annotations

import email.utils
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement

from release_tests.findings import Finding
from release_tests.gates import dated
from release_tests.gates.metadata.answers import ASKED, place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from release_tests.archive.metadata import CoreMetadata
    from release_tests.gates.dated import Clock

    Form = Mapping[str, Sequence[str]]

_SHOWN = 80


def check(own: str, metadata: CoreMetadata, form: Form, clock: Clock) -> Iterator[Finding]:
    """Judge the fields in the order of the index."""
    yield from _local(own, metadata)
    yield from _summary(own, form, clock)
    yield from _addresses(own, form)
    yield from _classifiers(own, form.get("classifiers", ()), clock)
    yield from _urls(own, form)
    yield from _project_urls(own, form.get("project_urls", ()), clock)
    yield from _dependencies(own, form)
    yield from _licenses(own, form)


def _local(own: str, metadata: CoreMetadata) -> Iterator[Finding]:
    version = metadata.version
    if version is not None and version.local:
        message = "the version has a local part"
        answer = f"The use of local versions in '{version}' is not allowed."
        yield _asked("META019", own, "version", message, version.public, str(version), answer)


def _summary(own: str, form: Form, clock: Clock) -> Iterator[Finding]:
    for summary in form.get("summary", ()):
        if len(summary) > dated.SUMMARY_LENGTH:
            message = f"the summary is too long{dated.remark(dated.INDEX, clock)}"
            expected = f"at most {dated.SUMMARY_LENGTH} characters"
            answer = f"'summary' field must be {dated.SUMMARY_LENGTH} characters or less."
            yield _asked("META020", own, "summary", message, expected, str(len(summary)), answer)


def _addresses(own: str, form: Form) -> Iterator[Finding]:
    for field in ("author_email", "maintainer_email"):
        for address in map(_first_address, form.get(field, ())):
            if address and (reason := _unmailable(address)):
                message = f"it is no e-mail address: {reason}"
                answer = f"{address!r} is not a valid email address: {reason}"
                stated = field.replace("_", "-")
                yield _asked("META021", own, stated, message, "", address, answer)


def _first_address(field: str) -> str:
    """Return the address that the index takes; what cannot be taken apart as it stands."""
    try:
        return _parsed_address(field)
    except RecursionError:  # comments in comments
        return field[:_SHOWN]


def _parsed_address(field: str) -> str:
    _, alone = email.utils.parseaddr(field)
    return alone or next((address for _, address in email.utils.getaddresses([field])), "")


def _unmailable(address: str) -> str:
    """Return why it is no address, empty if it is one."""
    import email_validator  # noqa: PLC0415 - slow, and most wheels need it once or never

    try:
        email_validator.validate_email(address, check_deliverability=False)
    except email_validator.EmailNotValidError as error:
        return str(error)
    return ""


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
        yield _asked("META022", own, "classifier", message, "", name, answer)
    for name in deprecated:
        instead = deprecated_classifiers[name]
        expected = " or ".join(instead) or "nothing in its place"
        message = f"the classifier is deprecated{remark}"
        answer = f"The classifier {name!r} has been deprecated{_instead(instead)}."
        yield _asked("META022", own, "classifier", message, expected, name, answer)


def _instead(names: Sequence[str]) -> str:
    return f", use one of {list(names)} instead" if names else ""


def _urls(own: str, form: Form) -> Iterator[Finding]:
    for field in ("download_url", "home_page"):
        for url in form.get(field, ()):
            if not _is_address(url):
                message = "it is no address of http or https"
                answer = f"{url!r} is not a valid url."
                stated = field.replace("_", "-")
                yield _asked("META023", own, stated, message, "https://…", url[:_SHOWN], answer)


def _is_address(url: str) -> bool:
    from rfc3986 import exceptions, uri_reference, validators  # noqa: PLC0415 - as above

    validator = validators.Validator().allow_schemes("http", "https").require_presence_of("scheme")
    validator.check_validity_of("scheme", "host", "port", "path", "query")
    try:
        validator.validate(uri_reference(url).normalize())
    except (exceptions.RFC3986Exception, ValueError):
        return False
    return True


def _project_urls(own: str, stated: Sequence[str], clock: Clock) -> Iterator[Finding]:
    for pair in stated:
        label, _, url = (part.strip() for part in pair.partition(","))
        if bad := _bad_project_url(label, url):
            reason, answer = bad
            remark = dated.remark(dated.INDEX, clock) if len(label) > dated.LABEL_LENGTH else ""
            message, expected = f"{reason}{remark}", "Label, https://…"
            found = pair[:_SHOWN]
            yield _asked("META024", own, "project-url", message, expected, found, answer)


def _bad_project_url(label: str, url: str) -> tuple[str, str] | None:
    """Return why it is refused, in our words and in those of the index; None if it is not."""
    most = dated.LABEL_LENGTH
    if not label:
        return "it has no label", "Must have a label."
    if len(label) > most:
        return (
            f"its label is longer than {most} characters",
            f"{label!r} must be {most} characters or less.",
        )
    if not url:
        return "it has no address", "Must have a URL."
    if not _is_address(url):
        return "it is no address of http or https", f"{url!r} is not a valid url."
    return None


def _dependencies(own: str, form: Form) -> Iterator[Finding]:
    for field in ("obsoletes_dist", "provides_dist", "requires_dist"):
        for stated in form.get(field, ()):
            yield from _dependency(own, field.replace("_", "-"), stated)


def _dependency(own: str, field: str, stated: str) -> Iterator[Finding]:
    shown = stated[:_SHOWN]
    try:
        requirement = Requirement(stated)
    except (InvalidRequirement, ValueError, RecursionError) as error:
        if field != "requires-dist":  # which the specification's check has reported
            message = f"{shown!r} is invalid: {error}"
            yield _asked("META001", own, field, message, "", "", f"{stated!r} is invalid: {error}.")
        return
    if requirement.url is not None:
        message = "it is to be fetched from an address, not from the index"
        said = str(requirement) if field == "requires-dist" else repr(stated)
        answer = f"Can't have direct dependency: {said}."
        yield _asked("META025", own, field, message, "", shown, answer)


def _licenses(own: str, form: Form) -> Iterator[Finding]:
    if any(form.get("license", ())) and any(form.get("license_expression", ())):
        message = "License stands beside License-Expression, which takes its place"
        found = form["license"][0][:_SHOWN]
        yield _asked("META026", own, "license", message, "License-Expression alone", found, "")


def _asked(
    rule: str, own: str, field: str, message: str, expected: str, found: str, answer: str
) -> Finding:
    """Return a finding about a field that the index asks more of than the specification."""
    where, rank = f"{own}, {field}", place(ASKED, field)
    return Finding(rule, where, message, expected, found, answer=answer, rank=rank)
