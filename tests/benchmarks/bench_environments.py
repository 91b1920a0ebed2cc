"""What a trial in a clean environment costs, against the bare commands, in the same run.

    python -m tests.benchmarks.bench_environments [--repeats N]

- uv, with a warm cache: environment, installation and import of a small pure wheel, less what
  `uv venv`, `uv pip install` and a bare `python -c import` take: at most 0.15 s of our own;
- pip: the same over a bare `virtualenv` and `pip install`: at most 1.2 times them;
- pip, with dependencies: the same for a wheel that requires four others of an index on loopback,
  which lets both keep what it serves; fetched as the first trial of a run fetches;
- the whole gate `install`, which also compares, and uninstalls, is shown beside them;
- five small wheels, each put to the gate `install` on the Pythons that it is tried on here (the
  lowest and the highest), with pip and with uv: a session that tries as many at once as there are
  processors takes at most 0.6 of the time that it takes one after the other (`--at-once 1`). What
  two workers take (`-n 2`) is shown beside it. With `--release DIRECTORY` the same is shown for the
  wheels in it, which are bound by the disk where they are large. Plugins of pytest that happen to
  be installed here stay out.

What is compared takes turns; the best run of each counts, and the time of the processors, which
others on the machine disturb less, is shown too. Exits with 1 where a target was missed, with 2
where the machine had more to do than it has processors.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from release_tests.archive.reader import read_wheel
from release_tests.gates.trying import plan_for
from release_tests.policy import PIP, UV, InstallPolicy, Policy
from release_tests.process import run
from release_tests.sandbox.interpreter import running
from release_tests.sandbox.plan import Plan
from release_tests.sandbox.trial import perform
from release_tests.sandbox.uv import find_uv
from tests.benchmarks.measure import Command, best, cores, disturbed
from tests.forge import Wheel, package
from tests.index.cached import Cached, requiring
from tests.index.wire import serving

if TYPE_CHECKING:
    from collections.abc import Callable

_ROOT = Path(__file__).resolve().parents[2]
_VARIANTS = 5
_DEPENDENCIES = ("one", "two", "three", "four")


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds on the clock, and of the processors, children included."""

    wall: float
    processor: float


