"""Addresses of the form, as the index checks them: of mail, and of the web."""

from __future__ import annotations

import email.utils
from typing import TYPE_CHECKING

from release_tests.gates import dated
from release_tests.gates.metadata.answers import asked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from release_tests.findings import Finding
    from release_tests.gates.dated import Clock

    Form = Mapping[str, Sequence[str]]

_SHOWN = 80


def check(own: str, form: Form, clock: Clock) -> Iterator[Finding]:
    """Judge each address of the fields that the index makes links of."""
    yield from _mails(own, form)
    yield from _urls(own, form)
    yield from _project_urls(own, form.get("project_urls", ()), clock)


def _mails(own: str, form: Form) -> Iterator[Finding]:
    for field in ("author_email", "maintainer_email"):
        for address in map(_first_address, form.get(field, ())):
            if address and (reason := _unmailable(address)):
                message = f"it is no e-mail address: {reason}"
                answer = f"{address!r} is not a valid email address: {reason}"
                stated = field.replace("_", "-")
                yield asked("META021", own, stated, message, "", address, answer)


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


def _urls(own: str, form: Form) -> Iterator[Finding]:
    for field in ("download_url", "home_page"):
        for url in form.get(field, ()):
            if not _is_address(url):
                message = "it is no address of http or https"
                answer = f"{url!r} is not a valid url."
                stated = field.replace("_", "-")
                yield asked("META023", own, stated, message, "https://…", url[:_SHOWN], answer)


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
            yield asked("META024", own, "project-url", message, expected, found, answer)


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
