"""The one draft of a release: found, created, and rid of its doubles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.errors import Conflict, OutcomeUnknown, Refused
from publisher.github.comparing import Picture, picture
from publisher.github.refusals import Gone, Taken
from publisher.github.releases import described
from release_tests.index.transport import PassingFault

if TYPE_CHECKING:
    from collections.abc import Iterable

    from publisher.github.bench import Bench
    from publisher.github.intent import Intent
    from publisher.github.model import Release

LATER = "Run the same command again: it asks GitHub what is there and goes on from that."
_CREATIONS = 3


def look(intent: Intent, bench: Bench) -> Picture:
    """Return the releases of the tag as GitHub lists them now."""
    return picture(bench.releases.of_tag(intent.tag), adopts=intent.adopts)


def created(intent: Intent, seen: Picture, bench: Bench) -> Release:
    """Create the draft; after a lost answer, find it or create another one."""
    _require_nobody_elses(seen)
    for _ in range(_CREATIONS):
        try:
            return bench.releases.create(intent.fields(draft=True))
        except Gone as error:
            raise Refused(error.what, remedy=error.remedy) from error
        except PassingFault as fault:
            bench.console.warning(f"{fault.what}; asking GitHub whether the draft was created")
        found = _appeared(intent, bench)
        if found is not None:
            return found
        bench.lost += 1
    raise OutcomeUnknown(f"whether a draft for {intent.tag} was created is not known", remedy=LATER)


def _appeared(intent: Intent, bench: Bench) -> Release | None:
    """Return the draft that a list shows sooner or later, None when it does not in time."""
    for wait in bench.patience.waits():
        seen = look(intent, bench)
        if seen.published is not None:
            raise Taken(f"{intent.tag} was published meanwhile")
        if seen.draft is not None:
            return seen.draft
        if not bench.patience.wait(wait, "the list of releases may lag"):
            break
    return None


def _require_nobody_elses(seen: Picture) -> None:
    """Raise Conflict where somebody else made drafts for the tag and none of them is taken."""
    if seen.strangers:
        raise Conflict(
            "somebody else made for this tag:\n"
            + "\n".join(f"  the {described(one)}" for one in seen.strangers),
            remedy="Delete it, or say `adopt-draft = true` in [tool.release-gates.github] to have "
            "it filled and published with its title and notes; only one can be.",
        )


def still(draft: Release, intent: Intent, bench: Bench) -> Release:
    """Return the draft as it is now, and delete its doubles; raise Taken when another one counts.

    A list that does not show it yet says nothing.
    """
    now = look(intent, bench)
    if now.published is not None:
        raise Taken(f"{intent.tag} was published meanwhile")
    if now.draft is not None and now.draft.id != draft.id:
        raise Taken(f"there is an older draft for {intent.tag}")
    sweep(now.spare, bench)
    return now.draft or draft


def sweep(spare: Iterable[Release], bench: Bench) -> None:
    """Delete drafts that are too many."""
    for draft in spare:
        bench.delete(draft)


def sweep_late(intent: Intent, bench: Bench) -> None:
    """Wait for drafts whose creation nobody saw, and delete those that appear."""
    for wait in bench.patience.waits():
        if bench.lost <= 0 or not bench.patience.wait(wait, "a second draft may still appear"):
            return
        spare = look(intent, bench).spare
        sweep(spare, bench)
        bench.lost -= len(spare)
