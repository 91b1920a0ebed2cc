"""What reading a wheel to its last byte costs, against baselines measured in the same run.

    python -m tests.benchmarks.bench_archive --large FILE [--torch FILE] [--python PYTHON]

- the whole pass (framing, CRC-32, SHA-256 of every member and of the file, secrets, RECORD) over a
  large wheel, against the floor: the processor time to inflate and sum its members on one thread,
  over two processors, with the same library and in the same pieces; at most 1.3 times with isal,
  2.1 with the standard library;
- a wheel of one 90 MB member, forged on the spot, against inflating that member and nothing else:
  at most 1.2 times;
- a session of the gates archive and record, pytest's start included, against ``unzip -tqq``: at
  most 0.4; and against ``unzip -tqq``, ``python -m zipfile -t``, ``twine check``,
  ``check-wheel-contents`` and the validation of ``installer``, one after the other: an eighth;
- that session's peak memory, for the large wheel and for torch's: under 200 MB.

The session is run by --python, by default by the interpreter that runs this: another one shows
what people see who have not installed what the tests need, plugins of pytest among it.

A baseline and what is compared with it take turns, and the best run of each counts. Exits with 1
where a target was missed, with 2 where the machine had other things to do.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.large_member import SIZE
from tests.benchmarks.measure import Command, Measured, best, cores, disturbed, in_turns, slowed

_ROOT = Path(__file__).resolve().parents[2]
_HERE = Path(__file__).resolve().parent
_TOOLS = Path(sys.executable).parent
_MB = 1_000_000
_LIBRARIES = {"isal": 1.3, "zlib": 2.1}


def main() -> int:
    """Measure, print a line for each target, and return the exit code."""
    options = _options()
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(Path(name), options.python, options.repeats)
        for library, limit in _LIBRARIES.items():
            bench.whole_pass(options.large.resolve(), library, limit)
        bench.one_member(_forged(Path(name) / "forged"))
        bench.session(options.large.resolve())
        if options.torch:
            bench.memory(options.torch.resolve())
    return bench.verdict()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="what reading a wheel to its last byte costs")
    parser.add_argument("--large", type=Path, required=True, help="a wheel of about 130 MB")
    parser.add_argument("--torch", type=Path, help="torch's wheel for processors")
    parser.add_argument("--python", default=sys.executable, help="what runs the session")
    parser.add_argument("--repeats", type=int, default=5)
    return parser.parse_args()


class Bench:
    """Measures in one place, and remembers what was missed and what cannot be trusted."""

    def __init__(self, place: Path, python: str, repeats: int) -> None:
        """Run everything in *place*, the sessions with *python*."""
        self.place = place
        self.python = python
        self._repeats = repeats
        self._missed = False
        self._doubts: list[str] = []

    def whole_pass(self, wheel: Path, library: str, limit: float) -> None:
        """Compare reading and judging a wheel with the floor, both with one library."""
        print(f"\nthe whole pass over {wheel.name} with {library}")
        floors, reads = self.in_turns(
            _stage("floor", library, wheel), _stage("read", library, wheel)
        )
        floor = min(map(said, floors), key=lambda found: found["floor"])
        read = min(map(said, reads), key=lambda found: found["wall"])
        self.doubt_slow(floors)
        words = ", ".join(f"{name} {floor[name]:.3f}" for name in ("inflate", "crc", "sha256"))
        print(f"  floor {floor['floor']:.3f} s: half of {words}")
        print(f"  pass {read['wall']:.3f} s, processors {read['cpu']:.3f} s")
        self.target(f"pass / floor, {library}", read["wall"] / floor["floor"], limit)
        self.target("peak of the pass, MB", _peak(reads), 200)

    def one_member(self, wheel: Path) -> None:
        """Compare reading a wheel of one large member with inflating that member."""
        print(f"\none member of {SIZE // _MB} MB, deflated to {wheel.stat().st_size / _MB:.0f}")
        alones, reads = self.in_turns(_stage("alone", "isal", wheel), _stage("read", "isal", wheel))
        alone = min(said(run)["wall"] for run in alones)
        read = min(map(said, reads), key=lambda found: found["wall"])
        self.doubt_slow(alones)
        print(f"  inflate {alone:.3f} s; pass {read['wall']:.3f} s, processors {read['cpu']:.3f} s")
        self.target("pass / inflating the member", read["wall"] / alone, 1.2)

    def session(self, wheel: Path) -> None:
        """Compare a session of two gates with other tools, one by one and all in series."""
        print(f"\na session of archive and record over {wheel.name}, pytest's start included")
        tools = _tools(wheel, self.place)
        ours, *others = best(self._repeats, self._session(wheel), *tools.values())
        for name, found in zip(("the session", *tools), (ours, *others), strict=True):
            show(name, found)
        unzip = others[0]
        self.doubt_slow([unzip])
        series = sum(found.wall for found in others)
        self.target("session / unzip -tqq", ours.wall / unzip.wall, 0.4)
        self.target("session / all in series", ours.wall / series, 1 / 8)
        self.target("peak of the session, MB", ours.peak * 1.048576, 200)

    def memory(self, wheel: Path) -> None:
        """Measure what a session of two gates needs for a wheel."""
        print(f"\na session of archive and record over {wheel.name}")
        (found,) = best(1, self._session(wheel))
        show("the session", found)
        self.target("peak of the session, MB", found.peak * 1.048576, 200)

    def verdict(self) -> int:
        """Say whether anything follows, and return the exit code."""
        load = os.getloadavg()[0]
        print(f"\nload average {load:.1f}, {cores()} processors")
        if disturbed(load, cores() + 1):
            self._doubts.append("more was going on than this")
        for doubt in self._doubts:
            print(f"inconclusive: {doubt}")
        if self._doubts:
            return 2
        return 1 if self._missed else 0

    def in_turns(self, *commands: Command) -> list[list[Measured]]:
        """Run the commands as often as was asked for, and return all runs of each."""
        return in_turns(self._repeats, *commands)

    def _session(self, wheel: Path) -> Command:
        words = [self.python, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        words += ["-p", "release_tests.plugin", "--pyargs", "release_tests"]
        words += ["--wheel", str(wheel), "-k", "archive or record"]
        return Command(words, self.place, extra=_path())

    def target(self, name: str, found: float, limit: float) -> None:
        """Say whether a target was met, and remember where one was not."""
        missed = found > limit
        self._missed |= missed
        print(f"{'MISSED' if missed else 'ok':6}  {name}: {found:.3f} (at most {limit:g})")

    def doubt_slow(self, runs: list[Measured]) -> None:
        """Doubt all if even the best run of a program with one thread had to wait."""
        if all(map(slowed, runs)):
            self._doubts.append("a program of one thread had to wait for a processor")


def _stage(stage: str, library: str, wheel: Path) -> Command:
    words = [sys.executable, "-m", "tests.benchmarks.stages", stage, library, str(wheel)]
    return Command(words, _ROOT, extra=_path())


def _path() -> dict[str, str]:
    return {"PYTHONPATH": os.pathsep.join([str(_ROOT), os.environ.get("PYTHONPATH", "")])}


def said(run: Measured) -> dict[str, float]:
    """Return what a stage printed."""
    found: dict[str, float] = json.loads(run.output)
    return found


def _peak(runs: list[Measured]) -> float:
    """Return the greatest resident size in MB, as the target is stated."""
    return max(run.peak for run in runs) * 1.048576


def _tools(wheel: Path, place: Path) -> dict[str, Command]:
    """Return the other tools over the wheel; what one finds to say of it is no matter here."""
    python, validation = sys.executable, str(_HERE / "installer_validation.py")
    words = {
        "unzip -tqq": [_found("unzip"), "-tqq"],
        "python -m zipfile -t": [python, "-m", "zipfile", "-t"],
        "twine check": [_found("twine"), "check"],
        "check-wheel-contents": [_found("check-wheel-contents")],
        "installer's validation": [python, validation],
    }
    return {name: Command([*line, str(wheel)], place, None) for name, line in words.items()}


def _found(tool: str) -> str:
    path = shutil.which(tool, path=f"{_TOOLS}{os.pathsep}{os.environ.get('PATH', '')}")
    if path is None:
        raise SystemExit(f"{tool} is not installed, so there is nothing to compare with")
    return path


def show(name: str, found: Measured) -> None:
    """Print a line for a command."""
    print(
        f"  {name:24} {found.wall:6.3f} s, user {found.user:.3f}, system {found.system:.3f}, "
        f"{found.peak:.0f} MiB"
    )


def _forged(directory: Path) -> Path:
    """Forge a wheel of one large member, in a process of its own.

    What this process holds counts for the peaks of those that it starts.
    """
    best(1, Command([sys.executable, "-m", "tests.benchmarks.large_member", str(directory)], _ROOT))
    (wheel,) = directory.iterdir()
    return wheel


if __name__ == "__main__":
    sys.exit(main())
