"""Is each field as the core metadata specification defines it? What fails here masks the rest."""

from __future__ import annotations

import email.message
import re
from typing import TYPE_CHECKING

from release_tests.archive.upload_form import safe_name
from release_tests.findings import Finding
from release_tests.gates import dated
from release_tests.gates.index_answers import NO_REASON
from release_tests.gates.metadata.answers import ASKED, SPECIFIED, UNPARSED, place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from release_tests.archive.metadata import CoreMetadata, InvalidField
    from release_tests.gates.dated import Clock

    Form = Mapping[str, Sequence[str]]

_RULES = {
    "name": "META009",
    "metadata-version": "META010",
    "version": "META012",
    "summary": "META013",
    "description-content-type": "META014",
    "dynamic": "META015",
    "requires-dist": "META016",
    "requires-python": "META016",
    "provides-extra": "META016",
    "license-expression": "META016",
    "license-file": "META017",
    "import-name": "META018",
    "import-namespace": "META018",
}
_SINGLE = frozenset(
    (
        *("author", "author-email", "description", "description-content-type", "download-url"),
        *("home-page", "keywords", "license", "license-expression", "maintainer"),
        *("maintainer-email", "metadata-version", "name", "requires-python", "summary", "version"),
    )
)
_NEEDED = frozenset(("metadata-version", "name", "version"))
_NAME = re.compile(r"([A-Z0-9]|[A-Z0-9][A-Z0-9._-]*[A-Z0-9])\Z", re.IGNORECASE | re.ASCII)
_NAMES = (
    "Start and end with a letter or numeral containing only ASCII numeric and '.', '_' and '-'."
)
_WHOLE, _END = 60, 30
_NO_NAME = "This field is required."


def check(own: str, metadata: CoreMetadata, form: Form, clock: Clock) -> Iterator[Finding]:
    """Judge every field by itself, with the library that the index uses."""
    yield from _invalid(own, metadata, form)
    judged = {invalid.field for invalid in metadata.invalid}
    if "name" not in judged:
        yield from _form_of_name(own, metadata, form)
    if "metadata-version" not in judged:
        yield from _metadata_version(own, metadata, clock)
    if "description-content-type" not in judged:
        yield from _charset(own, metadata)
    if "dynamic" not in judged:
        yield from _dynamic(own, metadata)
    yield from _unparsed(own, metadata)
    yield from _early(own, metadata)


def _invalid(own: str, metadata: CoreMetadata, form: Form) -> Iterator[Finding]:
    for invalid in metadata.invalid:
        if invalid.field in metadata.unparsed:
            continue  # it is reported as repeated, not as missing
        if _is_dropped(invalid.field, form):
            continue
        where = f"{own}, {invalid.field}" if invalid.field else own
        rank = None if invalid.field == "name" else place(SPECIFIED, invalid.field)
        answer = _answer(invalid, metadata)
        yield Finding(_rule(invalid), where, invalid.message, answer=answer, rank=rank)


def _is_dropped(field: str, form: Form) -> bool:
    """Whether the index drops the field, as it says nothing or ``UNKNOWN``, before it looks."""
    return field in _SINGLE - _NEEDED and field.replace("-", "_") not in form


def _answer(invalid: InvalidField, metadata: CoreMetadata) -> str:
    if invalid.field == "name":
        return _no_name(metadata.raw.get("name", ""))
    return NO_REASON if invalid.unparsed else _sentence(invalid.message)


def _no_name(stated: str) -> str:
    """Return the answer to the name as twine sends it; as it stands, where that is a right one.

    Twine would send the name of another project then, and other uploaders this one.
    """
    sent = safe_name(stated)
    sent = stated if _NAME.match(sent) else sent
    why = _NAMES if stated else _NO_NAME
    shown = sent if len(sent) <= _WHOLE else f"{sent[:_END]}...{sent[-_END:]}"
    return f"{shown!r} is an invalid value for Name. Error: {why}"


def _sentence(words: str) -> str:
    return words if words.endswith(".") else f"{words}."


