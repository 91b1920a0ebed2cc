"""Admission: evidence, policy and the bytes on disk give the files that may go out.

An exit code proves nothing: deselected, skipped or crashed, pytest may still end with 0. What
counts is a complete matrix, every required gate passed, for the digest that the file has now.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from publisher import setting_aside
from publisher.together import GATE as RELEASE
from publisher.together import difference, is_about, published_together
from release_tests import __version__
from release_tests.archive.digest import sha256_of
from release_tests.evidence.matrix import Ledger, Verdict, latest
from release_tests.evidence.model import Outcome, Run, State
from release_tests.evidence.store import Damaged, load_runs
from release_tests.policy import THIRD_PARTY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from release_tests.evidence.together import File
    from release_tests.policy import Policy

_AGAIN = "run the gates on it again"
_ALL = "run all gates on it, without -k, -m, --deselect or --ignore"
_EXACTLY = "run the gates on exactly the files that go out together"
_MEND = "mend it, build it again and run the gates on the new file"


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether one file may go out, and each reason why not.

    ``sha256`` is that of the bytes on disk, empty when they cannot be read. ``run_ids`` are the
    runs whose passes are relied on, ``verified`` is when the oldest of them ended; ``waivers``
    has a line for each waiver that they needed.
    """

    path: Path
    name: str
    sha256: str
    admitted: bool
    reasons: tuple[str, ...]
    run_ids: tuple[str, ...]
    verified: datetime | None
    waivers: tuple[str, ...] = ()


class Shortfall(NamedTuple):
    """Why a gate is not passed; those with one head and one tail make one sentence."""

    head: str
    tail: str
    gate: str


@dataclass(frozen=True, slots=True)
class Basis:
    """What every file is judged by; ``now`` is aware and in UTC, ``policy`` a fingerprint.

    ``third_party`` is the fingerprint that the same policy has under that profile; ``together``
    are the files that go out with the one that is decided on, itself included.
    """

    policy: str
    third_party: str
    max_age: timedelta
    required: tuple[str, ...]
    now: datetime
    ledger: Ledger
    damaged: tuple[Damaged, ...]
    together: frozenset[File] = frozenset()

    def counts(self, verdict: Verdict) -> bool:
        """Whether a verdict decides: any failure, but a pass only of a run like it must be."""
        return verdict.counts and (verdict.outcome.bad or self.trusts(verdict))

    def trusts(self, verdict: Verdict) -> bool:
        """Whether the run was under this policy, of these files together, not of the future."""
        own = verdict.run.policy == self.policy != self.third_party
        return own and verdict.at <= self.now and is_about(verdict.row, self.together)


def admit(
    paths: Iterable[Path],
    evidence_dir: Path,
    policy: Policy,
    required: Sequence[str],
    now: datetime,
) -> list[Decision]:
    """Decide on each file by the runs recorded under *evidence_dir*; *required* names the gates.

    Nothing about a file, or about a record, raises; no required gate at all raises ValueError.
    """
    if not required:
        raise ValueError("no gate is required: everything would be admitted unseen")
    found = load_runs(evidence_dir)
    basis = Basis(
        policy.fingerprint(),
        replace(policy, profile=THIRD_PARTY).fingerprint(),
        timedelta(hours=policy.max_age_hours),
        tuple(dict.fromkeys(required)),
        now,
        Ledger.of(run for run in found if isinstance(run, Run)),
        tuple(run for run in found if isinstance(run, Damaged)),
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
    standing = latest(found, basis.counts)
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
    )


def _is_pass(verdict: Verdict | None) -> bool:
    return verdict is not None and verdict.outcome.good


def _reasons(
    name: str, sha256: str, found: list[Verdict], standing: Mapping[str, Verdict], basis: Basis
) -> Iterator[str]:
    if found:
        yield from _sentences(_shortfalls(found, standing, basis))
    else:
        yield from _unseen(name, sha256, basis)
    yield from _damage(found, standing, basis)
    relied = [standing[gate] for gate in basis.required if _is_pass(standing.get(gate))]
    yield from setting_aside.expired(relied, basis.now)


def _sentences(shortfalls: Iterable[Shortfall]) -> Iterator[str]:
    gates: dict[tuple[str, str], list[str]] = {}
    for head, tail, gate in shortfalls:
        gates.setdefault((head, tail), []).append(gate)
    for (head, tail), names in gates.items():
        yield f"{head}: {'gate' if len(names) == 1 else 'gates'} {', '.join(names)}; {tail}"


def _shortfalls(
    found: list[Verdict], standing: Mapping[str, Verdict], basis: Basis
) -> Iterator[Shortfall]:
    mentions = latest(found, lambda _: True)
    for gate in basis.required:
        if gate not in mentions:
            yield _missing(gate, found[-1].run)
        elif gate not in standing:
            yield _no_pass(mentions[gate], basis)
        elif standing[gate].outcome.bad:
            yield _failed(standing[gate], basis.now)
        elif (age := basis.now - standing[gate].at) > basis.max_age:
            yield _too_old(standing[gate], age, basis.max_age)


