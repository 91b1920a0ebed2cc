"""The options that several commands have, and what they stand for."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.confirmation import Asker

JOBS = 4
"""How many files are uploaded at once, unless somebody says otherwise."""

if TYPE_CHECKING:
    from collections.abc import Sequence

    from publisher.order import Order
    from release_tests.policy import PolicySource

_EVIDENCE = Path("release-evidence")


def add_selection(it: argparse.ArgumentParser) -> None:
    """Add what chooses the files and the policy."""
    add = it.add_argument
    add("--wheel-dir", metavar="DIR", type=file, action="append", default=[],
        help="take every wheel and sdist in DIR (repeatable; default: dist)")  # fmt: skip
    add("--wheel", metavar="FILE", type=file, action="append", default=[],
        help="take FILE (repeatable)")  # fmt: skip
    add("--release-config", metavar="FILE", type=file,
        help="the policy; default: [tool.release-gates] of the released project")  # fmt: skip


def add_evidence(it: argparse.ArgumentParser) -> None:
    """Add where the evidence is."""
    it.add_argument("--evidence-dir", metavar="DIR", type=file, action="append", default=[],
        help="where the gates left their evidence; repeatable, for runs on several machines "
        f"(default: {_EVIDENCE})")  # fmt: skip


def add_skip_github(it: argparse.ArgumentParser) -> None:
    """Add what leaves out GitHub."""
    it.add_argument("--skip-github", action="store_true",
        help="leave out the releases at GitHub, with a warning")  # fmt: skip


def add_variants(it: argparse.ArgumentParser) -> None:
    """Add what chooses among the projects of the files."""
    it.add_argument("--variant", metavar="NAME", type=filled, action="append", default=[],
        help="only the files of this project, a name or a pattern (repeatable; default: all); all "
        "files are still judged together")  # fmt: skip


def add_dry_run(it: argparse.ArgumentParser) -> None:
    """Add what ends the road after the plan."""
    it.add_argument("--dry-run", action="store_true", help="print the plan and change nothing")


def chosen_by(options: argparse.Namespace) -> tuple[str, ...]:
    """Return the options, as they are typed, that chose files, policy, evidence and targets."""
    given = {
        "--wheel-dir": options.wheel_dir,
        "--wheel": options.wheel,
        "--release-config": [options.release_config] if options.release_config else [],
        "--evidence-dir": options.evidence_dir,
    }
    words = (word for name, paths in given.items() for it in paths for word in (name, str(it)))
    return (*words, *(["--skip-github"] if options.skip_github else []))


def selected(options: argparse.Namespace) -> tuple[Path, ...]:
    """Return the files that the options name; raise SelectionError when there is none."""
    from release_tests.selection import select  # noqa: PLC0415 - --help needs none of it

    directories = options.wheel_dir or ([] if options.wheel else [Path("dist")])
    return tuple(select(directories, options.wheel))


def policy_of(options: argparse.Namespace, paths: Sequence[Path]) -> PolicySource:
    """Return the policy that the options name, else that of the project that is released.

    What it says is secret is taken out of this process's environment; the desk's has it still.
    """
    from publisher.environment import withdraw  # noqa: PLC0415
    from release_tests import policy  # noqa: PLC0415

    if options.release_config is not None:
        source = policy.load(options.release_config)
    else:
        source = policy.find(sorted({path.parent for path in paths}), Path.cwd())
    withdraw(os.environ, source.policy)
    return source


def filled(text: str) -> str:
    """Return *text*, which is not empty as of a variable that nobody has set; argparse tells."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty; is a variable not set?")
    return text


def file(text: str) -> Path:
    """Return the path that *text* names; argparse tells of none."""
    return Path(filled(text))


def count(text: str) -> int:
    """Return the number that *text* is, 1 at least; argparse tells of any other."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text}: expected 1 or more")
    return number


def order_of(options: argparse.Namespace) -> Order:
    """Return what the options ask for, judged at this moment."""
    from publisher.order import Order  # noqa: PLC0415

    paths = selected(options)
    source = policy_of(options, paths)
    beside = (source.path.resolve().parent,) if source.path else ()
    return Order(
        paths=paths,
        evidence_dirs=tuple(options.evidence_dir) or (_EVIDENCE,),
        policy=source.policy,
        asker=Asker(sys.stdin, sys.stderr, assume_yes=getattr(options, "yes", False)),
        now=datetime.now(UTC),
        dotenv=tuple(dict.fromkeys((Path.cwd(), *beside))),
        dry_run=getattr(options, "dry_run", False),
        base=next(iter(beside), None),
        skip_github=getattr(options, "skip_github", False),
        jobs=getattr(options, "jobs", JOBS),
        variants=tuple(getattr(options, "variant", ())),
        skip_staging=getattr(options, "skip_test_pypi", False),
        plan=getattr(options, "plan", None) or "",
        policy_path=source.path,
    )
