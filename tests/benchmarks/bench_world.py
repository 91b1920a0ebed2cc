"""What the gates say of the newest files of a hundred much-used projects.

    python -m tests.benchmarks.bench_world [--only NAME…] [--cache DIR] [--limit-mb N]

asks the index that pip is set up for, and looks at each file with every gate but ``install``, as
with our own wheels and as with others'. It prints a line for each file and each rule;
``--show RULE`` prints each finding of a rule, and ``--write`` writes docs/real-world.md. What it
fetched is kept in the cache, so it goes on where it was broken off. A project, or a kind of file,
that the index does not have is counted and named.

Exits with 1 where a rule fired by which PyPI refuses a file, as it took every one of these.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from release_tests.gates.catalogue import RULES
from release_tests.gates.rules import Severity
from release_tests.index.progress import reporter, size
from release_tests.index.release import default_cache, pips_index
from tests.benchmarks.world.fetching import Fetcher
from tests.benchmarks.world.judging import look, refused, totals
from tests.benchmarks.world.page import PAGE, Run, page
from tests.benchmarks.world.projects import MB, only, read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.benchmarks.world.judging import Looked
    from tests.benchmarks.world.projects import Project

_LIMIT_MB = 1500


def main(arguments: Sequence[str] | None = None) -> int:
    """Fetch, look, print what came of it, and return the exit code."""
    options = _options(arguments)
    run = _run(only(read(), options.only), options.cache, options.limit_mb * MB)
    _print_files(run)
    _print_rules(run)
    for rule in options.show:
        _print_findings(rule, run.looked)
    if options.write:
        PAGE.write_text(page(run), encoding="utf-8")
    return 1 if refused(run.looked) else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="the gates against the real world")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="of the hundred")
    parser.add_argument("--cache", type=Path, default=default_cache(), metavar="DIR")
    parser.add_argument("--limit-mb", type=int, default=_LIMIT_MB, metavar="N", help="in all")
    parser.add_argument("--show", nargs="+", default=[], metavar="RULE", choices=[*RULES])
    parser.add_argument("--write", action="store_true", help="write docs/real-world.md")
    options = parser.parse_args(arguments)
    if options.write and options.only:
        parser.error("the page is about all of the hundred: leave out --only")
    return options


def _run(projects: Sequence[Project], cache: Path, limit: int) -> Run:
    """Fetch the files of one project after the other, and look at them at once."""
    today = datetime.now(UTC).date()
    looked: list[Looked] = []
    with pips_index() as index, reporter(sys.stderr) as report:
        fetcher = Fetcher(index, cache, report, limit)
        for _, files in groupby(fetcher.fetch(projects), lambda file: file.project):
            looked += look([*files], today)
    return Run(today, projects, looked, fetcher.missing)


def _print_files(run: Run) -> None:
    for one in run.looked:
        counts = Counter(finding.rule for finding in one.findings)
        rules = ", ".join(f"{rule} {count}" for rule, count in sorted(counts.items()))
        print(f"{one.project:26} {one.kind:11} {size(one.size):>9}  {one.file_name}  {rules}")
    for lack in run.missing:
        print(f"{lack.project:26} {lack.kind:11} {'-':>9}  not there: {lack.reason}")


def _print_rules(run: Run) -> None:
    print(f"\n{len(run.looked)} files, {size(sum(one.size for one in run.looked))}")
    for total in totals(run.looked):
        own, others = ("stops" if it is Severity.ERROR else "advice" for it in total.severities)
        print(
            f"{total.rule.id:8} {total.findings:5} in {total.files:3} files, own {own}, "
            f"third-party {others}, {total.rule.authority.value}: {total.rule.title}"
        )


def _print_findings(rule: str, looked: Sequence[Looked]) -> None:
    for one in looked:
        for finding in one.findings:
            if finding.rule == rule:
                words = f"expected {finding.expected!r}, found {finding.found!r}"
                print(f"{rule} {one.file_name}: {finding.where}: {finding.message}; {words}")


if __name__ == "__main__":
    sys.exit(main())
