"""Is there a description, and does it render as the index renders it?"""

from __future__ import annotations

import email.message
import io
import re
from typing import TYPE_CHECKING

from release_tests.archive import limits
from release_tests.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from release_tests.archive.metadata import CoreMetadata

_REPORT = re.compile(r"^<string>:(\d*): \((\w+)/\d\) (.*)$", re.MULTILINE)
_RENDERED = ("text/x-rst", "text/markdown", "text/plain")


def check(own: str, metadata: CoreMetadata, form: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    """Judge the description of the form; one that cannot be told from METADATA is not judged."""
    where = f"{own}, description"
    if "description" in metadata.unparsed:
        return
    text = "".join(form.get("description", ())).rstrip()
    stated = "".join(form.get("description_content_type", ()))
    if not text:
        yield Finding("META004", where, "the description is empty")
        return
    if not stated:
        message = "Description-Content-Type is missing, so it is read as text/x-rst"
        yield Finding("META005", where, message, " or ".join(_RENDERED), "nothing")
    if _content_type(stated or "text/x-rst") not in ("text/markdown", "text/plain"):
        if len(text.encode()) > limits.RENDERED:
            yield from _long(where, text)
        else:
            yield from _rst(where, text, _answer(form))


def _answer(form: Mapping[str, Sequence[str]]) -> str:
    stated = "".join(form.get("description_content_type", ()))
    what = f"for {stated!r}" if stated else "in the default format of reStructuredText"
    return f"The description failed to render {what}."


def _content_type(value: str) -> str:
    message = email.message.Message()  # an EmailMessage refuses a folded value
    message["content-type"] = value
    return message.get_content_type()


def _long(where: str, text: str) -> Iterator[Finding]:
    """Yield that a text is not rendered: the renderer takes seconds for it, and much memory."""
    expected = f"at most {limits.RENDERED // limits.KIB} KiB"
    message = "the description is too long to be rendered here, so nobody knows whether it can be"
    yield Finding("META000", where, message, expected, f"{len(text.encode())} bytes")


def _rst(where: str, text: str, answer: str) -> Iterator[Finding]:
    from readme_renderer import rst  # noqa: PLC0415 - docutils costs more than all other gates

    reports = io.StringIO()
    try:
        rendered = rst.render(text, stream=reports)
    except Exception as error:  # noqa: BLE001 - docutils ends in whatever its own code runs into
        message = f"the renderer breaks on it: {type(error).__name__}: {error}"
        yield Finding("META003", where, message, answer=answer)
        return
    if rendered is not None:
        return
    found = _REPORT.findall(reports.getvalue())
    if not found:
        message = "it does not render as reStructuredText"
        yield Finding("META003", where, message, answer=answer)
    for line, level, message in found:
        place = f"{where}, line {line}" if line else where
        yield Finding("META003", place, f"{level.lower()}: {message}", answer=answer)
