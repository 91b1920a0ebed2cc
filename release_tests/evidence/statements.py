"""What a run saw of one artifact as an in-toto Statement with the test-result predicate.

Any verifier of in-toto attestations can read it: ``result``, ``passedTests``, ``warnedTests`` and
``failedTests`` are those of the predicate (https://in-toto.io/attestation/test-result/v0.1), and
never promise more than the run holds: a test that was skipped is in none of the lists, only a
finished run has passed ones, and anything less than every gate passed is FAILED. Our own object
``releaseGates`` beside them has the rest, so that nothing of a row is lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.evidence.model import ArtifactEvidence, Outcome, Row, Run, State, worst
from release_tests.evidence.refusal import refusal
from release_tests.evidence.strict import Node, timestamp

if TYPE_CHECKING:
    from collections.abc import Sequence

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://in-toto.io/attestation/test-result/v0.1"

_HEADER = ("run", "state", "version", "started", "finished", "host")
_OWN = (*_HEADER, "size", "pypi", "gates")
_LISTS = ("passedTests", "warnedTests", "failedTests")
_PREDICATE = ("result", "configuration", *_LISTS, "releaseGates")
_POLICY = "policy"
_DEFAULTS = "every default of release-gates"
_GATE = ("gate", "outcome", "reason", "seconds", "findings", "details")


def to_statement(run: Run, artifact: ArtifactEvidence) -> dict[str, object]:
    """Return the statement on one artifact, ready for JSON."""
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": artifact.name, "digest": {"sha256": artifact.sha256}}],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            **_verdict(run.state, artifact.rows),
            "configuration": [_configuration(run)],
            "releaseGates": {
                **_header(run),
                "size": artifact.size,
                "pypi": _pypi(artifact),
                "gates": [_gate(row) for row in artifact.rows],
            },
        },
    }


def from_statement(data: object, where: str = "statement", *, run_id: str = "") -> ArtifactEvidence:
    """Return what a statement says of its artifact; *where* names its file and line.

    Raises EvidenceError when anything is odd: a key too many or too few, a wrong type, lists that
    do not agree with the gates' outcomes, or, with *run_id*, another run's statement.
    """
    statement = Node(data, where).fields(("_type", "subject", "predicateType", "predicate"))
    statement["_type"].exactly(STATEMENT_TYPE)
    statement["predicateType"].exactly(PREDICATE_TYPE)
    name, sha256 = _subject(statement["subject"])
    predicate = statement["predicate"].fields(_PREDICATE)
    own = predicate["releaseGates"].fields(_OWN)
    rows = tuple(_row(item) for item in own["gates"].items())
    for key, value in _verdict(_checked_state(own, run_id), rows).items():
        predicate[key].exactly(value)
    _check_configuration(predicate["configuration"])
    artifact = ArtifactEvidence(name, sha256, own["size"].size(), rows)
    own["pypi"].exactly(_pypi(artifact))
    return artifact


def _pypi(artifact: ArtifactEvidence) -> dict[str, str] | None:
    found = refusal(artifact)
    return found.plain() if found else None


def _verdict(state: State, rows: Sequence[Row]) -> dict[str, object]:
    by_gate: dict[str, list[Row]] = {}
    for row in rows:
        by_gate.setdefault(row.gate, []).append(row)
    verdicts = [worst(of_gate) for of_gate in by_gate.values()]
    lists = [[row.gate for row in verdicts if _list_of(row, state) == name] for name in _LISTS]
    passed, warned, _ = lists
    incomplete = not verdicts or len(passed) + len(warned) < len(verdicts)
    result = "FAILED" if incomplete else "WARNED" if warned else "PASSED"
    return {"result": result, **dict(zip(_LISTS, lists, strict=True))}


def _list_of(row: Row, state: State) -> str | None:
    if row.outcome.bad:
        return "failedTests"
    if not row.outcome.good or state is not State.FINISHED:
        return None
    return "warnedTests" if row.findings else "passedTests"


def _configuration(run: Run) -> dict[str, object]:
    """Return the policy as a resource descriptor, which must have an address, digest or content.

    Its fingerprint is the SHA-256 of its canonical JSON, not that of the file it was read from; so
    the file is no name of it, but an annotation.
    """
    source = run.policy_path or _DEFAULTS
    digest = {"sha256": run.policy}
    return {"name": _POLICY, "digest": digest, "annotations": {"source": source}}


def _check_configuration(node: Node) -> None:
    items = node.items()
    if len(items) != 1:
        node.fail("one policy")
    fields = items[0].fields(("name", "digest", "annotations"))
    fields["name"].exactly(_POLICY)
    fields["digest"].fields(("sha256",))["sha256"].digest()
    fields["annotations"].fields(("source",))["source"].text()


def _header(run: Run) -> dict[str, object]:
    return {
        "run": run.id,
        "state": run.state.value,
        "version": run.version,
        "started": timestamp(run.started),
        "finished": timestamp(run.finished) if run.finished else None,
        "host": run.host,
    }


def _checked_state(own: dict[str, Node], run_id: str) -> State:
    if run_id:
        own["run"].exactly(run_id)
    own["run"].text()
    own["version"].text()
    own["started"].moment()
    if own["finished"].value is not None:
        own["finished"].moment()
    own["host"].table()
    return own["state"].choice(State)


def _subject(node: Node) -> tuple[str, str]:
    items = node.items()
    if len(items) != 1:
        node.fail("one subject")
    subject = items[0].fields(("name", "digest"))
    name = subject["name"].text("(?s:[^/]+)", "a file name without a directory")
    return name, subject["digest"].fields(("sha256",))["sha256"].digest()


def _gate(row: Row) -> dict[str, object]:
    return {
        "gate": row.gate,
        "outcome": row.outcome.value,
        "reason": row.reason,
        "seconds": row.seconds,
        "findings": list(row.findings),
        "details": row.details,
    }


def _row(node: Node) -> Row:
    fields = node.fields(_GATE)
    return Row(
        gate=fields["gate"].text(),
        outcome=fields["outcome"].choice(Outcome),
        reason=fields["reason"].text(),
        findings=tuple(item.table() for item in fields["findings"].items()),
        seconds=fields["seconds"].seconds(),
        details=fields["details"].mapping(),
    )
