"""In which order PyPI judges the form, and so which of several defects it names.

It looks in stages, and a stage in which something is wrong is the last: what cannot be taken for
a field, what the specification forbids, what the index asks for beyond it. Within a stage it
names one field: the first of three that decide over the others, else the first by the alphabet.
"""

from __future__ import annotations

from release_tests.findings import Finding
from release_tests.gates.catalogue.metadata import ASKED, SPECIFIED, UNPARSED

__all__ = ["ASKED", "SPECIFIED", "UNPARSED", "asked", "place"]

_FIELDS = (
    *("metadata-version", "name", "version"),
    *("author", "author-email", "classifier", "description", "description-content-type"),
    *("download-url", "dynamic", "home-page", "import-name", "import-namespace", "keywords"),
    *("license", "license-expression", "license-file", "maintainer", "maintainer-email"),
    *("obsoletes", "obsoletes-dist", "platform", "project-url", "provides", "provides-dist"),
    *("provides-extra", "requires", "requires-dist", "requires-external", "requires-python"),
    *("summary", "supported-platform"),
)


def place(stage: int, field: str) -> int:
    """Return the rank of a defect of *field*, as METADATA writes it, that is found in *stage*."""
    return stage + (_FIELDS.index(field) if field in _FIELDS else len(_FIELDS))


def asked(
    rule: str, own: str, field: str, message: str, expected: str, found: str, answer: str
) -> Finding:
    """Return a finding about a field that the index asks more of than the specification."""
    where, rank = f"{own}, {field}", place(ASKED, field)
    return Finding(rule, where, message, expected, found, answer=answer, rank=rank)
