"""Why a required gate is not passed for the bytes on disk, and what to do about it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from publisher import setting_aside
from publisher.together import GATE as RELEASE
from publisher.together import difference
from release_tests import __version__
from release_tests.evidence.machines import Machine
from release_tests.evidence.matrix import Verdict, latest
from release_tests.evidence.model import ELSEWHERE, Outcome, Row, Run, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from publisher.basis import Basis

AGAIN = "run the gates on it again"
ALL = "run all gates on it, without -k, -m, --deselect or --ignore"
_EXACTLY = "run the gates on exactly the files that go out together"
_BETTER = (
    "run it on a machine that has at least what the first one has, and give that run's evidence "
    "too, with another --evidence-dir; or mend the file, build it again and run the gates on the "
    "new one"
)
_MEND = "mend it, build it again and run the gates on the new file"


class Shortfall(NamedTuple):
    """Why a gate is not passed; those with one head and one tail make one sentence."""

    head: str
    tail: str
    gate: str


def sentences(shortfalls: Iterable[Shortfall]) -> Iterator[str]:
    """Yield one sentence for all gates that fall short for the same reason."""
    gates: dict[tuple[str, str], list[str]] = {}
    for head, tail, gate in shortfalls:
        gates.setdefault((head, tail), []).append(gate)
    for (head, tail), names in gates.items():
        yield f"{head}: {'gate' if len(names) == 1 else 'gates'} {', '.join(names)}; {tail}"


def shortfalls(
    found: list[Verdict], standing: Mapping[str, Verdict], basis: Basis
) -> Iterator[Shortfall]:
    """Yield why each required gate is not passed, of those that are not."""
    mentions = latest(found, lambda _: True)
    passes = latest([one for one in found if one.outcome.good], basis.counts)
    for gate in basis.required:
        if gate not in mentions:
            yield _missing(gate, found[-1].run)
        elif gate not in standing:
            yield _no_pass(mentions[gate], basis)
        elif standing[gate].outcome.bad:
            yield _failed(standing[gate], basis, _later(found, standing[gate], passes))
        elif (age := basis.now - standing[gate].at) > basis.max_age:
            yield _too_old(standing[gate], age, basis.max_age)


def _missing(gate: str, run: Run) -> Shortfall:
    other = (
        f" by release-gates {run.version}, this is {__version__}"
        if run.version != __version__
        else ""
    )
    return Shortfall(
        f"never ran on these bytes (last run {run.id}{other})", f"deselected? {ALL}", gate
    )


def _no_pass(verdict: Verdict, basis: Basis) -> Shortfall:
    """Say why the last mention of a gate decides nothing."""
    run, because = verdict.run, _because(verdict.row.reason)
    match verdict.outcome:
        case Outcome.SKIPPED:
            head = f"skipped in run {run.id}{because}"
            return Shortfall(head, f"a skip is no pass: {_there(verdict.row)}", verdict.gate)
        case Outcome.XFAILED:
            return Shortfall(
                f"failed as expected (xfail) in run {run.id}{because}", _MEND, verdict.gate
            )
    return _untrusted(verdict, basis)


def _there(row: Row) -> str:
    """Say where the gate can be asked that was skipped."""
    place = row.details.get(ELSEWHERE)
    if not isinstance(place, str):
        return ALL
    return f"run it on {place}, and give that run's evidence too, with another --evidence-dir"


def _untrusted(verdict: Verdict, basis: Basis) -> Shortfall:
    run, mine = verdict.run, basis.policy
    if run.state is not State.FINISHED:
        head, tail = f"passed only in run {run.id}, which did not finish", f"{AGAIN}, to the end"
    elif verdict.at > basis.now:
        head = f"passed only in run {run.id}, which ended in the future ({_shown(verdict.at)})"
        tail = f"was the clock set back? Set it right, then {AGAIN}"
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
        tail = AGAIN
    return Shortfall(head, tail, verdict.gate)


def _later(found: list[Verdict], failed: Verdict, passes: Mapping[str, Verdict]) -> Verdict | None:
    """Return the pass that came after a failure and left it, if one did."""
    passed = passes.get(failed.gate)
    return passed if passed and found.index(passed) > found.index(failed) else None


def _failed(verdict: Verdict, basis: Basis, later: Verdict | None) -> Shortfall:
    run, name = verdict.run, verdict.gate
    ended = verdict.at > basis.now
    future = f", which ended in the future ({_shown(verdict.at)})" if ended else ""
    if verdict.outcome is Outcome.ERROR:
        head = f"broke down in run {run.id}{future}{_because(verdict.row.reason)}"
        return Shortfall(head, f"see its traceback, then {AGAIN}", name)
    rules = sorted(
        {item.get("rule", "") for item in verdict.row.findings if _is_error(item)} - {""}
    )
    shown = f"{name} ({', '.join(rules)})" if rules else name
    head = f"failed in run {run.id}{future}"
    if later is not None:
        return _left(head, shown, verdict, later, basis.lacking(verdict, later))
    mend = f"mend it and {_EXACTLY}" if name == RELEASE else _MEND
    return Shortfall(head, mend, shown)


def _left(
    head: str, gate: str, failed: Verdict, passed: Verdict, lacking: Iterable[str]
) -> Shortfall:
    """Say why a pass on another machine leaves the failure as it is."""
    head = (
        f"{head} on {Machine.of(failed)}; it passed in run {passed.run.id}, but on "
        f"{Machine.of(passed)}, and that lacks {'; '.join(lacking)}, so that the failure stands"
    )
    return Shortfall(head, _BETTER, gate)


def _too_old(verdict: Verdict, age: timedelta, limit: timedelta) -> Shortfall:
    hours, most = age / timedelta(hours=1), limit / timedelta(hours=1)
    head = f"passed {hours:.1f} h ago (run {verdict.run.id}), but max-age-hours is {most:g}"
    return Shortfall(head, AGAIN, verdict.gate)


def _is_error(finding: Mapping[str, str]) -> bool:
    return finding.get("severity") != "advice" and not setting_aside.is_waived(finding)


def _because(reason: str) -> str:
    first = reason.strip().split("\n", 1)[0]
    return f" ({first})" if first else ""


def _shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
