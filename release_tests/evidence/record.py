"""run.json: everything of a run but what it saw of the artifacts, whose digest it holds.

Schema 1 is an object with the keys in ``_KEYS``. ``evidence`` is the SHA-256 of evidence.jsonl,
or null while the run is running; ``record`` is the SHA-256 of the object itself without that key,
so that a later edit shows.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

from release_tests.errors import EvidenceError
from release_tests.evidence.model import Run, State
from release_tests.evidence.strict import REMEDY, dumps, loads, timestamp

if TYPE_CHECKING:
    from datetime import datetime

    from release_tests.evidence.strict import Node

SCHEMA = 1
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
    "evidence",
    "record",
)


def new_run_id(now: datetime) -> str:
    """Return an id that sorts by *now*, a time in UTC, to the second, and is taken by no other."""
    return f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def encode(run: Run, evidence: str | None) -> bytes:
    """Return run.json for a run and the SHA-256 of its evidence.jsonl, if there is one."""
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
        "evidence": evidence,
    }
    return dumps({**record, "record": _digest_of(record)})


def decode(data: bytes, where: str) -> tuple[Run, str | None]:
    """Return the run, without artifacts, and the SHA-256 of its evidence.jsonl.

    Raises EvidenceError, naming *where*, when anything is odd.
    """
    node = loads(data, where)
    schema = node.mapping().get("schema")
    if schema != SCHEMA:
        node.fail(f"schema {SCHEMA} (written by another version of release-gates?)")
    fields = node.fields(_KEYS)
    record = {key: value for key, value in node.mapping().items() if key != "record"}
    if fields["record"].value != _digest_of(record):
        raise EvidenceError(f"{where}: was changed after it was written", remedy=REMEDY)
    run = _run(fields)
    if run.state is State.RUNNING:
        fields["evidence"].exactly(None)
        return run, None
    return run, fields["evidence"].digest()


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
