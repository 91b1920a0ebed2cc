"""Is each field as the core metadata specification defines it? What fails here masks the rest."""

from __future__ import annotations

import email.message
import re
from typing import TYPE_CHECKING

from release_tests.archive.upload_form import safe_name
from release_tests.findings import Finding
from release_tests.gates import dated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.archive.metadata import CoreMetadata, InvalidField
    from release_tests.gates.dated import Clock

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
_NAME = re.compile(r"([A-Z0-9]|[A-Z0-9][A-Z0-9._-]*[A-Z0-9])\Z", re.IGNORECASE | re.ASCII)


def check(own: str, metadata: CoreMetadata, clock: Clock) -> Iterator[Finding]:
    """Judge every field by itself, with the library that the index uses."""
    yield from _invalid(own, metadata)
    judged = {invalid.field for invalid in metadata.invalid}
    if "name" not in judged:
        yield from _form_of_name(own, metadata)
    if "metadata-version" not in judged:
        yield from _metadata_version(own, metadata, clock)
    if "description-content-type" not in judged:
        yield from _charset(own, metadata)
    if "dynamic" not in judged:
        yield from _dynamic(own, metadata)
    yield from _unparsed(own, metadata)
    yield from _early(own, metadata)


def _invalid(own: str, metadata: CoreMetadata) -> Iterator[Finding]:
    for invalid in metadata.invalid:
        if invalid.field in metadata.unparsed:
            continue  # it is reported as repeated, not as missing
        where = f"{own}, {invalid.field}" if invalid.field else own
        yield Finding(_rule(invalid), where, invalid.message)


def _rule(invalid: InvalidField) -> str:
    if invalid.unparsed:
        return "META001"
    return "META011" if invalid.newer else _RULES.get(invalid.field, "META001")


def _form_of_name(own: str, metadata: CoreMetadata) -> Iterator[Finding]:
    stated = metadata.raw.get("name", "")
    if stated and not (_NAME.match(stated) and _NAME.match(safe_name(stated))):
        message = "the name may hold ASCII letters, digits, `.`, `_` and `-` only"
        yield Finding("META009", f"{own}, name", message, found=stated)


def _metadata_version(own: str, metadata: CoreMetadata, clock: Clock) -> Iterator[Finding]:
    stated = metadata.raw.get("metadata_version", "")
    if stated not in dated.METADATA_VERSIONS:
        message = f"the index does not take this version{dated.remark(dated.INDEX, clock)}"
        expected = ", ".join(dated.METADATA_VERSIONS)
        yield Finding("META010", f"{own}, metadata-version", message, expected, stated)


def _charset(own: str, metadata: CoreMetadata) -> Iterator[Finding]:
    """Compare letter by letter: the index does, newer versions of the library do not."""
    stated = metadata.raw.get("description_content_type")
    if stated is None:
        return
    header = email.message.EmailMessage()
    header["content-type"] = stated
    charset = header["content-type"].params.get("charset", "UTF-8")
    if charset != "UTF-8":
        message = "the only charset is UTF-8, in capital letters"
        yield Finding("META014", f"{own}, description-content-type", message, "UTF-8", charset)


def _dynamic(own: str, metadata: CoreMetadata) -> Iterator[Finding]:
    if "dynamic" in (field.lower() for field in metadata.raw.get("dynamic", ())):
        message = "Dynamic itself cannot be dynamic"
        yield Finding("META015", f"{own}, dynamic", message, found="Dynamic")


def _unparsed(own: str, metadata: CoreMetadata) -> Iterator[Finding]:
    for field, values in metadata.unparsed.items():
        shown = ", ".join(repr(value)[:80] for value in values[:3])
        if field in _SINGLE and len(values) > 1:
            message = "the field may stand once only"
            yield Finding("META027", f"{own}, {field}", message, "once", shown)
        elif field == "project-url":
            message = "a label stands more than once, or the field cannot be decoded"
            yield Finding("META027", f"{own}, {field}", message, found=shown)
        else:
            message = "the field is unknown or cannot be decoded"
            yield Finding("META002", f"{own}, {field}", message, found=shown)


def _early(own: str, metadata: CoreMetadata) -> Iterator[Finding]:
    if metadata.early_license_files:
        stated = metadata.raw.get("metadata_version", "")
        message = f"the field came with version 2.4; the metadata are of version {stated}"
        found = ", ".join(metadata.early_license_files)
        yield Finding("META007", f"{own}, license-file", message, found=found)
