"""Makes one release be what it is to be, whatever is there already and whoever is at it too.

The draft first, the files next, publication last; each step looks at what GitHub has and does only
what lacks. Nothing is remembered: run again after any interruption it goes on from there.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.errors import Conflict, OutcomeUnknown
from publisher.github import drafting
from publisher.github.filling import compared, fill
from publisher.github.notes import is_edited, is_ours
from publisher.github.refusals import Gone, Taken
from publisher.github.releases import described
from release_tests.index.transport import PassingFault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from publisher.github.bench import Bench
    from publisher.github.comparing import Comparison
    from publisher.github.intent import Intent
    from publisher.github.model import Asset, Release
    from release_tests.errors import ReleaseGatesError


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
            drafting.sweep_late(intent, bench)
            return made
    raise OutcomeUnknown(
        f"the release {intent.tag} did not come to an end: {last.what if last else ''}",
        remedy=drafting.LATER,
    )


def _round(intent: Intent, bench: Bench) -> Made:
    """Do all that lacks, once; raise Gone, Taken or PassingFault when it must be looked at anew."""
    seen = drafting.look(intent, bench)
    if seen.published is not None:
        given = fill(seen.published, intent, bench)
        return _made(seen.published, given, intent, bench)
    draft = seen.draft or drafting.created(intent, seen, bench)
    given = fill(draft, intent, bench)
    draft = drafting.still(draft, intent, bench)
    _whole(draft, intent, bench)
    final = worded(intent, draft).fields(draft=intent.stays_draft)
    if not intent.stays_draft or _differs(draft, final):
        draft = bench.releases.edit(draft, final)
    return _made(draft, given, intent, bench)


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


def worded(intent: Intent, draft: Release) -> Intent:
    """Return what the draft is to be in the end; words that somebody wrote or changed are kept."""
    if is_ours(draft.body) and not is_edited(draft.body):
        return intent
    return dataclasses.replace(intent, title=draft.title, body=draft.body)


def _made(release: Release, given: tuple[str, ...], intent: Intent, bench: Bench) -> Made:
    """Return the release once GitHub shows it whole; raise Gone when it does not yet."""
    if not release.draft:
        _require_tag(intent, bench)
    seen = drafting.look(intent, bench)
    drafting.sweep(seen.spare, bench)
    found = _whole(release, intent, bench)
    remarks = [f"{one.name} is there too, and none of ours" for one in found.strange]
    remarks += [f"there is also a {described(one)}, not ours" for one in seen.strangers]
    return Made(release, given, {file.name: one for file, one in found.same}, tuple(remarks))


def _whole(release: Release, intent: Intent, bench: Bench) -> Comparison:
    """Return what the release has; raise Gone when GitHub does not show every file of it."""
    found = compared(release, intent, bench)
    lacking = [*found.absent, *(file for file, _ in found.cut)]
    if lacking:
        names = ", ".join(file.name for file in lacking)
        raise Gone(f"{intent.tag} does not show {names} yet")
    return found


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
