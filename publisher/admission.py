"""Admission: evidence, policy and the bytes on disk give the files that may go out.

An exit code proves nothing: deselected, skipped or crashed, pytest may still end with 0. What
counts is a complete matrix, every required gate passed, for the digest that the file has now.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from publisher import setting_aside
from publisher.basis import Basis
from publisher.shortfalls import AGAIN, ALL, sentences, shortfalls
from publisher.together import published_together
from release_tests.archive.digest import sha256_of
from release_tests.evidence.matrix import Ledger, Verdict, latest
from release_tests.evidence.model import Run, State
from release_tests.evidence.store import Damaged, load_runs
from release_tests.gates.catalogue import GATES
from release_tests.policy import THIRD_PARTY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from release_tests.policy import Policy


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether one file may go out, and each reason why not.

    ``sha256`` is that of the bytes on disk, empty when they cannot be read. ``run_ids`` are the
    runs whose passes are relied on, ``hosts`` the machines that they ran on, as far as is known,
    ``verified`` is when the oldest of them ended; ``waivers`` has a line for each waiver that they
    needed.
    """

    path: Path
    name: str
    sha256: str
    admitted: bool
    reasons: tuple[str, ...]
    run_ids: tuple[str, ...]
    verified: datetime | None
    waivers: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


def admit(
    paths: Iterable[Path],
    evidence_dirs: Iterable[Path],
    policy: Policy,
    required: Sequence[str],
    now: datetime,
) -> list[Decision]:
    """Decide on each file by the runs under all *evidence_dirs*; *required* names the gates.

    Nothing about a file, or about a record, raises; no required gate at all raises ValueError.
    """
    if not required:
        raise ValueError("no gate is required: everything would be admitted unseen")
    found = [run for root in evidence_dirs for run in load_runs(root)]
    basis = Basis(
        policy.fingerprint(),
        replace(policy, profile=THIRD_PARTY).fingerprint(),
        timedelta(hours=policy.max_age_hours),
        tuple(dict.fromkeys(required)),
        now,
        Ledger.of(run for run in found if isinstance(run, Run)),
        tuple(run for run in found if isinstance(run, Damaged)),
        on_machines=frozenset(gate.name for gate in GATES if gate.runs_code),
        pythons_listed=policy.install.pythons is not None,
    )
    hashed = {path: _hashed(path) for path in paths}
    readable = {path: digest for path, digest in hashed.items() if isinstance(digest, str)}
    together = published_together(readable)
    return [
        _decide(path, digest, replace(basis, together=together[path]))
        if isinstance(digest, str)
        else digest
        for path, digest in hashed.items()
    ]


def _hashed(path: Path) -> str | Decision:
    """Return the digest of the bytes on disk; a refusal where they cannot be read."""
    try:
        return sha256_of(path)
    except OSError as error:
        reason = f"it cannot be read ({error.strerror or error}); name a file that is there"
        return Decision(
            path, path.name, "", admitted=False, reasons=(reason,), run_ids=(), verified=None
        )


def _decide(path: Path, sha256: str, basis: Basis) -> Decision:
    found = basis.ledger.verdicts(path.name, sha256)
    standing = latest(found, basis.counts, basis.lifts)
    relied = [standing[gate] for gate in basis.required if _is_pass(standing.get(gate))]
    reasons = tuple(_reasons(path.name, sha256, found, standing, basis))
    return Decision(
        path,
        path.name,
        sha256,
        admitted=not reasons,
        reasons=reasons,
        run_ids=tuple(sorted({verdict.run.id for verdict in relied})),
        verified=min((verdict.at for verdict in relied), default=None),
        waivers=tuple(setting_aside.lines(relied)),
        hosts=tuple(sorted({name for it in relied if (name := it.run.host.get("node"))})),
    )


def _is_pass(verdict: Verdict | None) -> bool:
    return verdict is not None and verdict.outcome.good


def _reasons(
    name: str, sha256: str, found: list[Verdict], standing: Mapping[str, Verdict], basis: Basis
) -> Iterator[str]:
    if found:
        yield from sentences(shortfalls(found, standing, basis))
    else:
        yield from _unseen(name, sha256, basis)
    yield from _damage(found, standing, basis)
    relied = [standing[gate] for gate in basis.required if _is_pass(standing.get(gate))]
    yield from setting_aside.expired(relied, basis.now)


def _unseen(name: str, sha256: str, basis: Basis) -> Iterator[str]:
    """Say why no run knows these bytes under this name."""
    changed = basis.ledger.other_digest(name, sha256)
    if changed:
        run, digest = changed
        yield (
            f"changed after it was verified: run {run.id} saw SHA-256 {digest[:12]}…, the file "
            f"now has {sha256[:12]}…; {AGAIN}"
        )
    renamed = basis.ledger.other_name(name, sha256)
    if renamed:
        run, former = renamed
        yield f"run {run.id} saw these bytes as {former}, not under this name; {AGAIN}"
    if not (changed or renamed):
        yield f"no evidence of it at all{_broken_off(basis.ledger.runs)}; {ALL}"


def _broken_off(runs: Iterable[Run]) -> str:
    running = [run.id for run in runs if run.state is State.RUNNING]
    return f" (run {running[-1]} is still running or was broken off)" if running else ""


def _damage(found: list[Verdict], standing: Mapping[str, Verdict], basis: Basis) -> Iterator[str]:
    """Name the damaged records that may hold a later failure; older ones do not matter."""
    since = _since(found, standing, basis).replace(microsecond=0)
    for damaged in basis.damaged:
        if damaged.started >= since:
            yield (
                f"the evidence of run {damaged.run_id} does not hold together "
                f"({damaged.reason}) and may hide a failure; {AGAIN}, or remove that run's "
                "directory if it does not matter"
            )


def _since(found: list[Verdict], standing: Mapping[str, Verdict], basis: Basis) -> datetime:
    relied = [standing[gate] for gate in basis.required if gate in standing] or found
    starts = [verdict.run.started for verdict in relied]
    return min(starts, default=basis.now - basis.max_age)
