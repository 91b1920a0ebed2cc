"""Whether what a run said of the targets is true of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.publisher.crashes.targets import ATTACHED, INDEXES, PUBLISHED, TOKENS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tests.publisher.crashes.release import Ran
    from tests.publisher.crashes.targets import Targets

Claim = tuple[str, str, str]
"""What was said, and with it which place has which file."""

_AT = "(staging|production)"
_THERE = (
    rf"uploaded (\S+) to {_AT}",
    rf"(\S+) landed on {_AT}",
    rf"skipped (\S+): {_AT} \(\S+ has the same bytes",
    rf"fetched (\S+) back from {_AT}",
    rf"(\S+\.whl) from {_AT} installs and imports",
)
_ATTACHED = re.compile(r"attached (\S+) to (\S+): the same bytes")
_PUBLISHED = re.compile(r"the release (\S+) is published, with these bytes")
_DIGITS = 12
DONE = "published: every target has exactly these bytes"


def claimed(said: str, targets: Targets) -> Iterator[Claim]:
    """Yield everything that the log of a run says to be somewhere."""
    for pattern in _THERE:
        for match in re.finditer(pattern, said):
            yield match[0], match[2], match[1]
    for match in _ATTACHED.finditer(said):
        if match[1] in targets.expected:
            yield match[0], f"{ATTACHED} {match[2]}", match[1]
    for match in _PUBLISHED.finditer(said):
        yield from ((match[0], f"{PUBLISHED} {match[1]}", name) for name in _of(match[1], targets))
    if DONE in said:
        yield from ((DONE, place, name) for place, name in everything(targets))


def everything(targets: Targets) -> Iterator[tuple[str, str]]:
    """Yield every place with every file that it is to have in the end."""
    for name, tag in targets.tags.items():
        yield from ((role, name) for role in INDEXES)
        yield f"{PUBLISHED} {tag}", name


def _of(tag: str, targets: Targets) -> list[str]:
    return [name for name, its in targets.tags.items() if its == tag]


def place_of(role: str, name: str, targets: Targets) -> str:
    """Return where a file is for everybody to see."""
    return role if role in INDEXES else f"{PUBLISHED} {targets.tags[name]}"


def hold_said(ran: Ran, targets: Targets) -> int:
    """Hold that what a run said is true; return how many claims there were."""
    claims = list(claimed(ran.said, targets))
    for words, place, name in claims:
        assert targets.timeline.had(place, name, ran.over), f"{words!r}, but {place}: no {name}"
    planned = list(_planned(ran.said, targets))
    for role, name, standing in planned:
        hold_standing(role, name, standing, targets, began=ran.began, over=ran.over)
    digests = list(_digests(ran.said))
    for place, digest in digests:
        known = {it[:_DIGITS] for it in targets.expected.values()}
        assert digest in known, f"the digest {digest} on {place} is none of ours"
    for token in TOKENS.values():
        assert token not in ran.said, "a token was shown"
    return len(claims) + len(planned) + len(digests)


def hold_standing(
    role: str, name: str, standing: str, targets: Targets, *, began: datetime, over: datetime
) -> None:
    """Hold that a file stood so on a target at some time between the two."""
    place, what = place_of(role, name, targets), f"{name} on {role} was said to be {standing!r}"
    had = targets.timeline.had
    if standing == "same bytes":
        assert had(place, name, over), f"{what}, and is not there"
    elif standing == "absent":
        before = began - 2 * targets.mishap.lag_of(role)
        assert not had(place, name, before), f"{what}, and was there"
    else:
        assert standing == "unknown", what


def hold_status(
    code: int, state: dict[str, Any], targets: Targets, began: datetime, over: datetime
) -> None:
    """Hold that the answer of ``status`` is true."""
    standings = [
        (role, artifact["name"], found["standing"])
        for variant in state["variants"]
        for artifact in variant["artifacts"]
        for role, found in artifact["targets"].items()
    ]
    assert len(standings) == 3 * len(targets.expected), f"status left something out: {state}"
    for role, name, standing in standings:
        hold_standing(role, name, standing, targets, began=began, over=over)
    complete = all(standing == "same bytes" for _, _, standing in standings)
    assert state["complete"] is complete, state
    assert code == (0 if complete else 1), f"status ended with {code}: {state}"


def _planned(said: str, targets: Targets) -> Iterator[tuple[str, str, str]]:
    """Yield target, file and standing of each line of the plan."""
    name = ""
    for line in said.partition("\nPlan\n")[2].splitlines():
        words = line.strip()
        if (first := words.partition(" ")[0]) in targets.expected:
            name = first
        elif match := re.fullmatch(r"(\w+) \(\S+\): ([a-z ]+) -> .*", words):
            yield match[1], name, match[2]
        elif words.startswith("On the evidence"):
            return


def _digests(said: str) -> Iterator[tuple[str, str]]:
    """Yield target and digest of each of the lines at the end."""
    for line in re.findall(r"^  digests +(.*)$", said, re.MULTILINE):
        yield from (tuple(pair.split(" ")) for pair in line.split("  "))
