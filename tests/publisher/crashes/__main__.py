"""Kills the publisher at random moments, and runs it again until it is done.

    python -m tests.publisher.crashes [--count N] [--variants N] [--seed N]
                                      [--faults none|each|pairs] [--part N/OF]
                                      [--signal KILL|TERM|INT] [--rivals]

Each round is the road of some small variants over two indexes that have PyPI's rules and a GitHub,
all on loopback in this process. The publisher is a real process, with real twine and uv. It is
ended at random moments, alone or with all that it started: half of them anywhere by time, the
others just before or after a request or a line of its journal. After every run all that it said, in
its log, its journal and its reports, is held against what the targets had by then, and so is the
answer of ``status``; no target may have anything but the right files, once each. In the end all of
them have exactly these.

With ``each`` every fault that can be rehearsed is played alone, once without a kill and once with
some; with ``pairs`` every two of them together. With ``--rivals`` two publishers are started each
time, of which one has to keep out.
"""

from __future__ import annotations

import argparse
import itertools
import random
import signal
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from publisher.mishaps.faults import FAULTS
from tests.publisher.crashes.playing import Game, Lengths, Went, Wrong, measured, play
from tests.publisher.crashes.release import NAMES
from tests.publisher.crashes.targets import INDEXES, Mishap

if TYPE_CHECKING:
    from collections.abc import Iterator

_KILLS, _KILLS_WITH_FAULTS = 8, 2
_LAGS = (0.0, 0.0, 2.0)
_WHERE = (INDEXES, INDEXES[:1], INDEXES[1:])


def main() -> int:
    """Play the rounds that are asked for, a line each; 1 where one did not hold."""
    options = _options()
    # A job in the background ignores it, and would hand that on to the publisher.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    lengths, _ = measured(options.variants, random.Random(0))  # noqa: S311 - no secret
    print(f"a run that nobody ends: {lengths[0]}; again: {lengths[1]}", flush=True)
    kills = claims = failed = 0
    for number, (name, mishap, most) in enumerate(_rounds(options), 1):
        seed = options.seed + number - 1
        game = Game(
            options.variants, random.Random(f"{seed}"), lengths,  # noqa: S311 - no secret
            kills=most, number=getattr(signal, f"SIG{options.signal}"), mishap=mishap,
            rivals=options.rivals,
        )  # fmt: skip
        began = time.monotonic()
        went, why = _played(game)
        if not (why or mishap.faults):
            lengths = _as_fast_as(lengths, went)
        failed += bool(why)
        kills, claims = kills + went.kills, claims + went.claims
        print(
            f"{time.strftime('%H:%M:%S')} round {number} (seed {seed}){name}: {why or 'held'}; "
            f"codes {went.codes}, {went.moments}, {time.monotonic() - began:.0f} s; "
            f"{kills} kills, {claims} claims, {failed} failed so far",
            flush=True,
        )
        if kills >= options.count and options.faults == "none":
            break
    print(f"{number} rounds, {kills} kills, {claims} claims, {failed} failed")
    return 1 if failed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="kill the publisher, and run it again")
    parser.add_argument("--count", type=int, default=200, help="kills, at least (default: 200)")
    parser.add_argument("--variants", type=int, default=len(NAMES), help="at most 5, the default")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", choices=("none", "each", "pairs"), default="none")
    parser.add_argument("--part", default="1/1", help="of the faults, as in 2/4: every fourth")
    parser.add_argument("--signal", choices=("KILL", "TERM", "INT"), default="KILL")
    parser.add_argument("--rivals", action="store_true", help="two publishers at once")
    return parser.parse_args()


def _rounds(options: argparse.Namespace) -> Iterator[tuple[str, Mishap, int]]:
    """Yield each round: its name, what goes wrong in it, and how many kills it has at most."""
    chance = random.Random(options.seed)  # noqa: S311 - no secret
    if options.faults == "none":
        while True:
            lag, immutable = chance.choice(_LAGS), chance.choice((False, True))
            title = f" lag {lag:.0f} s{', immutable' if immutable else ''}"
            yield title, Mishap(lag=lag, immutable=immutable), _KILLS
    every = itertools.combinations(FAULTS, 1 if options.faults == "each" else 2)
    first, step = map(int, options.part.split("/"))
    for names in itertools.islice(every, first - 1, None, step):
        faults, title = [FAULTS[name] for name in names], " + ".join(names)
        if options.faults == "each":
            yield f" {title}", Mishap(faults), 0
        where, kills = chance.choice(_WHERE), chance.randint(1, _KILLS_WITH_FAULTS)
        yield f" {title}, {' and '.join(where)}, killed", Mishap(faults, where), kills


def _as_fast_as(lengths: Lengths, went: Went) -> Lengths:
    """Return lengths with the seconds that a machine takes now, by the last run of a round."""
    before = lengths[min(len(went.lengths), 2) - 1]
    ratio = went.lengths[-1].seconds / before.seconds
    first, again = (replace(length, seconds=length.seconds * ratio) for length in lengths)
    return first, again


def _played(game: Game) -> tuple[Went, str]:
    """Play a round; return how it went, and why it did not hold, if so."""
    try:
        return play(game), ""
    except Wrong as wrong:
        print(wrong.log, file=sys.stderr, flush=True)
        return wrong.went, f"FAILED: {wrong}"


if __name__ == "__main__":
    sys.exit(main())
