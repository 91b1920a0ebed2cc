"""Whether what an index serves is fit for its users: installed and imported here, now."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from publisher.errors import PublishedUnfit, StagedVerificationFailed
from release_tests.errors import ReleaseGatesError

if TYPE_CHECKING:
    from pathlib import Path

    from publisher.artifact import Artifact
    from publisher.desk import Desk
    from publisher.order import Order
    from release_tests.findings import Finding
    from release_tests.index.served import Served
    from release_tests.sandbox.choosing import NoInterpreter
    from release_tests.sandbox.trials import Trials


class _Unfit(Exception):
    """What is wrong with a file, in words that follow its name."""


def verify(
    artifact: Artifact,
    path: Path,
    served: Served | None,
    order: Order,
    desk: Desk,
    *,
    published: bool = False,
) -> str:
    """Put the gate ``staged`` and the gates that run code to the file at *path*; say what was seen.

    It has to be the *artifact* still: code that runs beside this is the user's own to the system.
    *served* is what the index says of it, None for a file that is on disk only; *published* whether
    that is production.

    Raises StagedVerificationFailed, or PublishedUnfit for what is published, when it is found
    wanting, when this machine has no Python for it or its processor lacks what it needs, and when
    its dependencies could not be had: unverified is not verified.
    """
    try:
        findings, seen = _observe(artifact, path, served, order, desk)
    except _Unfit as error:
        raise _failed(path, served, str(error), published=published) from error
    except ReleaseGatesError as error:
        raise _failed(path, served, f"could not be tried: {error}", published=published) from error
    if findings:
        from release_tests.gates.explain import text  # noqa: PLC0415 - see _observe

        what = f"does not do what it must:\n{text(path.name, findings)}"
        raise _failed(path, served, what, published=published)
    return seen


def _observe(
    artifact: Artifact, path: Path, served: Served | None, order: Order, desk: Desk
) -> tuple[list[Finding], str]:
    """Return the findings that stop a release, and in what the file was installed."""
    # The gates take longer to import than all of the publisher, and only this step needs them.
    from release_tests.archive.depth import Depth  # noqa: PLC0415
    from release_tests.archive.reader import read_artifact  # noqa: PLC0415
    from release_tests.gates import running, staged  # noqa: PLC0415
    from release_tests.gates.judgement import judge  # noqa: PLC0415
    from release_tests.gates.trying import observe  # noqa: PLC0415
    from release_tests.sandbox.choosing import NoInterpreter  # noqa: PLC0415

    facts = read_artifact(path, Depth.CODE)  # as deep as it says what code needs of a processor
    if facts.sha256 != artifact.sha256:
        raise _Unfit(
            "changed on this machine before it was tried: expected the SHA-256 "
            f"{artifact.sha256}, found {facts.sha256 or 'none'}"
        )
    say, scratch = desk.console.info, desk.scratch
    tried = observe(facts, order.policy, say, base=order.base, scratch=scratch)
    if isinstance(tried, NoInterpreter):
        raise _Unfit(f"cannot be tried here: {tried.reason}{_instead(tried)}")
    listed = staged.check(served, facts) if served else []
    found = [*listed, *running.check(tried, facts, order.policy)]
    # The day on which waivers must hold.
    today = order.now.astimezone(UTC).date()
    judged = judge(found, [path.name], order.policy, today)
    return [one.finding for one in judged if one.stops], _seen(tried)


def _instead(tried: NoInterpreter) -> str:
    return f"; that takes {tried.elsewhere}" if tried.elsewhere else ""


def _seen(tried: Trials) -> str:
    pythons = " and ".join(f"Python {trial.interpreter.version}" for trial in tried.trials)
    names = dict.fromkeys(one.module for trial in tried.trials for one in trial.imports)
    return f"{pythons}, imported: {', '.join(names) or 'no module'}"


def _failed(path: Path, served: Served | None, why: str, *, published: bool) -> ReleaseGatesError:
    if served is None:
        return StagedVerificationFailed(f"{path.name} {why}", remedy="Nothing was uploaded.")
    what = f"{path.name}, fetched back from {served.index}, {why}"
    if published:
        remedy = (
            "It is published. Look whether users meet the same; if they do, yank it there and "
            "release the next version (`.postN`)."
        )
        return PublishedUnfit(what, remedy=remedy)
    return StagedVerificationFailed(
        what,
        remedy="Nothing was uploaded to production. Mend it, or publish from a machine that can "
        "try it.",
    )
