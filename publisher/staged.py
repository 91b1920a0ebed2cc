"""Whether what came back from staging is fit for production: installed and imported here, now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.errors import StagedVerificationFailed
from release_tests.errors import ReleaseGatesError

if TYPE_CHECKING:
    from datetime import date

    from publisher.desk import Desk
    from publisher.order import Order
    from release_tests.findings import Finding
    from release_tests.index.served import Served
    from release_tests.sandbox.trials import Trials


def verify(served: Served, order: Order, today: date, desk: Desk) -> str:
    """Put the gate `staged`, and those that run code, to what was *served*; return what was seen.

    *today*, in UTC, is the day on which waivers must hold.

    Raises StagedVerificationFailed when it is found wanting, when this machine has no Python for
    it, and when its dependencies could not be had: unverified is not verified.
    """
    try:
        findings, seen = _observe(served, order, today, desk)
    except StagedVerificationFailed:
        raise
    except ReleaseGatesError as error:
        raise _failed(served, f"could not be tried: {error}") from error
    if findings:
        from release_tests.gates.explain import text  # noqa: PLC0415 - see _observe

        raise _failed(served, f"does not do what it must:\n{text(served.place.name, findings)}")
    return seen


def _observe(served: Served, order: Order, today: date, desk: Desk) -> tuple[list[Finding], str]:
    """Return the findings that stop a release, and in what the file was installed."""
    # The gates take longer to import than all of the publisher, and only this step needs them.
    from release_tests.archive.reader import read_artifact  # noqa: PLC0415
    from release_tests.gates import running  # noqa: PLC0415
    from release_tests.gates import staged as gate  # noqa: PLC0415
    from release_tests.gates.judgement import judge  # noqa: PLC0415
    from release_tests.gates.trying import observe  # noqa: PLC0415
    from release_tests.sandbox.choosing import NoInterpreter  # noqa: PLC0415

    facts = read_artifact(served.place)
    tried = observe(facts, order.policy, desk.console.info, base=order.base)
    if isinstance(tried, NoInterpreter):
        raise _failed(served, f"cannot be installed here: {tried.reason}")
    found = [*gate.check(served, facts), *running.check(tried, facts, order.policy)]
    judged = judge(found, [facts.file_name], order.policy, today)
    return [one.finding for one in judged if one.stops], _seen(tried)


def _seen(tried: Trials) -> str:
    pythons = " and ".join(f"Python {trial.interpreter.version}" for trial in tried.trials)
    names = dict.fromkeys(one.module for trial in tried.trials for one in trial.imports)
    return f"{pythons}, imported: {', '.join(names) or 'no module'}"


def _failed(served: Served, why: str) -> StagedVerificationFailed:
    return StagedVerificationFailed(
        f"{served.place.name}, fetched back from staging, {why}",
        remedy="Nothing was uploaded to production. Mend it, or run again on a machine that can "
        "install it.",
    )
