"""What looking at instructions costs, against baselines measured in the same run.

    python -m tests.benchmarks.bench_code WHEEL… [--large FILE] [--tools DIRECTORY]

- the scan of all code of the wheels, against the pass over the same wheels without it: half;
- on one core: searching for candidates 1500 MB/s, and passing over plain code, which is done
  instead, as much; decoding 35 MB/s;
- the scan of the largest module, against ``objdump -d | grep``: an eighth;
- a session of all gates that run no code over the wheels, pytest's start included, against
  ``twine check``, ``check-wheel-contents``, ``auditwheel show``, ``abi3audit``, ``pydistcheck`` and
  ``unzip -tqq``, one after the other over the same wheels: a twentieth; beside it the floor, as
  ``bench_archive`` has it, to inflate and sum the members of these wheels on two processors;
- the memory of the whole reading of --large, its processes together: 300 MB.

--tools is the directory of the other tools, --python what runs the session. A baseline and what is
compared with it take turns, and the best run of each counts. Exits with 1 where a target was
missed, with 2 where the machine had other things to do.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

from tests.benchmarks.bench_archive import Bench, said, show
from tests.benchmarks.measure import Command, best

_ROOT = Path(__file__).resolve().parents[2]
_MB = 1_000_000
_TOOLS = {
    "twine check": ("twine", "check"),
    "check-wheel-contents": ("check-wheel-contents",),
    "auditwheel show": ("auditwheel", "show"),
    "abi3audit": ("abi3audit",),
    "pydistcheck": ("pydistcheck",),
    "unzip -tqq": ("unzip", "-tqq"),
}


def main() -> int:
    """Measure, print a line for each target, and return the exit code."""
    options = _options()
    wheels = [wheel.resolve() for wheel in options.wheels]
    with tempfile.TemporaryDirectory() as name:
        bench = CodeBench(Path(name), options.python, options.repeats)
        bench.scan(wheels)
        bench.rates(wheels)
        bench.disassembly(wheels)
        if options.large:
            bench.footprint(options.large.resolve())
        if options.tools:
            bench.gates(wheels, options.tools)
    return bench.verdict()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="what looking at instructions costs")
    parser.add_argument("wheels", type=Path, nargs="+", help="the variants of a release")
    parser.add_argument("--large", type=Path, help="a wheel whose code takes memory")
    parser.add_argument("--tools", type=Path, help="where the other tools are installed")
    parser.add_argument("--python", default=sys.executable, help="what runs the session")
    parser.add_argument("--repeats", type=int, default=3)
    return parser.parse_args()


class CodeBench(Bench):
    """Measures the scan of instructions, and all gates that need no trial."""

    def scan(self, wheels: list[Path]) -> None:
        """Compare looking at code with everything else that is read."""
        print(f"\nthe code of {len(wheels)} wheels")
        runs = self.in_turns(*(_stage(stage, wheels) for stage in ("members", "binaries", "code")))
        members, binaries, code = (min(said(run)["wall"] for run in one) for one in runs)
        size = said(runs[2][0])["size"] / _MB
        print(f"  pass {members:.3f} s, with compiled members {binaries:.3f} s, with their")
        print(f"  instructions {code:.3f} s: {size:.0f} MB of code")
        if code < binaries:
            self._doubts.append("reading took longer without instructions than with them")
        self.target("scan / pass", (code - binaries) / members, 0.5)

    def rates(self, wheels: list[Path]) -> None:
        """Measure each way to look at code alone, on one core."""
        print("\non one core, over the code of the wheel that has the most")
        (runs,) = self.in_turns(_stage("rates", [_largest(wheels)]))
        self.doubt_slow(runs)
        found = {name: max(said(run)[name] for run in runs) for name in said(runs[0])}
        self.rate("searching for candidates", found["candidates"], 1500)
        print(f"        {found['held']:.0%} of the code lies in functions that hold one")
        self.rate("passing over plain code", found["plain"], 1500)
        self.rate("decoding and counting", found["exact"], 35)
        print(f"        the decoder alone, called from Python, {found['decoder']:.1f} MB/s")

    def rate(self, name: str, found: float, least: float) -> None:
        """Say whether so many MB/s were met, and remember where not."""
        missed = found < least
        self._missed |= missed
        print(f"{'MISSED' if missed else 'ok':6}  {name}: {found:.1f} MB/s (at least {least:g})")

    def disassembly(self, wheels: list[Path]) -> None:
        """Compare the scan of one module with the usual way to look at code."""
        wheel = _largest(wheels)
        module = _extracted(wheel, self.place)
        print(f"\nthe code of {module.name} of {wheel.name}")
        command = f"objdump -d {module} | grep -c zmm"
        objdump, runs = self.in_turns(
            Command(["sh", "-c", command], self.place), _stage("module", [module])
        )
        other, ours = min(run.wall for run in objdump), min(said(run)["wall"] for run in runs)
        print(f"  objdump -d | grep {other:.3f} s, the scan {ours:.3f} s")
        self.target("scan / objdump -d | grep", ours / other, 1 / 8)

    def footprint(self, wheel: Path) -> None:
        """Measure the memory that reading a wheel with its code takes."""
        print(f"\nmemory for {wheel.name}")
        (runs,) = self.in_turns(_stage("memory", [wheel]))
        peak = max(said(run)["peak"] for run in runs)
        self.target("MB of all processes together", peak, 300)

    def gates(self, wheels: list[Path], directory: Path) -> None:
        """Compare a session with what people run today."""
        print(f"\na session of all gates that run no code over {len(wheels)} wheels")
        tools = _tools(directory, wheels, self.place)
        ours, *others = best(1, self._gates(wheels), *tools.values())
        for name, found in zip(("the session", *tools), (ours, *others), strict=True):
            show(name, found)
        series, floor = sum(one.wall for one in others), _floor(wheels)
        self.target("session / all in series", ours.wall / series, 1 / 20)
        print(f"        floor {floor:.3f} s, by itself {floor / series:.3f} of the series")

    def _gates(self, wheels: list[Path]) -> Command:
        words = [self.python, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        words += ["-p", "release_tests.plugin", "--pyargs", "release_tests"]
        words += [word for wheel in wheels for word in ("--wheel", str(wheel))]
        return Command([*words, "-m", "not runs_code"], self.place, None, _path())


def _stage(stage: str, files: list[Path]) -> Command:
    words = [sys.executable, "-m", "tests.benchmarks.code_stages", stage, *map(str, files)]
    return Command(words, _ROOT, extra=_path())


def _floor(wheels: list[Path]) -> float:
    """Return the seconds in which two processors can inflate and sum the members of *wheels*."""
    words = (sys.executable, "-m", "tests.benchmarks.stages", "floor", "isal")
    floors = best(3, *(Command([*words, str(wheel)], _ROOT, extra=_path()) for wheel in wheels))
    return sum(said(run)["floor"] for run in floors)


def _path() -> dict[str, str]:
    return {"PYTHONPATH": os.pathsep.join([str(_ROOT), os.environ.get("PYTHONPATH", "")])}


def _largest(wheels: list[Path]) -> Path:
    return max(wheels, key=lambda wheel: wheel.stat().st_size)


def _extracted(wheel: Path, place: Path) -> Path:
    with zipfile.ZipFile(wheel) as archive:
        modules = [one for one in archive.infolist() if one.filename.endswith(".so")]
        largest = max(modules, key=lambda one: one.file_size)
        return Path(archive.extract(largest, place))


def _tools(directory: Path, wheels: list[Path], place: Path) -> dict[str, Command]:
    """Return each tool over all wheels, one wheel after the other where it takes only one."""
    search = f"{directory.resolve()}{os.pathsep}{os.environ.get('PATH', '')}"
    return {
        name: Command(["sh", "-c", _each(words, wheels)], place, None, {"PATH": search})
        for name, words in _TOOLS.items()
        if _found(words[0], search)
    }


def _each(words: tuple[str, ...], wheels: list[Path]) -> str:
    return "; ".join(" ".join([*words, str(wheel)]) for wheel in wheels)


def _found(tool: str, search: str) -> str:
    path = shutil.which(tool, path=search)
    if path is None:
        raise SystemExit(f"{tool} is not installed, so there is nothing to compare with")
    return path


if __name__ == "__main__":
    sys.exit(main())
