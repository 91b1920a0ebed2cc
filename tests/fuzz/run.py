"""Fuzzes the readers one after the other: ``python -m tests.fuzz.run --seconds 20``.

What breaks a reader is left in the directory given by ``--findings``, and the exit code is 1. The
corpus is made at run time, and kept from run to run only with ``--corpus``.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from release_tests import process
from release_tests.errors import CommandTimedOut
from tests.fuzz.readers import READERS
from tests.fuzz.seeds import seeds

ROOT = Path(__file__).resolve().parents[2]
_GRACE = 60.0
"""Seconds for start and end of a fuzzing process besides those in which it fuzzes."""

_NOISE = re.compile(r"#\d+|INFO|WARNING")
_WEIGHTS = {"zip": 5, "records": 5, "tar": 3}
_OPTIONS = (
    "-timeout=10",
    "-rss_limit_mb=2048",
    "-max_len=16384",
    "-print_final_stats=1",
    "-seed=1",
)


@dataclass(frozen=True)
class Budget:
    """How long to fuzz one reader: seconds, or a number of inputs, whichever ends first."""

    seconds: float | None = None
    runs: int | None = None

    def options(self) -> list[str]:
        """Return the budget as libFuzzer's options."""
        seconds = [] if self.seconds is None else [f"-max_total_time={max(1, int(self.seconds))}"]
        return [*seconds, *([] if self.runs is None else [f"-runs={self.runs}"])]


def available() -> bool:
    """Whether atheris is installed."""
    return importlib.util.find_spec("atheris") is not None


def fuzz(reader: str, budget: Budget, corpus: Path, findings: Path) -> process.Completed:
    """Fuzz one reader; its exit code is not 0 where it broke its word.

    Raises CommandTimedOut where it hangs beyond all measure.
    """
    folder = corpus / reader
    folder.mkdir(parents=True, exist_ok=True)
    findings.mkdir(parents=True, exist_ok=True)
    for seed in seeds(reader):
        (folder / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    prefix = f"-artifact_prefix={findings / reader}-"
    command: list[str | Path] = [sys.executable, "-m", "tests.fuzz.target", reader]
    command += [*_OPTIONS, *budget.options(), prefix, folder]
    deadline = (budget.seconds or 86_400.0) + _GRACE
    # libFuzzer ends its process without unwinding, so that nothing there removes what it made.
    with tempfile.TemporaryDirectory(prefix="fuzzing-") as scratch:
        environ = {**os.environ, "TMPDIR": scratch}
        return process.run(command, deadline=deadline, env=environ, cwd=ROOT, check=False)


def shares(seconds: float, readers: list[str]) -> dict[str, Budget]:
    """Divide the seconds among the readers, most of them to those of archives."""
    total = sum(_WEIGHTS.get(reader, 1) for reader in readers)
    return {name: Budget(seconds * _WEIGHTS.get(name, 1) / total) for name in readers}


def _arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.run", description=__doc__)
    parser.add_argument("readers", nargs="*", help=f"of {', '.join(READERS)}; default: all")
    parser.add_argument("--seconds", type=float, default=20.0, help="in all; default: 20")
    parser.add_argument("--runs", type=int, help="inputs for each reader, instead of seconds")
    parser.add_argument("--corpus", type=Path, help="kept from run to run; default: made anew")
    parser.add_argument("--findings", type=Path, default=Path("fuzz-findings"))
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> int:
    """Fuzz, say what came of it, and return the exit code."""
    given = _arguments(words)
    readers = given.readers or list(READERS)
    if unknown := set(readers) - set(READERS):
        print(f"no such reader: {', '.join(sorted(unknown))}; there are {', '.join(READERS)}")
        return 2
    if not available():
        print("atheris is not installed: pip install 'release-gates[fuzz]'")
        return 2
    budgets = shares(given.seconds, readers)
    if given.runs is not None:
        budgets = dict.fromkeys(readers, Budget(runs=given.runs))
    with tempfile.TemporaryDirectory() as scratch:
        corpus = given.corpus or Path(scratch)
        kept = [_told(name, budget, corpus, given.findings) for name, budget in budgets.items()]
    return 0 if all(kept) else 1


def _told(reader: str, budget: Budget, corpus: Path, findings: Path) -> bool:
    """Fuzz one reader, print a line, or all of the output where it broke its word."""
    try:
        done = fuzz(reader, budget, corpus, findings)
    except CommandTimedOut as error:
        print(f"{reader}: {error}")
        return False
    runs = [line for line in done.output.splitlines() if "number_of_executed_units" in line]
    print(f"{reader}: exit code {done.returncode}, {' '.join(runs)}", flush=True)
    if done.returncode != 0:
        print("\n".join(line for line in done.output.splitlines() if not _NOISE.match(line)))
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