def main() -> int:
    """Measure, print a line for each target, and return the exit code."""
    parser = argparse.ArgumentParser(description="what a trial in a clean environment costs")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--release", type=Path, help="real wheels, to be tried side by side too")
    asked = parser.parse_args()
    repeats = asked.repeats
    os.environ |= {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1"}
    loads = [os.getloadavg()[0]]
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        missed = [
            _uv(place, repeats),
            _pip(place, repeats),
            _dependencies(place, repeats),
            *_five(place, max(1, repeats // 2)),
        ]
        if asked.release:
            _release(asked.release.resolve(), place)
        loads.append(os.getloadavg()[0])
    print(f"load average {max(loads):.1f}, {cores()} processors")
    if disturbed(max(loads), cores()):
        print("inconclusive: the machine had more to do than it has processors")
        return 2
    return 1 if any(missed) else 0


def _uv(place: Path, repeats: int) -> bool:
    plan = _plan(place, UV)
    ours, whole, bare = _in_turn(
        repeats, partial(_try, _short(plan)), partial(_try, plan), partial(_bare_uv, plan, place)
    )
    _shown("uv, bare commands", bare)
    _shown("uv, environment, installation and import", ours)
    _shown("uv, the whole gate install", whole)
    print(f"        of the processors: {ours.processor - bare.processor:.3f} s of our own")
    return _target("uv, of our own, s", ours.wall - bare.wall, 0.15)


def _pip(place: Path, repeats: int) -> bool:
    plan = _plan(place, PIP)
    ours, whole, bare = _in_turn(
        repeats, partial(_try, _short(plan)), partial(_try, plan), partial(_bare_pip, plan, place)
    )
    _shown("pip, bare virtualenv and pip install", bare)
    _shown("pip, environment, installation and import", ours)
    _shown("pip, the whole gate install", whole)
    print(
        f"        of the processors: {ours.processor / bare.processor:.2f} times the bare commands"
    )
    return _target("pip / the bare commands", ours.wall / bare.wall, 1.2)


def _dependencies(place: Path, repeats: int) -> bool:
    with serving(Cached(_served(place / "served"))) as wire:
        url = f"{wire.url}/simple/"
        host = urlsplit(url).netloc
        environ = {"PIP_INDEX_URL": url, "PIP_TRUSTED_HOST": host, "PIP_NO_INDEX": "0"}
        os.environ |= environ | {"PIP_CACHE_DIR": str(place / "cache")}
        plan = _plan(place / "dependent", PIP, requiring(",".join(_DEPENDENCIES), "demo"))
        ours, bare = _in_turn(
            repeats, partial(_first, _short(plan), place), partial(_bare_pip, plan, place)
        )
    os.environ["PIP_NO_INDEX"] = "1"
    _shown("pip with dependencies, bare virtualenv and pip install", bare)
    _shown("pip with dependencies, environment, installation and import", ours)
    print(
        f"        of the processors: {ours.processor / bare.processor:.2f} times the bare commands"
    )
    return _target("pip with dependencies / the bare commands", ours.wall / bare.wall, 1.2)


def _served(directory: Path) -> Path:
    for name in _DEPENDENCIES:
        Wheel(name=name, files=package(name)).write(directory)
    return directory


def _first(plan: Plan, place: Path) -> None:
    """Try as the first trial of a run does, for which nothing has been fetched yet."""
    with tempfile.TemporaryDirectory(dir=place) as name:
        _try(plan, Path(name))


def _five(place: Path, repeats: int) -> list[bool]:
    directory = place / "variants"
    for at in range(_VARIANTS):
        name = f"demo{at}"
        Wheel(name=name, files=package(name)).write(directory / "dist")
    ratios = {kind: _at_once(directory, repeats, "--installer", kind) for kind in (PIP, UV)}
    words = "five wheels at once / one after the other"
    return [_target(f"{words}, {kind}", ratio, 0.6) for kind, ratio in ratios.items()]


def _release(wheels: Path, place: Path) -> None:
    """Show the same for a real release; findings are what they are, and cost the same."""
    for installer in (PIP, UV):
        asked = ("--wheel-dir", str(wheels), "--installer", installer)
        print(f"{wheels.name}, {installer}: {_at_once(place, 1, *asked):.3f}")


def _at_once(directory: Path, repeats: int, *words: str) -> float:
    """Return which part of the time of one after the other several at once take."""
    ways = {"one after the other": ("--at-once", "1"), "at once": (), "two workers": ("-n", "2")}
    sessions = [_session(directory, *words, *more) for more in ways.values()]
    runs = best(repeats, *sessions)
    for name, run_ in zip(ways, runs, strict=True):
        print(f"        {name}: {run_.wall:.2f} s, processors {run_.processor:.2f} s")
    one, several, _ = runs
    return several.wall / one.wall


def _plan(place: Path, installer: str, wheel: Wheel | None = None) -> Plan:
    policy = Policy(install=InstallPolicy(installer=installer, pythons=(running().minor,)))
    plan = plan_for(read_wheel((wheel or Wheel()).write(place)), policy)
    if not isinstance(plan, Plan):
        raise SystemExit(plan.reason)
    return plan


def _short(plan: Plan) -> Plan:
    """Return the plan without what only the gate ``install`` looks at."""
    return dataclasses.replace(plan, members=(), removal=False)


def _try(plan: Plan, shared: Path | None = None) -> None:
    trial = perform(plan, plan.choice.interpreters[0], shared=shared)
    if not trial.usable or len(trial.imports) != len(plan.modules):
        raise SystemExit(f"the trial did not end well, so it measures nothing: {trial}")


def _bare_uv(plan: Plan, place: Path) -> None:
    uv, python = find_uv(), sys.executable
    with tempfile.TemporaryDirectory(dir=place) as name:
        prefix = str(Path(name) / "env")
        _do(uv, "venv", "-q", "--no-project", "--python", python, prefix)
        words = ("--no-index", "--link-mode", "copy", "--python", prefix, str(plan.path))
        _do(uv, "pip", "install", "-q", *words)
        _do(f"{prefix}/bin/python", "-I", "-B", "-c", "import demo")


def _bare_pip(plan: Plan, place: Path) -> None:
    with tempfile.TemporaryDirectory(dir=place) as name:
        prefix = str(Path(name) / "env")
        _do(sys.executable, "-m", "virtualenv", "-q", "--no-download", prefix)
        _do(f"{prefix}/bin/python", "-m", "pip", "install", "-q", str(plan.path))


def _do(*words: str | Path) -> None:
    run(words, deadline=120, env=os.environ)


def _in_turn(repeats: int, *subjects: Callable[[], None]) -> list[Cost]:
    """Return the best of each; one round before that fills the caches."""
    for subject in subjects:
        subject()
    rounds = [[_once(subject) for subject in subjects] for _ in range(repeats)]
    each = list(zip(*rounds, strict=True))
    return [
        Cost(min(one.wall for one in runs), min(one.processor for one in runs)) for runs in each
    ]


def _once(subject: Callable[[], None]) -> Cost:
    began, before = time.perf_counter(), sum(os.times()[:4])
    subject()
    return Cost(time.perf_counter() - began, sum(os.times()[:4]) - before)


def _session(directory: Path, *words: str) -> Command:
    plain = ("-q", "-p", "no:cacheprovider", "-p", "xdist.plugin", "-p", "release_tests.plugin")
    asked = ("--pyargs", "release_tests", "-m", "install")
    path = os.pathsep.join([str(_ROOT), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "pytest", *plain, *asked, *words]
    expected = None if "--wheel-dir" in words else 0
    extra = {"PYTHONPATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return Command(command, directory, expected, extra)


def _shown(name: str, cost: Cost) -> None:
    print(f"{name}: {cost.wall:.3f} s, processors {cost.processor:.3f} s")


def _target(name: str, found: float, limit: float) -> bool:
    missed = found > limit
    print(f"{'MISSED' if missed else 'ok':6}  {name}: {found:.3f} (at most {limit:g})")
    return missed


if __name__ == "__main__":
    sys.exit(main())
