"""The gate ``record``: does RECORD vouch for every file, and for those only?"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from release_tests.archive import dist_info, excess
from release_tests.archive.facts import ArtifactKind
from release_tests.archive.record import ALGORITHMS, BLANK, RecordFile, parse_record
from release_tests.findings import Answer, Finding, NotApplicable
from release_tests.gates.index_answers import NO_REASON, no_file
from release_tests.gates.order import ranked
from release_tests.gates.unexamined import unopened, unread

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from release_tests.archive.facts import ArtifactFacts, Member
    from release_tests.archive.record_rows import RecordRow
    from release_tests.policy import Policy

_SIGNATURES = ("RECORD.jws", "RECORD.p7s")
_UNLISTED = ("RECORD", *_SIGNATURES)


def check(wheel: ArtifactFacts, policy: Policy) -> Answer:  # noqa: ARG001 - one signature
    """Compare RECORD, line by line, with the members as they were read."""
    if wheel.kind is ArtifactKind.SDIST:
        return NotApplicable("an sdist has no RECORD")
    if findings := unopened(wheel, "REC000"):
        return findings
    own = dist_info.directory(wheel)
    data = dist_info.content(wheel, "RECORD")
    if data is None and (findings := unread(wheel, "REC000", lambda name: name == f"{own}/RECORD")):
        return findings
    if own is None or data is None:
        where = f"{own}/RECORD" if own else wheel.file_name
        message = "RECORD is missing, so nothing vouches for any file"
        return [Finding("REC001", where, message, answer=no_file(wheel, "RECORD"))]
    if reason := excess.of_record(data, len(wheel.members)):
        return [Finding("REC000", f"{own}/RECORD", f"too much to compare: {reason}")]
    return ranked(_compare(wheel, own, parse_record(data)))


def _compare(wheel: ArtifactFacts, own: str, record: RecordFile) -> list[Finding]:
    members = {member.name: member for member in wheel.members if not member.is_dir}
    return [
        *_problems(wheel, own, record),
        *_repeated(own, record),
        *([] if _undecoded(record) else _unlisted(own, record, members)),
        *(
            finding
            for row in record.rows
            if not _agrees(own, row, members.get(row.path))
            for finding in _row(own, row, members)
        ),
    ]


def _agrees(own: str, row: RecordRow, member: Member | None) -> bool:
    """Whether the row vouches for the member and could not be wrong, as nearly every one."""
    return (
        member is not None
        and row.digest != ""
        and row.digest == member.digests.get(row.algorithm)
        and row.size == member.size
        and not row.path.startswith((own, "/"))
        and ".." not in row.path
        and "\\" not in row.path
    )


def _problems(wheel: ArtifactFacts, own: str, record: RecordFile) -> Iterator[Finding]:
    unreadable = record.unreadable
    if unreadable is not None:
        answer = NO_REASON if unreadable.message == BLANK else no_file(wheel, "RECORD")
        where = _line(own, unreadable.line)
        yield Finding("REC011", where, unreadable.message, answer=answer)
    for problem in record.problems:
        if unreadable is not None and problem.line == unreadable.line:
            continue
        where = _line(own, problem.line)
        yield Finding("REC002", where, problem.message, found=problem.found)


def _undecoded(record: RecordFile) -> bool:
    """Whether not one line could be read, so that what is unlisted cannot be told."""
    return record.unreadable is not None and not record.rows


def _repeated(own: str, record: RecordFile) -> Iterator[Finding]:
    for path, count in Counter(row.path for row in record.rows).items():
        if count > 1:
            message = f"{path} is listed more than once"
            yield Finding("REC008", f"{own}/RECORD", message, "once", f"{count} times")


def _unlisted(own: str, record: RecordFile, members: Mapping[str, Member]) -> Iterator[Finding]:
    listed = {row.path for row in record.rows}
    signatures = {f"{own}/{name}" for name in _SIGNATURES}
    for name in members:
        if name not in listed and name not in signatures:
            yield Finding("REC003", name, "the file is not in RECORD", "a line in RECORD", "none")


def _row(own: str, row: RecordRow, members: Mapping[str, Member]) -> Iterator[Finding]:
    if row.path.startswith("/") or ".." in row.path.split("/") or "\\" in row.path:
        message = "the path leads out of the installation, or is not written with `/`"
        yield Finding("REC010", _line(own, row.line), message, found=row.path)
    elif row.path.startswith(f"{own}/") and row.path[len(own) + 1 :] in _UNLISTED:
        yield from _of_itself(own, row)
    elif row.path not in members:
        message = f"{row.path} is listed, but not in the wheel"
        yield Finding("REC004", _line(own, row.line), message)
    else:
        yield from _digest(own, row, members[row.path])
        yield from _size(own, row, members[row.path])


def _of_itself(own: str, row: RecordRow) -> Iterator[Finding]:
    if row.path != f"{own}/RECORD":
        yield Finding("REC009", _line(own, row.line), f"{row.path} must not be listed")
    elif row.algorithm or row.size is not None:
        message = "RECORD cannot hold its own digest or size"
        yield Finding("REC009", _line(own, row.line), message, f"{row.path},,")


def _digest(own: str, row: RecordRow, member: Member) -> Iterator[Finding]:
    if not row.algorithm:
        yield Finding("REC007", _line(own, row.line), f"{row.path} has no digest")
    elif not member.digests:
        message = "its digest could not be compared: the file could not be read (see archive)"
        yield Finding("REC005", row.path, message)
    elif row.digest and row.algorithm in ALGORITHMS:
        found = member.digests.get(row.algorithm, "none was computed")
        if found != row.digest:
            expected = f"{row.algorithm} {row.digest}"
            message = f"the file is not the one that line {row.line} of RECORD vouches for"
            yield Finding("REC005", row.path, message, expected, f"{row.algorithm} {found}")


def _size(own: str, row: RecordRow, member: Member) -> Iterator[Finding]:
    if row.size is None:
        if row.algorithm:
            yield Finding("REC007", _line(own, row.line), f"{row.path} has no size")
    elif row.size != member.size:
        message = f"the file has another size than line {row.line} of RECORD says"
        yield Finding("REC006", row.path, message, f"{row.size} bytes", f"{member.size} bytes")


def _line(own: str, line: int) -> str:
    return f"{own}/RECORD, line {line}" if line else f"{own}/RECORD"
