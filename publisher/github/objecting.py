"""What GitHub would refuse, found out before anything is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.errors import Conflict, Refused
from publisher.github.intent import MOST_BYTES, MOST_FILES
from publisher.github.names import alike
from publisher.github.refusals import Gone
from publisher.objection import Objection, Weight
from release_tests.errors import IndexUnavailable, PolicyError, ReleaseGatesError
from release_tests.index.progress import size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from publisher.github.bench import Bench
    from publisher.github.grouping import Group
    from publisher.github.planning import Planned

_CONTENTS = (
    "It needs to write `contents` of the repository (in GitHub Actions `permissions: contents: "
    "write`)."
)
_FOUND_OUT = (Conflict, Refused, Gone, PolicyError, IndexUnavailable)


def objections(
    groups: Sequence[Group], bench: Bench, plan: Callable[[Group], Planned]
) -> Iterator[Objection]:
    """Yield what stands against these releases; *plan* finds out what one is going to be."""
    yield from _sizes(groups)
    yield from _wanting(lambda: _repository(bench))
    for group in groups:
        yield from _wanting(lambda group=group: _release(group, bench, plan))  # type: ignore[misc]


def _wanting(look: Callable[[], Iterator[Objection]]) -> Iterator[Objection]:
    """Yield what *look* yields, and what it raises as an objection."""
    try:
        yield from look()
    except _FOUND_OUT as error:
        yield _objection(error)


def _objection(error: ReleaseGatesError) -> Objection:
    weight = Weight.CONFLICT if isinstance(error, Conflict) else Weight.REFUSAL
    return Objection(weight, error.what, error.remedy)


def _repository(bench: Bench) -> Iterator[Objection]:
    """Yield why nothing at all can be released there."""
    found = bench.history.repository()
    where = bench.asking.line.place
    if found.archived:
        yield Objection(Weight.REFUSAL, f"{where} is archived", "Unarchive it at GitHub.")
    if found.name.lower() != where.repository.lower():
        yield Objection(Weight.WARNING, f"{where} is called {found.name} now; mend `repository`")
    if bench.history.immutable_releases():
        yield Objection(
            Weight.WARNING,
            f"{where}: releases are immutable, so what is published can never be changed",
        )


def _release(group: Group, bench: Bench, plan: Callable[[Group], Planned]) -> Iterator[Objection]:
    """Yield why this release cannot be made."""
    aim = plan(group).aim
    if aim.remark:
        yield Objection(Weight.WARNING, aim.remark)
    if not bench.history.may_write(group.tag, aim.commit):
        where = bench.asking.line.place
        yield Objection(Weight.REFUSAL, f"the token may make no release in {where}", _CONTENTS)


def _sizes(groups: Sequence[Group]) -> Iterator[Objection]:
    """Yield the files that GitHub takes in no release, or not together."""
    for group in groups:
        for one in group.artifacts:
            if not 0 < one.size <= MOST_BYTES:
                yield Objection(
                    Weight.REFUSAL,
                    f"{one.name} has {size(one.size)}; GitHub takes files of 1 byte to 2 GiB",
                    "Publish it without GitHub (--skip-github).",
                )
        for first, second in alike(one.name for one in group.artifacts):
            yield Objection(
                Weight.CONFLICT, f"{first} and {second} have one name at GitHub", "Rename one."
            )
        if len(group.artifacts) >= MOST_FILES:
            yield Objection(
                Weight.REFUSAL,
                f"{group.tag} would have {len(group.artifacts)} files, GitHub takes {MOST_FILES}",
                "Give each distribution a release of its own: {name} in `tag`.",
            )
