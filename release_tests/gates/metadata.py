"""The gate ``metadata``: is the metadata valid, and does the description render?"""

from __future__ import annotations

import email.message
import io
import re
from typing import TYPE_CHECKING

from packaging.version import Version

from release_tests.archive import dist_info
from release_tests.archive.facts import WheelFacts, WheelName
from release_tests.archive.metadata import CoreMetadata, InvalidField, parse_metadata
from release_tests.archive.names import parse_version
from release_tests.findings import Finding
from release_tests.gates.unexamined import unopened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.policy import Policy

_REPORT = re.compile(r"^<string>:(\d*): \((\w+)/\d\) (.*)$", re.MULTILINE)
_LICENSE_FILE_SINCE = Version("2.4")
_RENDERED = ("text/x-rst", "text/markdown", "text/plain")


def check(wheel: WheelFacts, policy: Policy) -> list[Finding]:  # noqa: ARG001 - one signature
    """Judge METADATA as the index does, and its description as ``twine check --strict`` does."""
    if findings := unopened(wheel, "META000"):
        return findings
    data = dist_info.content(wheel, "METADATA")
    if data is None:
        message = "there is no METADATA that can be read (see the gate structure)"
        return [Finding("META000", wheel.file_name, message)]
    own = dist_info.metadata_path(wheel)
    metadata = parse_metadata(data)
    return [
        *_invalid(own, metadata),
        *_unparsed(own, metadata),
        *_name(own, wheel, metadata),
        *_description(own, metadata),
    ]


def _invalid(own: str, metadata: CoreMetadata) -> Iterator[Finding]:
    for invalid in metadata.invalid:
        where = f"{own}, {invalid.field}" if invalid.field else own
        yield Finding(
            "META007" if _is_early(invalid, metadata) else "META001", where, invalid.message
        )


def _is_early(invalid: InvalidField, metadata: CoreMetadata) -> bool:
    """Whether it is License-File before its time, which twine leaves out of the upload."""
    stated = parse_version(metadata.raw.get("metadata_version", ""))
    return invalid.field == "license-file" and stated is not None and stated < _LICENSE_FILE_SINCE


def _unparsed(own: str, metadata: CoreMetadata) -> Iterator[Finding]:
    for field, values in metadata.unparsed.items():
        message = "the field is unknown, stands more than once, or cannot be decoded"
        shown = ", ".join(repr(value)[:80] for value in values[:3])
        yield Finding("META002", f"{own}, {field}", message, found=shown)


def _name(own: str, wheel: WheelFacts, metadata: CoreMetadata) -> Iterator[Finding]:
    if isinstance(wheel.name, WheelName) and metadata.name != wheel.name.name:
        message = "the name is not the file name's"
        yield Finding("META006", f"{own}, Name", message, wheel.name.name, metadata.name)


def _description(own: str, metadata: CoreMetadata) -> Iterator[Finding]:
    where = f"{own}, description"
    text = (metadata.raw.get("description") or "").rstrip()
    stated = metadata.raw.get("description_content_type")
    if not text or text == "UNKNOWN":
        yield Finding("META004", where, "the description is empty")
        return
    if stated is None:
        message = "Description-Content-Type is missing, so it is read as text/x-rst"
        yield Finding("META005", where, message, " or ".join(_RENDERED), "nothing")
    if _content_type(stated or "text/x-rst") not in ("text/markdown", "text/plain"):
        yield from _rst(where, text)


def _content_type(value: str) -> str:
    message = email.message.Message()  # an EmailMessage refuses a folded value
    message["content-type"] = value
    return message.get_content_type()


def _rst(where: str, text: str) -> Iterator[Finding]:
    from readme_renderer import rst  # noqa: PLC0415 - docutils costs more than all other gates

    reports = io.StringIO()
    try:
        rendered = rst.render(text, stream=reports)
    except Exception as error:  # noqa: BLE001 - docutils ends in whatever its own code runs into
        message = f"the renderer breaks on it: {type(error).__name__}: {error}"
        yield Finding("META003", where, message)
        return
    if rendered is not None:
        return
    found = _REPORT.findall(reports.getvalue())
    if not found:
        yield Finding("META003", where, "it does not render as reStructuredText")
    for line, level, message in found:
        place = f"{where}, line {line}" if line else where
        yield Finding("META003", place, f"{level.lower()}: {message}")
