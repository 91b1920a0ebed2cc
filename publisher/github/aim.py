"""The commit that a release's tag is on, or is going to be put on: always a full SHA."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.errors import Conflict, Refused
from release_tests.errors import CommandError
from release_tests.process import run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from publisher.github.history import History
    from publisher.github.model import Release

_FULL = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_SECONDS = 20.0
_FOR_GIT = frozenset({"HOME", "USERPROFILE", "PATH", "SYSTEMROOT", "XDG_CONFIG_HOME"})


@dataclass(frozen=True, slots=True)
class Aim:
    """A commit, whether the tag is on it already, and what somebody may want to know of that."""

    commit: str
    tagged: bool
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the commit follows from: ``target``, planned or the policy's, and ``checked_out``."""

    target: str | None
    checked_out: str | None


def checked_out(directory: Path | None, environ: Mapping[str, str]) -> str | None:
    """Return the full SHA that git has checked out in *directory*; None where it is no checkout."""
    if directory is None:
        return None
    kept = {name: value for name, value in environ.items() if name in _FOR_GIT}
    try:
        done = run(
            ["git", "-C", str(directory), "rev-parse", "--verify", "HEAD^{commit}"],
            deadline=_SECONDS,
            env=kept,
        )
    except CommandError:
        return None
    return done.stdout.strip()


def aim(tag: str, wish: Wish, draft: Release | None, history: History) -> Aim:
    """Return the commit of the release *tag*; *draft* is what an earlier run left of it.

    A tag that is there decides, then the policy, then what the draft was pinned to, then what is
    checked out. Raises Conflict when the tag is elsewhere than the policy says, Refused when the
    commit is not known, or not to GitHub.
    """
    there = history.commit_of(tag)
    if there is not None:
        _require_wished(tag, there, wish, history)
        return Aim(there, tagged=True, remark=_elsewhere(tag, there, wish))
    pinned = draft.target if draft is not None and _FULL.fullmatch(draft.target) else None
    if wish.target is not None:
        return Aim(_of_policy(wish.target, pinned, history), tagged=False)
    commit = pinned or wish.checked_out
    if commit is None:
        raise Refused(
            f"which commit {tag} is to be put on is not known: the policy lies in no git checkout",
            remedy="Push the tag, or say `target` in [tool.release-gates.github].",
        )
    return Aim(_known(commit, history), tagged=False)


def _require_wished(tag: str, there: str, wish: Wish, history: History) -> None:
    """Raise Conflict when the tag is on no commit that the policy allows."""
    if wish.target is None or wish.target == there:
        return
    if not _FULL.fullmatch(wish.target) and history.holds(wish.target, there):
        return
    raise Conflict(
        f"the tag {tag} is on the commit {there}, and was to be on {wish.target}, by `target` of "
        "the policy or by what this run planned",
        remedy="Mend `target`, or move the tag if nobody has it yet; else release the next "
        "version.",
    )


def _elsewhere(tag: str, there: str, wish: Wish) -> str:
    if wish.target is None and wish.checked_out not in (None, there):
        return f"the tag {tag} is on {there}; checked out is {wish.checked_out}"
    return ""


def _of_policy(target: str, pinned: str | None, history: History) -> str:
    """Return the commit of the policy's target; a branch's may have been pinned before."""
    commit = _known(target, history)
    if pinned in (None, commit) or _FULL.fullmatch(target):
        return commit
    return pinned if pinned and history.holds(target, pinned) else commit


def _known(name: str, history: History) -> str:
    commit = history.resolve(name)
    if commit is None:
        raise Refused(
            f"{history.asking.line.place} does not have {name}, which the tag is to be put on",
            remedy="Push it first, or say another `target` in [tool.release-gates.github].",
        )
    return commit
