"""The rules of the gate ``metadata``."""

from __future__ import annotations

from release_tests.gates.rules import Authority, Rule, Severity

_CORE = "Core metadata specifications"


def _rule(number: str, title: str, why: str, mend: str, **more: Authority | Severity) -> Rule:
    authority, severity = more.get("authority"), more.get("severity")
    return Rule(
        id=f"META{number}",
        gate="metadata",
        title=title,
        why=why,
        mend=mend,
        authority=authority if isinstance(authority, Authority) else Authority.PYPI,
        severity=severity if isinstance(severity, Severity) else Severity.ERROR,
        reference=_CORE,
    )


RULES = (
    _rule(
        "001",
        "a field is missing or not as the specification defines it",
        "The index judges every field at upload, with the same library, and refuses the file.",
        "Correct the field in pyproject.toml; if it is right there, update the build back end.",
    ),
    _rule(
        "002",
        "a field is unknown, or repeated although it may stand only once",
        "The index ignores it or refuses it, and readers differ in which value they take.",
        "Write the field once, under its name in the specification.",
        authority=Authority.SPEC,
    ),
    _rule(
        "003",
        "the description does not render",
        "The index refuses the upload, or shows the project page as raw text.",
        "Correct the mark-up at the place named; `twine check` shows the same.",
    ),
    _rule(
        "004",
        "there is no description",
        "The project page is empty: users see only the summary.",
        'Set `readme = "README.md"` in the `[project]` table.',
        authority=Authority.PRACTICE,
    ),
    _rule(
        "005",
        "the description has no content type",
        "It is read as reStructuredText, which a Markdown file hardly ever is.",
        "Name the file in `readme` so that the build back end knows its type, or set "
        "`content-type` beside it.",
        authority=Authority.PRACTICE,
    ),
    _rule(
        "006",
        "the name is not the file name's",
        "The index refuses the upload; installers look the project up under one name and find "
        "another.",
        "Do not rename wheels: change the name in the project, and build again.",
    ),
    _rule(
        "007",
        "License-File stands in metadata older than 2.4",
        "The field came with version 2.4. Older versions of setuptools write it all the same; "
        "twine leaves it out of the upload, so the index does not refuse the file.",
        "Update the build back end, so that it writes Metadata-Version 2.4 or later.",
        authority=Authority.SPEC,
        severity=Severity.ADVICE,
    ),
)