def _missing(gate: str, run: Run) -> Shortfall:
    other = (
        f" by release-gates {run.version}, this is {__version__}"
        if run.version != __version__
        else ""
    )
    return Shortfall(
        f"never ran on these bytes (last run {run.id}{other})", f"deselected? {_ALL}", gate
    )


def _no_pass(verdict: Verdict, basis: Basis) -> Shortfall:
    """Say why the last mention of a gate decides nothing."""
    run, because = verdict.run, _because(verdict.row.reason)
    match verdict.outcome:
        case Outcome.SKIPPED:
            return Shortfall(
                f"skipped in run {run.id}{because}", f"a skip is no pass: {_ALL}", verdict.gate
            )
        case Outcome.XFAILED:
            return Shortfall(
                f"failed as expected (xfail) in run {run.id}{because}", _MEND, verdict.gate
            )
    return _untrusted(verdict, basis)


def _untrusted(verdict: Verdict, basis: Basis) -> Shortfall:
    run, mine = verdict.run, basis.policy
    if run.state is not State.FINISHED:
        head, tail = f"passed only in run {run.id}, which did not finish", f"{_AGAIN}, to the end"
    elif verdict.at > basis.now:
        head = f"passed only in run {run.id}, which ended in the future ({_shown(verdict.at)})"
        tail = f"was the clock set back? Set it right, then {_AGAIN}"
    elif run.policy == basis.third_party:
        head = f"passed only under the profile third-party, as not ours, in run {run.id}"
        tail = "that profile can never admit anything; run the gates without it"
    elif run.policy == mine:
        other = difference(verdict.row, basis.together)
        head = f"passed only together with other files, in run {run.id} ({other})"
        tail = _EXACTLY
    else:
        head = (
            f"passed only under another policy ({run.policy[:12]} in run {run.id}, now {mine[:12]})"
        )
        tail = _AGAIN
    return Shortfall(head, tail, verdict.gate)


def _failed(verdict: Verdict, now: datetime) -> Shortfall:
    run, name = verdict.run, verdict.gate
    future = f", which ended in the future ({_shown(verdict.at)})" if verdict.at > now else ""
    if verdict.outcome is Outcome.ERROR:
        head = f"broke down in run {run.id}{future}{_because(verdict.row.reason)}"
        return Shortfall(head, f"see its traceback, then {_AGAIN}", name)
    rules = sorted(
        {item.get("rule", "") for item in verdict.row.findings if _is_error(item)} - {""}
    )
    shown = f"{name} ({', '.join(rules)})" if rules else name
    mend = f"mend it and {_EXACTLY}" if name == RELEASE else _MEND
    return Shortfall(f"failed in run {run.id}{future}", mend, shown)


def _too_old(verdict: Verdict, age: timedelta, limit: timedelta) -> Shortfall:
    hours, most = age / timedelta(hours=1), limit / timedelta(hours=1)
    head = f"passed {hours:.1f} h ago (run {verdict.run.id}), but max-age-hours is {most:g}"
    return Shortfall(head, _AGAIN, verdict.gate)


def _unseen(name: str, sha256: str, basis: Basis) -> Iterator[str]:
    """Say why no run knows these bytes under this name."""
    changed = basis.ledger.other_digest(name, sha256)
    if changed:
        run, digest = changed
        yield (
            f"changed after it was verified: run {run.id} saw SHA-256 {digest[:12]}…, the file "
            f"now has {sha256[:12]}…; {_AGAIN}"
        )
    renamed = basis.ledger.other_name(name, sha256)
    if renamed:
        run, former = renamed
        yield f"run {run.id} saw these bytes as {former}, not under this name; {_AGAIN}"
    if not (changed or renamed):
        yield f"no evidence of it at all{_broken_off(basis.ledger.runs)}; {_ALL}"


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
                f"({damaged.reason}) and may hide a failure; {_AGAIN}, or remove that run's "
                "directory if it does not matter"
            )


def _since(found: list[Verdict], standing: Mapping[str, Verdict], basis: Basis) -> datetime:
    relied = [standing[gate] for gate in basis.required if gate in standing] or found
    starts = [verdict.run.started for verdict in relied]
    return min(starts, default=basis.now - basis.max_age)


def _is_error(finding: Mapping[str, str]) -> bool:
    return finding.get("severity") != "advice" and not setting_aside.is_waived(finding)


def _because(reason: str) -> str:
    first = reason.strip().split("\n", 1)[0]
    return f" ({first})" if first else ""


def _shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
