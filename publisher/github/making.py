"""Makes one release be what it is to be, whatever is there already and whoever is at it too.

The draft first, the files next, publication last; each step looks at what GitHub has and does only
what lacks. Nothing is remembered: run again after any interruption it goes on from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.errors import Conflict, OutcomeUnknown, Refused
from publisher.github.comparing import Picture, picture
from publisher.github.filling import compared, fill
from publisher.github.notes import is_edited, is_ours
from publisher.github.refusals import Gone, Taken
from publisher.github.releases import described
from release_tests.index.transport import PassingFault

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from publisher.github.filling import Bench
    from publisher.github.intent import Intent
    from publisher.github.model import Asset, Release
    from release_tests.errors import ReleaseGatesError

_CREATIONS = 3
_LATER = "Run the same command again: it asks GitHub what is there and goes on from that."


@dataclass(frozen=True, slots=True)
class Made:
    """A release that is what it is to be; ``given`` are the names that this run attached.

    ``assets`` are what GitHub has of each file, by the file's name.
    """

    release: Release
    given: tuple[str, ...]
    assets: Mapping[str, Asset]
    remarks: tuple[str, ...] = ()


def make(intent: Intent, bench: Bench) -> Made:
    """Make the release, and return it when GitHub shows it with exactly these files.

    Raises Conflict when other bytes are in the place of these, Refused when GitHub does not allow
    it, OutcomeUnknown when nobody can say how it ended.
    """
    last: ReleaseGatesError | None = None
    for wait in (0.0, *bench.patience.waits()):
        if last is not None and not bench.patience.wait(wait, f"{last.what}; looking again"):
            break
        try:
            made = _round(intent, bench)
        except (Gone, Taken, PassingFault) as change:
            last = change
        else:
            _sweep_late(intent, bench)
            return made
    raise OutcomeUnknown(
        f"the release {intent.tag} did not come to an end: {last.what if last else ''}",
        remedy=_LATER,
    )


def look(intent: Intent, bench: Bench) -> Picture:
    """Return the releases of the tag as GitHub lists them now."""
    return picture(bench.releases.of_tag(intent.tag), adopts=intent.adopts)


def _round(intent: Intent, bench: Bench) -> Made:
    """Do all that lacks, once; raise Gone, Taken or PassingFault when it must be looked at anew."""
    seen = look(intent, bench)
    if seen.published is not None:
        given = fill(seen.published, intent, bench)
        return _made(seen.published, given, intent, bench)
    draft = seen.draft or _created(intent, seen, bench)
    given = fill(draft, intent, bench)
    draft = _still(draft, intent, bench)
    compared(draft, intent, bench)
    final = _final(draft, intent)
    if not intent.stays_draft or _differs(draft, final):
        draft = bench.releases.edit(draft, final)
    return _made(draft, given, intent, bench)


def _created(intent: Intent, seen: Picture, bench: Bench) -> Release:
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
    raise OutcomeUnknown(
        f"whether a draft for {intent.tag} was created is not known", remedy=_LATER
    )


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


def _still(draft: Release, intent: Intent, bench: Bench) -> Release:
    """Return the draft as it is now, and delete its doubles; raise Taken when another one counts.

    A list that does not show it yet says nothing.
    """
    now = look(intent, bench)
    if now.published is not None:
        raise Taken(f"{intent.tag} was published meanwhile")
    if now.draft is not None and now.draft.id != draft.id:
        raise Taken(f"there is an older draft for {intent.tag}")
    _sweep(now.spare, bench)
    return now.draft or draft


def _differs(draft: Release, fields: Mapping[str, object]) -> bool:
    """Whether a draft is told of otherwise than it is to be."""
    told = {
        "tag_name": draft.tag,
        "target_commitish": draft.target,
        "name": draft.title,
        "body": draft.body,
        "prerelease": draft.prerelease,
    }
    return any(fields[name] != value for name, value in told.items())


def _final(draft: Release, intent: Intent) -> dict[str, object]:
    """Return what the draft is to be in the end; words that somebody wrote or changed are kept."""
    fields = intent.fields(draft=intent.stays_draft)
    if not is_ours(draft.body) or is_edited(draft.body):
        fields |= {"name": draft.title, "body": draft.body}
    return fields


def _made(release: Release, given: tuple[str, ...], intent: Intent, bench: Bench) -> Made:
    """Return the release once GitHub shows it whole; raise Gone when it does not yet."""
    if not release.draft:
        _require_tag(intent, bench)
    seen = look(intent, bench)
    _sweep(seen.spare, bench)
    found = compared(release, intent, bench)
    lacking = [*found.absent, *(file for file, _ in found.cut)]
    if lacking:
        names = ", ".join(file.name for file in lacking)
        raise Gone(f"{intent.tag} does not show {names} yet")
    remarks = [f"{one.name} is there too, and none of ours" for one in found.strange]
    remarks += [f"there is also a {described(one)}, not ours" for one in seen.strangers]
    return Made(release, given, {file.name: one for file, one in found.same}, tuple(remarks))


def _require_tag(intent: Intent, bench: Bench) -> None:
    """Raise Conflict when a published release's tag is on another commit; Gone when nowhere."""
    commit = bench.history.commit_of(intent.tag)
    if commit is None:
        raise Gone(f"the tag {intent.tag} does not show yet")
    if commit != intent.commit:
        raise Conflict(
            f"the tag {intent.tag} is on {commit}, and the release was to be of {intent.commit}",
            remedy="Somebody made the tag meanwhile. Find out which commit the files are of.",
        )


def _sweep(spare: Iterable[Release], bench: Bench) -> None:
    for draft in spare:
        bench.console.info(f"deleting a second {described(draft)}")
        bench.releases.delete(draft)


def _sweep_late(intent: Intent, bench: Bench) -> None:
    """Wait for drafts whose creation nobody saw, and delete those that appear."""
    for wait in bench.patience.waits():
        if bench.lost <= 0 or not bench.patience.wait(wait, "a second draft may still appear"):
            return
        spare = look(intent, bench).spare
        _sweep(spare, bench)
        bench.lost -= len(spare)
