"""run.json: everything of a run but what it saw of the artifacts, whose digest it holds.

Schema 2 is an object with the keys in ``_KEYS``. ``together`` has the lists of files that were
judged together, each by its digest, which stands in the rows in its place (see ``folding``);
``evidence`` is the SHA-256 of evidence.jsonl, or null while the run is running; ``record`` is the
SHA-256 of the object itself without that key, so that a later edit shows. Schema 1, which is still
read, had no ``together``: each row had its list.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, NamedTuple

from release_tests.errors import EvidenceError
from release_tests.evidence.folding import digest_of
from release_tests.evidence.model import Run, State
from release_tests.evidence.strict import REMEDY, dumps, loads, timestamp

if TYPE_CHECKING:
    from datetime import datetime

    from release_tests.evidence.folding import Lists
    from release_tests.evidence.strict import Node

SCHEMA = 2
_IN_ROWS = 1
_TOGETHER = "together"
RUN_ID = r"\d{8}T\d{6}Z-[0-9a-f]{6}"

_KEYS = (
    "schema",
    "id",
    "state",
    "started",
    "finished",
    "version",
    "policy",
    "policyPath",
    "host",
    "arguments",
    "missing",
    _TOGETHER,
    "evidence",
    "record",
)


class Record(NamedTuple):
    """What run.json says: the run without artifacts, and what to read these by.

    ``evidence`` is the SHA-256 of evidence.jsonl, None while the run is running. ``together`` are
    the lists that rows name by digest; None where no row does, or the run did not come so far as
    to keep them.
    """

    run: Run
    evidence: str | None
    together: Lists | None


def new_run_id(now: datetime) -> str:
    """Return an id that sorts by *now*, a time in UTC, to the second, and is taken by no other."""
    return f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def encode(run: Run, evidence: str | None, together: Lists) -> bytes:
    """Return run.json for a run, the SHA-256 of its evidence.jsonl, if any, and its lists."""
    record: dict[str, object] = {
        "schema": SCHEMA,
        "id": run.id,
        "state": run.state.value,
        "started": timestamp(run.started),
        "finished": timestamp(run.finished) if run.finished else None,
        "version": run.version,
        "policy": run.policy,
        "policyPath": run.policy_path,
        "host": run.host,
        "arguments": list(run.arguments),
        "missing": list(run.missing),
        _TOGETHER: together,
        "evidence": evidence,
    }
    return dumps({**record, "record": _digest_of(record)})


def decode(data: bytes, where: str) -> Record:
    """Return what run.json says.

    Raises EvidenceError, naming *where*, when anything is odd.
    """
    node = loads(data, where)
    fields = node.fields(_keys(node))
    record = {key: value for key, value in node.mapping().items() if key != "record"}
    if fields["record"].value != _digest_of(record):
        raise EvidenceError(f"{where}: was changed after it was written", remedy=REMEDY)
    run = _run(fields)
    if run.state is State.RUNNING:
        fields["evidence"].exactly(None)
        return Record(run, None, None)
    lists = _lists(fields[_TOGETHER]) if _TOGETHER in fields else None
    return Record(run, fields["evidence"].digest(), lists)


def _keys(node: Node) -> list[str]:
    """Return the keys of the schema that the record is of."""
    schema = node.mapping().get("schema")
    if schema not in (_IN_ROWS, SCHEMA):
        node.fail(f"schema {SCHEMA} (written by another version of release-gates?)")
    return [key for key in _KEYS if schema == SCHEMA or key != _TOGETHER]


def _lists(node: Node) -> Lists:
    """Return the lists, each of which is what its digest says."""
    for digest, listed in node.mapping().items():
        if digest_of(listed) != digest:
            raise EvidenceError(
                f"{node.where}: the list of SHA-256 {digest} is another one, of SHA-256 "
                f"{digest_of(listed)}",
                remedy=REMEDY,
            )
    return node.mapping()


def _run(fields: dict[str, Node]) -> Run:
    state = fields["state"].choice(State)
    finished = None if state is State.RUNNING else fields["finished"].moment()
    return Run(
        id=fields["id"].text(RUN_ID, "a run's id"),
        state=state,
        started=fields["started"].moment(),
        finished=finished,
        version=fields["version"].text(),
        policy=fields["policy"].text(),
        policy_path=fields["policyPath"].text(),
        host=fields["host"].table(),
        arguments=fields["arguments"].texts(),
        missing=fields["missing"].texts(),
    )


def _digest_of(record: dict[str, object]) -> str:
    return hashlib.sha256(dumps(record)).hexdigest()
