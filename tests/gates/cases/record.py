"""The rows of the gate ``record``."""

from __future__ import annotations

import base64
import csv
import hashlib
from functools import partial
from typing import TYPE_CHECKING

from tests import forge
from tests.gates.cases.case import UNOPENED, Case, damaged, wheel

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.gates.cases.case import Artifact

    Rows = list[forge.RecordRow]

_CORE = "demo/core.py"
_RECORD = "demo-1.0.dist-info/RECORD"


def _core(change: Callable[[forge.RecordRow], forge.RecordRow]) -> Artifact:
    """Return a wheel whose RECORD says something else of one file."""
    return wheel(record=lambda rows: [change(row) if row[0] == _CORE else row for row in rows])


def _and(*more: forge.RecordRow) -> Artifact:
    return wheel(record=lambda rows: [*rows, *more])


def _itself(digest: str, size: str) -> Artifact:
    return wheel(record=lambda rows: [*rows[:-1], (_RECORD, digest, size)])


def _quoted(core: str) -> Artifact:
    """Return a wheel whose RECORD has quotes around all columns, and the SHA-512 of *core*."""
    rows = [forge.record_row(name, data) for name, data in forge.Wheel().members()[:-1]]
    packed = base64.urlsafe_b64encode(hashlib.sha512(core.encode()).digest()).decode()
    rows[1] = (rows[1][0], "sha512=" + packed.rstrip("="), rows[1][2])
    lines = ['"' + '","'.join(row) + '"' for row in rows]
    return wheel(record="\n".join([*lines, f"{_RECORD},,", ""]))


def _with_blank_line() -> str:
    rows = [forge.record_row(name, data) for name, data in forge.Wheel().members()[:-1]]
    first, rest = forge.record_text(rows).split("\n", 1)
    return f"{first}\n\n{rest}{_RECORD},,\n"


_HUGE = "demo/" + "x" * (csv.field_size_limit() + 1)
_CHANGED = forge.record_row(_CORE, b"other")[1]
_HEX = hashlib.sha256(str(forge.package()[_CORE]).encode()).hexdigest()
_TEXT = str(forge.package()[_CORE])
_SIGNATURE = {"demo-1.0.dist-info/RECORD.jws": "{}"}

CASES = (
    Case(
        "REC000",
        damaged(partial(forge.truncate, at=100)),
        where="demo-1.0-py3-none-any.whl",
        says=("could not be opened",),
        also=(UNOPENED | {"ZIP002"}) - {"REC000"},
    ),
    Case(
        "REC000",
        damaged(partial(forge.corrupt_member, name=_RECORD)),
        where=_RECORD,
        says=("could not be read",),
        also=frozenset(("ZIP025", "STR000")),
    ),
    Case(
        "REC001",
        wheel(record=None),
        where=_RECORD,
        says=("missing",),
        also=frozenset(("STR004",)),
    ),
    Case(
        "REC002",
        _core(lambda row: (row[0], "md5=1B2M2Y8AsgTpgAmY7PhCfg", row[2])),
        where=f"{_RECORD}, line 2",
        says=("SHA-256 or stronger", "md5"),
    ),
    Case("REC002", _core(lambda row: (row[0], f"sha256={_HEX}", row[2])), says=(_HEX,)),
    Case("REC002", _core(lambda row: (row[0], row[1] + "=", row[2])), says=("without padding",)),
    Case(
        "REC002",
        _core(lambda row: (row[0], row[1], "some")),
        where="line 2",
        says=("no number", "some"),
        also=frozenset(("REC007",)),
    ),
    Case(
        "REC003",
        wheel(extra={"demo/more.py": ""}),
        wheel(extra=_SIGNATURE),
        where="demo/more.py",
        says=("not in RECORD",),
    ),
    Case("REC004", wheel(omit=[_CORE]), where="line 2", says=(_CORE, "not in the wheel")),
    Case(
        "REC005",
        _core(lambda row: (row[0], _CHANGED, row[2])),
        where=_CORE,
        says=("line 2", "sha256"),
    ),
    Case("REC005", _quoted("other"), _quoted(_TEXT), where=_CORE, says=("sha512",)),
    Case("REC006", _core(lambda row: (*row[:2], "45")), where=_CORE, says=("45", "43 bytes")),
    Case("REC007", _core(lambda row: (row[0], "", row[2])), where="line 2", says=("no digest",)),
    Case("REC007", _core(lambda row: (*row[:2], "")), where="line 2", says=("no size",)),
    Case(
        "REC008",
        wheel(record=lambda rows: [rows[0], *rows]),
        where=_RECORD,
        says=("demo/__init__.py", "2 times"),
    ),
    Case("REC009", _itself(_CHANGED, "5"), where="line 5", says=("its own digest", f"{_RECORD},,")),
    Case(
        "REC009",
        wheel(files=forge.package() | _SIGNATURE),
        wheel(extra=_SIGNATURE),
        where="line 3",
        says=("RECORD.jws",),
    ),
    Case("REC010", _and(("../../bin/x", _CHANGED, "5")), where="line 6", says=("../../bin/x",)),
    Case("REC010", _and(("/etc/passwd", _CHANGED, "5")), where="line 6", says=("/etc/passwd",)),
    Case(
        "REC011",
        wheel(record=b"demo/core.py,\xff,\n"),
        where=_RECORD,
        says=("not UTF-8",),
    ),
    Case(
        "REC011",
        wheel(record=lambda rows: [*rows[:2], (_HUGE, "", ""), *rows[2:]]),
        where=f"{_RECORD}, line 3",
        says=("not CSV",),
        also=frozenset(("REC003",)),
    ),
    Case(
        "REC011",
        wheel(record=_with_blank_line()),
        where=f"{_RECORD}, line 2",
        says=("blank",),
    ),
)
