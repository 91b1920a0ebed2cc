"""Edits of what a run left, after which every digest of its files is right again."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Json = dict[str, Any]


def sha256_of_json(data: object) -> str:
    """Return the SHA-256 of one line of JSON, as docs/evidence.md describes it."""
    return hashlib.sha256(_line(data)).hexdigest()


def edited(path: Path, edit: Callable[[Json, list[Json]], object]) -> Path:
    """Change run.json and the details of each release's row, and seal both files anew."""
    run: Json = json.loads((path / "run.json").read_bytes())
    statements = [json.loads(line) for line in (path / "evidence.jsonl").read_bytes().splitlines()]
    edit(run, [row["details"] for one in statements for row in _of_release(one)])
    lines = b"".join(map(_line, statements))
    (path / "evidence.jsonl").write_bytes(lines)
    del run["record"]
    run |= {"evidence": hashlib.sha256(lines).hexdigest()}
    (path / "run.json").write_bytes(_line({**run, "record": sha256_of_json(run)}))
    return path


def in_rows(run: Json, details: list[Json]) -> None:
    """Put the lists where schema 1 had them."""
    lists = run.pop("together")
    run["schema"] = 1
    for one in details:
        one["together"] = lists[one["together"]["sha256"]]


def _of_release(statement: Json) -> list[Json]:
    gates: list[Json] = statement["predicate"]["releaseGates"]["gates"]
    return [row for row in gates if "together" in row["details"]]


def _line(data: object) -> bytes:
    return json.dumps(data, separators=(",", ":")).encode() + b"\n"
