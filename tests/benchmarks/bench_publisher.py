"""What uploading costs, against one `twine upload` of the same files to the same index on loopback.

    python -m tests.benchmarks.bench_publisher [--repeats N] [--only NAME]

- `many`: 60 files of 1 MB to an index that takes 100 ms for each: at most half of twine's time;
- `small`: 500 files of a kB or two to an index that answers at once: no slower than twine;
- `large`: one file of 300 MB: memory does not grow by it, and the publisher's own process takes at
  most 150 MB beside the one that has twine.

Both sides take turns, and the best run of each counts. Of twine that is the whole command; of the
publisher it is from the start of its process that has twine, whose imports count, over the digests
and private copies of all files to the last answer: its own imports are done by then in every run.
Processor seconds are those of everything. Exits with 1 where a target was
missed, with 2 where the machine had more to do than it has processors.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from release_tests.process import run, started_process
from tests.benchmarks.measure import Command, Measured, best, cores, disturbed
from tests.forge import Wheel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ROOT = Path(__file__).resolve().parents[2]
_JOBS = 4
_MB = 1_000_000
_MOST_OWN = 150.0
_GROWTH = 1.1


@dataclass(frozen=True, slots=True)
class Pair:
    """Twine and the publisher over the same files; ``own`` and ``other`` are MiB at the peak."""

    twine: Measured
    ours: Measured

    @property
    def ratio(self) -> float:
        """The publisher's time in terms of twine's."""
        return self.seconds / self.twine.wall

    @property
    def seconds(self) -> float:
        """How long the publisher took."""
        return float(self.ours.output.split()[-3])

    @property
    def own(self) -> float:
        """The peak of the publisher's own process."""
        return float(self.ours.output.split()[-2])

    @property
    def other(self) -> float:
        """The peak of its process that has twine."""
        return float(self.ours.output.split()[-1])

    def __str__(self) -> str:
        """Say both times and the ratio."""
        return (
            f"twine {self.twine.wall:.2f} s ({self.twine.processor:.2f} of the processors, "
            f"{self.twine.peak:.0f} MiB), publisher {self.seconds:.2f} s "
            f"({self.ours.processor:.2f}, {self.own:.0f} + {self.other:.0f} MiB), "
            f"ratio {self.ratio:.2f}"
        )


def main() -> int:
    """Measure, print a line for each, and return the exit code."""
    parser = argparse.ArgumentParser(description="what uploading costs, against twine")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", choices=[*_CASES], action="append")
    options = parser.parse_args()
    met = [_CASES[name](options.repeats) for name in options.only or _CASES]
    if disturbed(os.getloadavg()[0], cores()):
        print("the machine had other things to do: nothing follows from the times")
        return 2
    return 0 if all(met) else 1


def many(repeats: int) -> bool:
    """60 files of 1 MB, 100 ms each: at most half of twine's time."""
    with _directory(60, _MB) as files, _index(0.1) as url:
        pair = _pair(url, files, repeats)
    print(f"many    {pair}, at most 0.50")
    return pair.ratio <= 0.5


def small(repeats: int) -> bool:
    """500 small files: no slower than twine."""
    with _directory(500, 1000) as files, _index(0.0) as url:
        pair = _pair(url, files, repeats)
    print(f"small   {pair}, at most 1.00")
    return pair.ratio <= 1.0


def large(_: int) -> bool:
    """One file of 300 MB: in constant memory."""
    with _index(0.0) as url, _directory(1, 1000) as one, _directory(1, 300 * _MB) as big:
        little, much = _pair(url, one, 1), _pair(url, big, 1)
    print(f"large   {much}")
    grown = max(much.own / little.own, much.other / little.other)
    print(f"        memory beside a small file's {grown:.2f}, at most {_GROWTH:.2f}")
    print(f"        own process {much.own:.0f} MiB, at most {_MOST_OWN:.0f}")
    return grown <= _GROWTH and much.own <= _MOST_OWN


_CASES: dict[str, Callable[[int], bool]] = {"many": many, "small": small, "large": large}


def _pair(url: str, files: Path, repeats: int) -> Pair:
    login = {"TWINE_USERNAME": "someone", "TWINE_PASSWORD": "secret"}
    words = [sys.executable, "-m", "twine", "upload", "--non-interactive"]
    words += ["--disable-progress-bar", "--repository-url", url]
    twine = Command([*words, *map(str, sorted(files.iterdir()))], _ROOT, extra=login)
    module = "tests.benchmarks.upload_all"
    ours = Command([sys.executable, "-m", module, url, str(files), str(_JOBS)], _ROOT)
    return Pair(*best(repeats, twine, ours))


@contextmanager
def _directory(count: int, size: int) -> Iterator[Path]:
    """Yield a directory of so many wheels, each of about so many bytes that do not compress.

    Another process makes them: what it took of memory would be counted for its children.
    """
    with tempfile.TemporaryDirectory() as place:
        code = "import sys; from tests.benchmarks.bench_publisher import make; make(*sys.argv[1:])"
        words = [sys.executable, "-c", code, place, str(count), str(size)]
        run(words, deadline=300, env=os.environ, cwd=_ROOT)
        yield Path(place)


def make(place: str, count: str, size: str) -> None:
    """Make the wheels."""
    for number in range(int(count)):
        name = f"demo{number}"
        files: dict[str, bytes | str] = {f"{name}/__init__.py": ""}
        files[f"{name}/data"] = os.urandom(int(size))
        Wheel(name=name, files=files).write(Path(place))


@contextmanager
def _index(latency: float) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.benchmarks.slow_index", str(latency)]
    with started_process(command, env=os.environ, cwd=_ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        with process.stdout as output:
            yield f"http://127.0.0.1:{int(output.readline())}/"


if __name__ == "__main__":
    sys.exit(main())
