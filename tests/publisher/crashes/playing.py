"""One round: a release that is ended again and again, and gets to its end all the same."""

from __future__ import annotations

import signal
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from subprocess import TimeoutExpired
from typing import TYPE_CHECKING

from publisher.exits import ExitCode
from tests.publisher.crashes.moments import Length, Moment
from tests.publisher.crashes.records import hold_records, hold_tidy
from tests.publisher.crashes.release import Release
from tests.publisher.crashes.state import (
    hold_clean,
    hold_done,
    hold_ended_early,
    hold_nothing_wrong,
)
from tests.publisher.crashes.targets import Mishap
from tests.publisher.crashes.truth import DONE, hold_said, hold_status

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from tests.publisher.crashes.release import Ran

_MOST_RUNS = 40
_STATUS = 0.5
_VERIFIED_AGAIN = 0.2
_AT_WORK = "another publisher is at work on"

Lengths = tuple[Length, Length]
"""Of a first run that nobody ends, and of one that finds all there."""


@dataclass(frozen=True)
class Game:
    """How a round is played: so many kills at the most, with this signal, by *chance*.

    ``rivals``: two publishers are started each time.
    """

    variants: int
    chance: random.Random
    lengths: Lengths
    kills: int = 4
    number: int = signal.SIGKILL
    mishap: Mishap = field(default_factory=Mishap)
    rivals: bool = False


@dataclass
class Went:
    """How a round went: the moments, the codes, and how many claims were held against the truth."""

    moments: list[str] = field(default_factory=list)
    codes: list[int | None] = field(default_factory=list)
    lengths: list[Length] = field(default_factory=list)
    kills: int = 0
    claims: int = 0


class Wrong(AssertionError):
    """Something did not hold; ``log`` is what the last run said."""

    def __init__(self, why: str, log: str, went: Went) -> None:
        """Keep all of it."""
        super().__init__(why)
        self.log, self.went = log, went


def play(game: Game) -> Went:
    """Play one round; raise Wrong where something was not so."""
    with tempfile.TemporaryDirectory(prefix="crash-") as place:
        release = Release(Path(place), game.variants, game.mishap)
        with release.targets.running():
            release.begin()
            return _until_done(release, game)


def _until_done(release: Release, game: Game) -> Went:
    went, said = Went(), ""
    for turn in range(_MOST_RUNS):
        try:
            runs = _runs(release, game, turn, ends=went.kills < game.kills)
            said = "\n\n".join(ran.said for ran in runs)
            if _held(release, runs, game, went):
                return went
        except (AssertionError, TimeoutExpired) as error:
            raise Wrong(f"after run {turn + 1}: {error}", said, went) from error
    raise Wrong(f"not done after {_MOST_RUNS} runs", said, went)


def _runs(release: Release, game: Game, turn: int, *, ends: bool) -> list[Ran]:
    """Run one publisher, or two at once; each that *ends* is sent the signal at some moment."""
    moments = [_moment(game, turn) if ends else None for _ in range(1 + game.rivals)]
    with ThreadPoolExecutor() as pool:
        started = [
            pool.submit(release.run, moment, game.number, f"log-{number}")
            for number, moment in enumerate(moments)
        ]
        return [one.result() for one in started]


def _moment(game: Game, turn: int) -> Moment:
    drawn = Moment.drawn(game.chance, game.lengths[min(turn, 1)])
    # All that was started in the place would be the rival, too.
    return replace(drawn, wholly=drawn.wholly and not game.rivals)


def _held(release: Release, runs: Sequence[Ran], game: Game, went: Went) -> bool:
    """Hold all that must be so after these runs, which were at once; say whether it is over."""
    release.targets.look()
    hold_nothing_wrong(release.targets)
    struck = [ran for ran in runs if ran.struck]
    for ran in runs:
        went.codes.append(ran.code)
        went.lengths.append(ran.length)
        went.claims += hold_said(ran, release.targets)
    went.kills += len(struck)
    went.moments += [f"{ran.struck} -> {ran.code}" for ran in struck]
    went.claims += hold_records(release.place, release.targets, reported=not struck)
    for ran in struck:
        _hold_ended(release, ran, game.number)
    # Every other time: it takes as long as a third of a run.
    if struck and game.chance.random() < _STATUS:
        _hold_status(release)
    if struck and game.chance.random() < _VERIFIED_AGAIN:
        release.verify()
    working = [ran for ran in runs if ran not in struck and not _kept_out(ran, runs)]
    over = [_is_over(release, ran, game) for ran in working]
    return any(over)


def _kept_out(ran: Ran, runs: Sequence[Ran]) -> bool:
    """Whether a run did nothing since another one was at it."""
    return len(runs) > 1 and ran.code == ExitCode.REFUSED and _AT_WORK in ran.said


def _hold_status(release: Release) -> None:
    """Hold that status tells the truth of what there is now."""
    began = datetime.now(UTC)
    code, state = release.status()
    release.targets.look()
    hold_status(code, state, release.targets, began, datetime.now(UTC))


def _hold_ended(release: Release, ran: Ran, number: int) -> None:
    """Hold that a run that was asked to end did so, and left nothing; a killed one may."""
    if number == signal.SIGKILL:
        return
    codes = (ExitCode.INTERRUPTED, ExitCode.DONE, -number)
    assert ran.code in codes, f"ended with {ran.code}:\n{ran.said}"
    if ran.code == -number:  # before the publisher could take a signal
        assert "[INFO]" not in ran.said, ran.said
    if DONE in ran.said:
        assert ran.code == ExitCode.DONE, f"ended with {ran.code}, and said: {DONE}"
    if ran.code == ExitCode.INTERRUPTED:
        assert "interrupted" in ran.said
        hold_records(release.place, release.targets, reported=True)
    if "Nothing went out" in ran.said:
        came = release.targets.timeline.came(ran.began)
        assert not came, f"said that nothing went out, and {came}"
    hold_clean(release.place)
    hold_tidy(release.place)


def _is_over(release: Release, ran: Ran, game: Game) -> bool:
    """Whether the round is over, and rightly so; a run whose outcome is unknown goes on."""
    if ran.code == ExitCode.OUTCOME_UNKNOWN:
        return False
    assert ran.code == game.mishap.ends, f"ended with {ran.code}:\n{ran.said}"
    if ran.code == ExitCode.DONE:
        assert DONE in ran.said
        hold_done(release)
    else:
        hold_ended_early(release, game.mishap.ends)
    hold_tidy(release.place)
    return True


def measured(variants: int, chance: random.Random) -> tuple[Lengths, Went]:
    """Return how long a run is that nobody ends, and one that finds all there; hold both."""
    short = Length(1.0, 1, 1)
    game = Game(variants, chance, (short, short), kills=0)
    with tempfile.TemporaryDirectory(prefix="crash-") as place:
        release = Release(Path(place), variants, game.mishap)
        with release.targets.running():
            release.begin()
            first, again = _until_done(release, game), _until_done(release, game)
    return (first.lengths[-1], again.lengths[-1]), first
