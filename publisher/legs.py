"""The legs of the road: to staging, back and tried; to production, back and tried."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from publisher import staged
from publisher.artifact import copy_of
from publisher.errors import Conflict, StagedVerificationFailed, of_all
from publisher.index.sharing import Sights
from publisher.index.waiting import fetch_back
from publisher.journal import Event, Kind, told
from publisher.plan import draw_up
from publisher.preflight import require_takable
from publisher.report import PLACES
from release_tests.crew import at_once
from release_tests.errors import DigestMismatch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from publisher.artifact import Artifact
    from publisher.desk import Desk
    from publisher.index.target import IndexTarget
    from publisher.order import Order
    from publisher.plan import Plan
    from publisher.report import Report
    from release_tests.index.served import Served

_T = TypeVar("_T")
_SDIST = ".tar.gz"


@dataclass(frozen=True, slots=True)
class Journey:
    """One run on the road: what is carried, where to, and what has become of it.

    ``staging`` is None where it is left out. ``cores`` keeps installations from outnumbering them.
    """

    plan: Plan
    report: Report
    order: Order
    desk: Desk
    production: IndexTarget
    staging: IndexTarget | None = None
    cores: threading.Semaphore = field(
        default_factory=lambda: threading.Semaphore(os.cpu_count() or 1)
    )

    def variants(self) -> list[list[Artifact]]:
        """Return the artifacts of each project, in their order."""
        grouped: dict[str, list[Artifact]] = {}
        for one in self.plan.artifacts:
            grouped.setdefault(one.project, []).append(one)
        return list(grouped.values())


def to_staging(journey: Journey) -> None:
    """Take every variant to staging, all at once, and try what comes back from there.

    Without staging the files on disk are tried. Raises the error of one variant, or one that
    speaks for all, when those that had begun have ended.
    """
    variants = journey.variants()
    _each(journey, partial(_variant_to_staging, journey), variants, len(variants))


def to_production(journey: Journey) -> None:
    """Upload what production lacks, fetch every file back, and install each variant once.

    Production is asked anew what it has: staging and the yes may have taken hours.
    """
    artifacts = journey.plan.artifacts
    _upload_missing(journey, journey.production, artifacts, _still_missing(journey))
    served: dict[str, Served] = {}
    sights = Sights()

    def back(artifact: Artifact) -> None:
        served[artifact.sha256] = _compared(journey, journey.production, artifact, sights)

    _each(journey, back, artifacts, journey.order.jobs)
    firsts = [_first_wheel(variant) for variant in journey.variants()]
    _each(
        journey,
        lambda one: _verify(journey, one, served[one.sha256], journey.production.name),
        firsts,
        len(firsts),
    )


def _variant_to_staging(journey: Journey, artifacts: Sequence[Artifact]) -> None:
    if journey.staging is not None:
        missing = journey.plan.missing(journey.staging)
        _upload_missing(journey, journey.staging, artifacts, missing)
    _each(journey, partial(_tried, journey, Sights()), artifacts, journey.order.jobs)


def _tried(journey: Journey, sights: Sights, artifact: Artifact) -> None:
    """Try the artifact as staging serves it, or without staging as it is."""
    if journey.staging is None:
        copy = copy_of(artifact, journey.desk.scratch / "untried")
        _install(journey, artifact, partial(staged.verify, artifact, copy, None), "disk")
        return
    served = _compared(journey, journey.staging, artifact, sights)
    _verify(journey, artifact, served, journey.staging.name)


def _each(journey: Journey, work: Callable[[_T], None], items: Sequence[_T], jobs: int) -> None:
    failures = at_once(work, items, jobs, journey.desk.halt)
    journey.desk.halt.check()
    if failures:
        raise of_all(failures)


def _first_wheel(variant: Sequence[Artifact]) -> Artifact:
    return next((one for one in variant if not one.name.endswith(_SDIST)), variant[0])


def _still_missing(journey: Journey) -> list[Artifact]:
    """Return what production lacked for the yes and lacks now; raise where it can be sent none."""
    planned, production = journey.plan, journey.production
    now = draw_up(planned.artifacts, (production,), journey.desk, journey.order.now)
    require_takable(now)
    missing = now.missing(production)
    return [one for one in planned.missing(production) if one in missing]


def _upload_missing(
    journey: Journey,
    target: IndexTarget,
    artifacts: Sequence[Artifact],
    missing_there: Sequence[Artifact],
) -> None:
    lacking = {one.sha256 for one in missing_there}
    for one in artifacts:
        if one.sha256 not in lacking:
            journey.desk.console.info(f"skipped {one.name}: {target} has the same bytes")
            journey.report.of(one).done[target.name] = "already there"
            because = {"because": "same bytes are there"}
            journey.desk.journal.note(Event(Kind.DECIDED, "skip", one.name, target.name, because))
    missing = [one for one in artifacts if one.sha256 in lacking]
    target.deliver(missing, journey.desk)
    for one in missing:
        journey.report.of(one).done[target.name] = "uploaded"


def _compared(journey: Journey, target: IndexTarget, artifact: Artifact, sights: Sights) -> Served:
    """Fetch the artifact back, and compare it with what was admitted."""
    try:
        served = fetch_back(target.place, artifact, journey.desk, sights)
    except DigestMismatch as error:
        if target is journey.staging:
            raise StagedVerificationFailed(error.what, remedy=error.remedy) from error
        raise Conflict(f"{target}: {error.what}", remedy=error.remedy) from error
    journey.desk.console.success(
        f"fetched {artifact.name} back from {target}: the same bytes, shown after "
        f"{served.waited:.0f} s"
    )
    story = journey.report.of(artifact)
    story.back[target.name] = served.waited
    story.digests[target.name] = artifact.sha256
    return served


def _verify(journey: Journey, artifact: Artifact, served: Served, place: str) -> None:
    published = place == journey.production.name
    verify = partial(staged.verify, artifact, served.place, served, published=published)
    _install(journey, artifact, verify, place)


def _install(
    journey: Journey, artifact: Artifact, verify: Callable[[Order, Desk], str], place: str
) -> None:
    """Have the artifact installed and imported, on no more than one core for each."""
    desk = journey.desk
    with journey.cores:
        desk.halt.check()
        desk.console.info(f"installing {artifact.name}, as {PLACES[place]}, in a clean environment")
        with told(desk.journal, "install", artifact.name, place):
            seen = verify(journey.order, desk)
    journey.report.of(artifact).installed[place] = seen
    desk.console.success(f"{artifact.name} from {place} installs and imports")
