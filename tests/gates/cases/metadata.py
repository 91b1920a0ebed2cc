"""The rows of the gate ``metadata``."""

from __future__ import annotations

from functools import partial

from tests import forge
from tests.gates.cases.case import UNOPENED, Artifact, Case, damaged, wheel

_METADATA = "demo-1.0.dist-info/METADATA"
_HEAD = ("Metadata-Version: 2.4", "Name: demo", "Version: 1.0")
_MARKDOWN = "Description-Content-Type: text/markdown"


def _stated(*lines: str, head: tuple[str, ...] = _HEAD, text: str = "# Words\n") -> Artifact:
    return wheel(metadata="\n".join([*head, *lines, "", text]))


def _rst(text: str, *lines: str) -> Artifact:
    return _stated("Description-Content-Type: text/x-rst", *lines, text=text)


def _old(*lines: str) -> Artifact:
    return _stated(_MARKDOWN, *lines, head=("Metadata-Version: 2.1", *_HEAD[1:]))


_NO_METADATA = wheel(
    omit=[_METADATA], record=lambda rows: [row for row in rows if row[0] != _METADATA]
)
_GOOD_RST = _rst("Words\n=====\n\nMore of them.\n")

CASES = (
    Case(
        "META000",
        _NO_METADATA,
        where="demo-1.0-py3-none-any.whl",
        says=("no METADATA",),
        also=frozenset(("STR004", "VER000")),
    ),
    Case(
        "META000",
        damaged(partial(forge.truncate, at=-30)),
        says=("could not be opened",),
        also=(UNOPENED | {"ZIP002"}) - {"META000"},
    ),
    Case(
        "META001",
        _stated(_MARKDOWN, "Requires-Dist: what is this"),
        _stated(_MARKDOWN, "Requires-Dist: what>=1"),
        where=f"{_METADATA}, requires-dist",
        says=("what is this",),
    ),
    Case("META001", _stated(_MARKDOWN, "Requires-Python: three"), where="requires-python"),
    Case("META001", _stated("Description-Content-Type: text/html"), where="content-type"),
    Case(
        "META001",
        _stated("Description-Content-Type: text/markdown;\n charset=UTF-8"),
        _stated("Description-Content-Type: text/markdown; charset=UTF-8"),
        where="content-type",
    ),
    Case("META001", _stated(_MARKDOWN, head=_HEAD[1:]), where="metadata-version"),
    Case("META001", _old("License-Expression: MIT"), _stated(_MARKDOWN, "License-Expression: MIT")),
    Case("META001", _stated(_MARKDOWN, "License-File: ../LICENSE"), where="license-file"),
    Case("META001", _stated(_MARKDOWN, f"Requires-Dist: x; {'(' * 9000}"), where=_METADATA),
    Case(
        "META002",
        _stated(_MARKDOWN, "Colour: blue"),
        _stated(_MARKDOWN, "Keywords: blue"),
        where=f"{_METADATA}, colour",
        says=("'blue'",),
    ),
    Case("META002", _stated(_MARKDOWN, "Summary: one", "Summary: two"), where="summary"),
    Case(
        "META003",
        _rst("Words\n===\n\n`more\n"),
        _GOOD_RST,
        where=f"{_METADATA}, description, line",
        says=("warning",),
    ),
    Case("META003", _rst(".. include:: /etc/passwd\n"), _rst(".. note:: no\n"), "description"),
    Case("META003", _rst("* " * 3000 + "a\n"), _rst("* " * 9 + "a\n"), says=("RecursionError",)),
    Case("META003", _rst(".. |a| replace:: |b| |b|\n.. |b| replace:: |c|\n\n|a|\n"), _GOOD_RST),
    Case("META003", _rst("a " * 9000 + "\n"), _rst("a " * 900 + "\n"), says=("line-length",)),
    Case("META004", _stated(_MARKDOWN, text=""), where="description", says=("empty",)),
    Case("META004", _stated(_MARKDOWN, text="UNKNOWN\n"), where="description"),
    Case("META005", _stated(text="Words\n"), _stated(_MARKDOWN, text="Words\n"), "description"),
    Case(
        "META006",
        _stated(_MARKDOWN, head=(_HEAD[0], "Name: other", _HEAD[2])),
        _stated(_MARKDOWN, head=(_HEAD[0], "Name: DEMO", _HEAD[2])),
        where=f"{_METADATA}, Name",
        says=("demo", "other"),
    ),
    Case(
        "META007",
        _old("License-File: LICENSE"),
        _stated(_MARKDOWN, "License-File: LICENSE"),
        where=f"{_METADATA}, license-file",
        says=("2.4",),
    ),
)
