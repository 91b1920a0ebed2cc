"""What the index asks of the fields beyond the specification, of the form as it receives it."""

from __future__ import annotations

import email.utils
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement

from release_tests.findings import Finding
from release_tests.gates import dated

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
        yield Finding("META019", f"{own}, version", message, version.public, str(version))


def _summary(own: str, form: Form, clock: Clock) -> Iterator[Finding]:
    for summary in form.get("summary", ()):
        if len(summary) > dated.SUMMARY_LENGTH:
            message = f"the summary is too long{dated.remark(dated.INDEX, clock)}"
            expected = f"at most {dated.SUMMARY_LENGTH} characters"
            yield Finding("META020", f"{own}, summary", message, expected, str(len(summary)))


def _addresses(own: str, form: Form) -> Iterator[Finding]:
    for field in ("author_email", "maintainer_email"):
        for address in map(_first_address, form.get(field, ())):
            if address and (reason := _unmailable(address)):
                where = f"{own}, {field.replace('_', '-')}"
                yield Finding("META021", where, f"it is no e-mail address: {reason}", "", address)


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

    where = f"{own}, classifier"
    unknown = sorted({*stated} - classifiers - deprecated_classifiers.keys())
    deprecated = sorted({*stated} & deprecated_classifiers.keys())
    if not unknown and not deprecated:
        return
    remark = dated.remark(dated.library("trove-classifiers"), clock)
    for name in unknown:
        yield Finding("META022", where, f"the index has no such classifier{remark}", "", name)
    for name in deprecated:
        expected = " or ".join(deprecated_classifiers[name]) or "nothing in its place"
        yield Finding("META022", where, f"the classifier is deprecated{remark}", expected, name)


def _urls(own: str, form: Form) -> Iterator[Finding]:
    for field in ("download_url", "home_page"):
        for url in form.get(field, ()):
            if not _is_address(url):
                where = f"{own}, {field.replace('_', '-')}"
                message = "it is no address of http or https"
                yield Finding("META023", where, message, "https://…", url[:_SHOWN])


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
        if reason := _bad_project_url(label, url):
            remark = dated.remark(dated.INDEX, clock) if len(label) > dated.LABEL_LENGTH else ""
            expected = "Label, https://…"
            where = f"{own}, project-url"
            yield Finding("META024", where, f"{reason}{remark}", expected, pair[:_SHOWN])


def _bad_project_url(label: str, url: str) -> str:
    if not label:
        return "it has no label"
    if len(label) > dated.LABEL_LENGTH:
        return f"its label is longer than {dated.LABEL_LENGTH} characters"
    if not url:
        return "it has no address"
    return "" if _is_address(url) else "it is no address of http or https"


def _dependencies(own: str, form: Form) -> Iterator[Finding]:
    for field in ("obsoletes_dist", "provides_dist", "requires_dist"):
        where = f"{own}, {field.replace('_', '-')}"
        for stated in form.get(field, ()):
            try:
                direct = Requirement(stated).url is not None
            except (InvalidRequirement, ValueError, RecursionError) as error:
                if field != "requires_dist":  # which the specification's check has reported
                    yield Finding("META001", where, f"{stated[:_SHOWN]!r} is invalid: {error}")
                continue
            if direct:
                message = "it is to be fetched from an address, not from the index"
                yield Finding("META025", where, message, found=stated[:_SHOWN])


def _licenses(own: str, form: Form) -> Iterator[Finding]:
    if any(form.get("license", ())) and any(form.get("license_expression", ())):
        message = "License stands beside License-Expression, which takes its place"
        found = form["license"][0][:_SHOWN]
        yield Finding("META026", f"{own}, license", message, "License-Expression alone", found)