def _rule(invalid: InvalidField) -> str:
    if invalid.unparsed:
        return "META001"
    return "META011" if invalid.newer else _RULES.get(invalid.field, "META001")


def _form_of_name(own: str, metadata: CoreMetadata, form: Form) -> Iterator[Finding]:
    stated = metadata.raw.get("name", "")
    where = f"{own}, name"
    if stated and not (_NAME.match(stated) and _NAME.match(safe_name(stated))):
        message = "the name may hold ASCII letters, digits, `.`, `_` and `-` only"
        yield Finding("META009", where, message, found=stated, answer=_no_name(stated))
    elif stated and "name" not in form:
        message = "the index takes this for no name at all: no name was set in the project"
        yield Finding("META009", where, message, found=stated, answer=_no_name(""))


def _metadata_version(own: str, metadata: CoreMetadata, clock: Clock) -> Iterator[Finding]:
    stated = metadata.raw.get("metadata_version", "")
    if stated not in dated.METADATA_VERSIONS:
        message = f"the index does not take this version{dated.remark(dated.INDEX, clock)}"
        expected = ", ".join(dated.METADATA_VERSIONS)
        where = f"{own}, metadata-version"
        answer = f"{stated!r} is not a valid metadata version."
        rank = place(ASKED, "metadata-version")
        yield Finding("META010", where, message, expected, stated, answer=answer, rank=rank)


def _charset(own: str, metadata: CoreMetadata) -> Iterator[Finding]:
    """Compare letter by letter: the index does, newer versions of the library do not."""
    stated = metadata.raw.get("description_content_type")
    if stated is None:
        return
    header = email.message.EmailMessage()
    header["content-type"] = stated
    charset = header["content-type"].params.get("charset", "UTF-8")
    if charset != "UTF-8":
        field = "description-content-type"
        message = "the only charset is UTF-8, in capital letters"
        answer = f"{field!r} can only specify the UTF-8 charset, not {charset!r}."
        rank = place(SPECIFIED, field)
        where = f"{own}, {field}"
        yield Finding("META014", where, message, "UTF-8", charset, answer=answer, rank=rank)


def _dynamic(own: str, metadata: CoreMetadata) -> Iterator[Finding]:
    if "dynamic" in (field.lower() for field in metadata.raw.get("dynamic", ())):
        message = "Dynamic itself cannot be dynamic"
        answer = "Dynamic field 'dynamic' is not a valid dynamic field."
        rank = place(ASKED, "dynamic")
        where = f"{own}, dynamic"
        yield Finding("META015", where, message, found="Dynamic", answer=answer, rank=rank)


def _unparsed(own: str, metadata: CoreMetadata) -> Iterator[Finding]:
    for field, values in metadata.unparsed.items():
        where = f"{own}, {field}"
        shown = ", ".join(repr(value)[:80] for value in values[:3])
        if field in _SINGLE and len(values) > 1:
            yield _twice(where, field, "the field may stand once only", "once", shown)
        elif field == "project-url":
            message = "a label stands more than once, or the field cannot be decoded"
            yield _twice(where, field, message, "", shown)
        else:
            message = "the field is unknown or cannot be decoded"
            yield Finding("META002", where, message, found=shown)


def _twice(where: str, field: str, message: str, expected: str, found: str) -> Finding:
    """Return the finding; the index speaks of the field of the form."""
    sent = "project_urls" if field == "project-url" else field.replace("-", "_")
    answer = f"{sent!r} has invalid data."
    rank = place(UNPARSED, field)
    return Finding("META027", where, message, expected, found, answer=answer, rank=rank)


def _early(own: str, metadata: CoreMetadata) -> Iterator[Finding]:
    if metadata.early_license_files:
        stated = metadata.raw.get("metadata_version", "")
        message = f"the field came with version 2.4; the metadata are of version {stated}"
        found = ", ".join(metadata.early_license_files)
        yield Finding("META007", f"{own}, license-file", message, found=found)
