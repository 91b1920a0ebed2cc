"""A statement holds all of a row, promises no more than the run holds, and is read strictly."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

import pytest
from google.protobuf import json_format  # type: ignore[import-untyped]
from in_toto_attestation.predicates.test_result.v0 import test_result_pb2  # type: ignore[import-untyped]
from in_toto_attestation.v1 import (  # type: ignore[import-untyped]
    resource_descriptor_pb2,
    statement_pb2,
)
from in_toto_attestation.v1.statement import Statement  # type: ignore[import-untyped]

from release_tests.errors import EvidenceError
from release_tests.evidence.model import ArtifactEvidence, Row, State
from release_tests.evidence.statements import PREDICATE_TYPE, from_statement, to_statement
from tests.evidence.samples import (
    ADVICE,
    ERROR,
    FAILED,
    FINDING,
    NAME,
    NOT_APPLICABLE,
    PASSED,
    POLICY,
    SHA,
    SKIPPED,
    XFAILED,
    artifact,
    row,
    run,
)

MIXED = artifact(
    [
        row("archive"),
        row("record", FAILED, FINDING, ADVICE),
        row("metadata", PASSED, ADVICE),
        row("install", SKIPPED, reason="no network"),
        row("cpu", NOT_APPLICABLE, reason="pure"),
    ]
)

VERDICTS: list[tuple[str, State, list[Row], tuple[str, list[str], list[str], list[str]]]] = [
    (
        "passed",
        State.FINISHED,
        [row("a"), row("b", NOT_APPLICABLE)],
        ("PASSED", ["a", "b"], [], []),
    ),
    ("advice", State.FINISHED, [row("a"), row("b", PASSED, ADVICE)], ("WARNED", ["a"], ["b"], [])),
    ("failed", State.FINISHED, [row("a"), row("b", FAILED)], ("FAILED", ["a"], [], ["b"])),
    ("error", State.FINISHED, [row("a", ERROR)], ("FAILED", [], [], ["a"])),
    ("skipped", State.FINISHED, [row("a"), row("b", SKIPPED)], ("FAILED", ["a"], [], [])),
    ("xfailed", State.FINISHED, [row("a", XFAILED)], ("FAILED", [], [], [])),
    ("nothing", State.FINISHED, [], ("FAILED", [], [], [])),
    ("twice", State.FINISHED, [row("a", FAILED), row("a")], ("FAILED", [], [], ["a"])),
    ("interrupted", State.INTERRUPTED, [row("a"), row("b", FAILED)], ("FAILED", [], [], ["b"])),
]


def statement(of: ArtifactEvidence = MIXED, state: State = State.FINISHED) -> dict[str, Any]:
    """Return a statement as it comes back from a file."""
    found: dict[str, Any] = json.loads(json.dumps(to_statement(run(0, [of], state=state), of)))
    return found


@pytest.mark.parametrize(
    ("state", "rows", "expected"), [pytest.param(*case[1:], id=case[0]) for case in VERDICTS]
)
def test_the_predicate_promises_no_more_than_the_run_holds(
    state: State, rows: list[Row], expected: tuple[str, list[str], list[str], list[str]]
) -> None:
    """Skips are in no list, an unfinished run has no passes, and only all passed is PASSED."""
    predicate = statement(artifact(rows), state)["predicate"]
    names = ("result", "passedTests", "warnedTests", "failedTests")
    assert tuple(predicate[name] for name in names) == expected


@pytest.mark.parametrize("state", State)
def test_nothing_is_lost_on_the_way(state: State) -> None:
    """What is read back is what was written, whatever the state of the run."""
    assert from_statement(statement(state=state)) == MIXED


def test_in_toto_reads_it() -> None:
    """The bindings of in-toto itself parse and accept the statement and its predicate."""
    proto = json_format.ParseDict(statement(), statement_pb2.Statement())
    Statement.copy_from_pb(proto).validate()
    assert proto.predicate_type == PREDICATE_TYPE
    assert (proto.subject[0].name, proto.subject[0].digest["sha256"]) == (NAME, SHA)


def test_the_predicate_is_a_test_result() -> None:
    """Beside our own object, the predicate has the fields of the test-result predicate only."""
    predicate = statement()["predicate"]
    del predicate["releaseGates"]
    result = json_format.ParseDict(predicate, test_result_pb2.TestResult())
    assert result.result == "FAILED"
    assert list(result.failed_tests) == ["record"]
    assert list(result.passed_tests) == ["archive", "cpu"]
    (configuration,) = result.configuration
    assert dict(configuration.digest) == {"sha256": POLICY}
    assert configuration.annotations["source"] == "pyproject.toml"


def test_every_resource_is_one_for_in_toto() -> None:
    """A descriptor must have an address, a digest or its content; a name alone is none."""
    data = statement()
    for item in [*data["subject"], *data["predicate"]["configuration"]]:
        found = json_format.ParseDict(item, resource_descriptor_pb2.ResourceDescriptor())
        assert found.uri or found.digest or found.content


DELETED = object()
ODD: list[tuple[list[str | int], object, str]] = [
    (["_type"], "https://in-toto.io/Statement/v0.1", "_type"),
    (["predicateType"], "https://slsa.dev/provenance/v1", "predicateType"),
    (["subject"], [], "subject: expected one subject"),
    (["subject", 0, "name"], "../demo.whl", "without a directory"),
    (["subject", 0, "name"], "", "without a directory"),
    (["subject", 0, "digest"], {"sha512": "00"}, "the keys sha256"),
    (["subject", 0, "digest", "sha256"], SHA.upper(), "SHA-256 in lower-case hex"),
    (["subject", 0, "digest", "sha256"], SHA[:-1], "SHA-256 in lower-case hex"),
    (["predicate"], None, "predicate: expected an object"),
    (["predicate", "result"], "PASSED", "result: expected"),
    (["predicate", "passedTests"], ["archive", "record"], "passedTests"),
    (["predicate", "failedTests"], [], "failedTests"),
    (["predicate", "configuration"], {}, "an array"),
    (["predicate", "configuration"], [], "one policy"),
    (["predicate", "configuration", 0, "name"], 1, 'expected "policy"'),
    (["predicate", "configuration", 0, "digest", "sha256"], "p" * 64, "SHA-256 in lower-case"),
    (["predicate", "configuration", 0, "digest"], DELETED, "the keys name, digest"),
    (["predicate", "configuration", 0, "annotations", "source"], 1, "a string"),
    (["predicate", "surprise"], 1, "the keys result"),
    (["predicate", "releaseGates"], DELETED, "the keys result"),
    (["predicate", "releaseGates", "run"], "another", "run: expected"),
    (["predicate", "releaseGates", "state"], "done", "one of running"),
    (["predicate", "releaseGates", "state"], "interrupted", "passedTests"),
    (["predicate", "releaseGates", "started"], "yesterday", "ISO 8601"),
    (["predicate", "releaseGates", "finished"], "2026-11-20T12:00:00+01:00", "in UTC"),
    (["predicate", "releaseGates", "finished"], "2026-11-20T12:00:00", "in UTC"),
    (["predicate", "releaseGates", "host"], {"python": 3}, "host: python: expected a string"),
    (["predicate", "releaseGates", "size"], -1, "0 or greater"),
    (["predicate", "releaseGates", "size"], True, "0 or greater"),
    (["predicate", "releaseGates", "gates", 0, "outcome"], "fine", "gates[0]: outcome"),
    (["predicate", "releaseGates", "gates", 1, "outcome"], "passed", "expected"),
    (["predicate", "releaseGates", "gates", 0, "seconds"], "1", "seconds"),
    (["predicate", "releaseGates", "gates", 0, "details"], [], "details: expected an object"),
    (["predicate", "releaseGates", "gates", 1, "findings", 0], {"rule": 1}, "findings[0]: rule"),
    (["predicate", "releaseGates", "gates", 0, "gate"], DELETED, "the keys gate"),
]


@pytest.mark.parametrize(("place", "value", "complaint"), ODD)
def test_anything_odd_is_told_with_its_place(
    place: list[str | int], value: object, complaint: str
) -> None:
    """A statement that is not exactly one of ours raises, naming file, line and key."""
    data = statement()
    changed(data, place, value)
    with pytest.raises(EvidenceError) as caught:
        from_statement(data, "evidence.jsonl, line 7", run_id=run().id)
    assert caught.value.what.startswith("evidence.jsonl, line 7")
    assert complaint in caught.value.what


def changed(data: Any, place: list[str | int], value: object) -> None:
    """Set, or delete, what stands at a place of nested data."""
    *way, last = place
    for key in way:
        data = data[key]
    if value is DELETED:
        del data[last]
    else:
        data[last] = copy.copy(value)


def test_a_surrogate_in_a_name_survives() -> None:
    """A file name that is no UTF-8 is kept as Python has it."""
    odd = replace(MIXED, name="demo-\udcff.whl")
    assert from_statement(statement(odd)) == odd
