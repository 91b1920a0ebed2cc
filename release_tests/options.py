"""The options of a session of gates: declared, and taken together as what is asked for."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from release_tests.policy import INSTALLERS, PROFILES

if TYPE_CHECKING:
    import pytest

    from release_tests.harness import Request


def declare(parser: pytest.Parser) -> None:
    """Declare what can be verified, and how."""
    group = parser.getgroup("release gates", "verification of built wheels before a release")
    _declare_files(group)
    _declare_policy(group)
    _declare_trials(group)


def _declare_files(group: pytest.OptionGroup) -> None:
    """Declare what chooses the files."""
    group.addoption("--wheel-dir", action="append", default=[], type=Path, metavar="DIR",
        help="verify every wheel and sdist in DIR; repeatable (default: dist)")  # fmt: skip
    group.addoption("--wheel", action="append", default=[], type=Path, metavar="FILE",
        help="verify FILE, whatever it is called; repeatable")  # fmt: skip
    group.addoption("--fetch", action="append", default=[], metavar="REQUIREMENT",
        help="verify every file of a published release, as in demo==1.0; repeatable")  # fmt: skip
    group.addoption("--fetch-tags", action="append", default=[], metavar="PATTERN",
        help="with --fetch, only wheels whose tags match, as in '*x86_64'; "
        "repeatable")  # fmt: skip


def _declare_policy(group: pytest.OptionGroup) -> None:
    """Declare what they are judged by."""
    group.addoption("--release-config", type=Path, default=None, metavar="FILE",
        help="the policy; by default [tool.release-gates] of the project's "
        "pyproject.toml")  # fmt: skip
    group.addoption("--source", type=Path, default=None, metavar="DIR",
        help="the project's source tree: its git tag, pyproject.toml and build back end must say "
        "the same version as the files")  # fmt: skip
    group.addoption("--profile", choices=PROFILES, default=None,
        help="third-party: for wheels that are not ours, what is only a matter of taste or bars a "
        "new upload alone is advice (default: the policy's)")  # fmt: skip


def _declare_trials(group: pytest.OptionGroup) -> None:
    """Declare where and how they are tried, and where that is recorded."""
    group.addoption("--installer", choices=INSTALLERS, default=None,
        help="what makes the clean environments and installs into them (default: the policy's, "
        "else pip)")  # fmt: skip
    group.addoption("--at-once", type=_count, default=None, metavar="N",
        help="try so many artifacts, or Pythons of them, at once (default: one a processor, if "
        "memory and disk suffice; with -n, one a worker)")  # fmt: skip
    group.addoption("--no-network", action="store_true",
        help="run the wheels' code without a network, where the system can; the evidence says when "
        "it cannot")  # fmt: skip
    group.addoption("--staging", action="store_true",
        help="put the gate staged, too: the staging index of the policy must serve exactly these "
        "files; what runs code then gets the bytes that came from there")  # fmt: skip
    group.addoption("--evidence-dir", type=Path, default=Path("release-evidence"), metavar="DIR",
        help="where each run leaves its evidence (default: release-evidence)")  # fmt: skip


def _count(word: str) -> int:
    """Return a number of 1 or more; raise ArgumentTypeError for anything else."""
    if not word.isdecimal() or int(word) < 1:
        raise argparse.ArgumentTypeError(f"{word!r} is no number of 1 or more")
    return int(word)


def request_of(config: pytest.Config) -> Request:
    """Return what the command line asks for."""
    from release_tests.harness import Request

    base = config.invocation_params.dir
    asked, tree = config.getoption("release_config"), config.getoption("source")
    return Request(
        wheel_dirs=tuple(base / path for path in config.getoption("wheel_dir")),
        wheels=tuple(base / path for path in config.getoption("wheel")),
        requirements=tuple(config.getoption("fetch")),
        tags=tuple(config.getoption("fetch_tags")),
        config=base / asked if asked else None,
        profile=config.getoption("profile"),
        installer=config.getoption("installer"),
        no_network=config.getoption("no_network"),
        staging=config.getoption("staging"),
        at_once=config.getoption("at_once"),
        tree=base / tree if tree and not config.getoption("collectonly") else None,
    )
