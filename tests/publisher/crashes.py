"""Kills the publisher at random moments, and runs it again until it is done.

    python -m tests.publisher.crashes [--count N] [--variants N] [--seed N] [--faults]

Each round is the road of some small variants over two indexes that have PyPI's rules, as processes
of their own on loopback's side: the publisher is a real process, ended by SIGKILL after a random
time, again and again, until a run ends by itself with 0. After every run it is held that no index
has anything but the right files, each stored once, and that no run said a false thing.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.exits import ExitCode
from release_tests import policy
from release_tests.archive.digest import sha256_of
from release_tests.process import started_process
from tests.forge import Wheel
from tests.index.wire import Answer
from tests.publisher.pypi import LOST, Fault, Pypi, running
from tests.publisher.scene import evidence_of

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
TOKENS = {"staging": "pypi-AgEstaging-secret", "production": "pypi-AgEproduction-secret"}
_LATENCY = 0.02
_MOST_RUNS = 60
_DEADLINE = 120.0
_UPLOADED = re.compile(r"\[SUCCESS\] uploaded (\S+) to (staging|production)")
_FETCHED = re.compile(r"\[SUCCESS\] fetched (\S+) back from (staging|production)")
_FAULTS = (
    Fault(Answer(500)),
    Fault(Answer(500), stored=True),
    Fault(LOST),
    Fault(LOST, stored=True),
    Fault(Answer(429, headers={"Retry-After": "1"})),
)


class Round:
    """One release on its way: its project's directory, its files, and the two indexes."""

    def __init__(
        self, place: Path, variants: int, indexes: dict[str, Pypi], urls: dict[str, str]
    ) -> None:
        """Forge the wheels, write the policy, and leave evidence that they passed."""
        self.place, self.indexes = place, indexes
        names = [f"demo_v{number}" for number in range(variants)]
        self.paths = [Wheel(name=name).write(place / "dist") for name in names]
        self.expected = {path.name: sha256_of(path) for path in self.paths}
        (place / "pyproject.toml").write_text(_policy(urls))
        fingerprint = policy.load(place / "pyproject.toml").policy.fingerprint()
        evidence_of(self.paths, place / "release-evidence", fingerprint)
        (place / "tmp").mkdir()
        self.environ = {name: os.environ[name] for name in os.environ if "TOKEN" not in name}
        self.environ |= {"PYTHONPATH": str(ROOT), "HOME": str(place), "TMPDIR": str(place / "tmp")}
        self.environ |= {f"CRASH_{role.upper()}": token for role, token in TOKENS.items()}

    def run(self, killed_after: float | None) -> tuple[int | None, str]:
        """Run the publisher; return its exit code, None where it was killed, and what it said."""
        log = self.place / "log"
        command = [sys.executable, "-m", "publisher", "--yes"]
        with (
            log.open("wb") as out,
            started_process(
                command, env=self.environ, cwd=self.place, stdout=out, stderr=subprocess.STDOUT
            ) as process,
        ):
            code: int | None = None
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = process.wait(_DEADLINE if killed_after is None else killed_after)
            if code is None:
                process.kill()
                process.wait()
        return code, log.read_text()

    def hold(self, said: str) -> None:
        """Hold that the indexes have right files only, once each, and that *said* is true."""
        for role, index in self.indexes.items():
            held = index.held()
            assert held.items() <= self.expected.items(), f"{role} has other files: {held}"
            assert len(index.files) == len(held), f"{role} has a file twice"
        for pattern in (_UPLOADED, _FETCHED):
            for name, role in pattern.findall(said):
                assert name in self.indexes[role].held(), f"said to be there, and is not: {name}"
        if self.indexes["production"].files:
            missing = self.expected.keys() - self.indexes["staging"].held().keys()
            assert not missing, f"production has files before staging has {missing}"
        assert not any(token in said for token in TOKENS.values()), "a token was shown"

    def hold_done(self, said: str) -> None:
        """Hold that everything is where it should be, and that nothing is left lying about."""
        assert "every target has exactly these bytes" in said
        for role, index in self.indexes.items():
            assert index.held() == self.expected, f"{role} is not complete"
        left = [path.name for path in (self.place / "tmp").iterdir()]
        assert not [name for name in left if name.startswith("release-gates-")], left


def _policy(urls: dict[str, str]) -> str:
    """Return a policy with both indexes, and trials that cost as little as they can."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    lines = ["[tool.release-gates.install]", 'installer = "uv"', f'pythons = ["{version}"]']
    for role, url in urls.items():
        lines += [
            f"[tool.release-gates.indexes.{role}]",
            f'upload-url = "{url}/legacy/"',
            f'simple-url = "{url}/simple/"',
            f'token-env = "CRASH_{role.upper()}"',
            "deadline = 30",
        ]
    return "\n".join(lines)


def play(variants: int, chance: random.Random, *, faults: bool) -> dict[str, object]:
    """Play one round, and return how it went; raise AssertionError where something was not so."""
    with contextlib.ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="crash-")))
        indexes = {role: Pypi(token, latency=_LATENCY) for role, token in TOKENS.items()}
        urls = {role: stack.enter_context(running(it)).url for role, it in indexes.items()}
        if faults:
            for index in indexes.values():
                index.faults = chance.sample(_FAULTS, 2)
        game = Round(place, variants, indexes, urls)
        return dict(_until_done(game, chance))


def _until_done(game: Round, chance: random.Random) -> Iterator[tuple[str, object]]:
    """Kill and run again; a run that may go on to its end comes after three that were killed."""
    kills: list[float] = []
    for number in range(_MOST_RUNS):
        limit = None if number and number % 3 == 0 else chance.uniform(0.3, 12.0)
        began = time.monotonic()
        code, said = game.run(limit)
        game.hold(said)
        if code == ExitCode.DONE:
            game.hold_done(said)
            yield "kills", kills
            yield "uploads", {role: index.uploads for role, index in game.indexes.items()}
            return
        assert code in (None, ExitCode.OUTCOME_UNKNOWN), f"ended with {code}:\n{said}"
        kills.append(round(time.monotonic() - began, 2))
    raise AssertionError(f"not done after {_MOST_RUNS} runs")


def main() -> int:
    """Play as many rounds as are asked for, a line each; 1 where one did not hold."""
    parser = argparse.ArgumentParser(description="kill the publisher, and run it again")
    parser.add_argument("--count", type=int, default=200, help="kills, at least (default: 200)")
    parser.add_argument("--variants", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", action="store_true", help="with two faults on each index")
    options = parser.parse_args()
    killed, number, failed = 0, 0, 0
    while killed < options.count:
        chance = random.Random(options.seed + number)  # noqa: S311 - moments, no secrets
        number += 1
        try:
            went = play(options.variants, chance, faults=options.faults)
        except AssertionError as error:
            print(f"round {number} (seed {options.seed + number - 1}) FAILED: {error}", flush=True)
            failed += 1
            killed += 1
            continue
        kills = went["kills"]
        killed += len(kills) if isinstance(kills, list) else 0
        print(f"round {number}: {json.dumps(went)}; {killed} kills so far", flush=True)
    print(f"{number} rounds, {killed} kills, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
