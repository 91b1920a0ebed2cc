"""Source trees for tests: a project with git, tags and an in-tree build back end."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from release_tests.process import run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_WHO = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "me"), ("EMAIL", "me@example.com"))
}

STATIC = '[project]\nname = "demo"\nversion = "{version}"\n'

DYNAMIC = """
[build-system]
requires = [{requires}]
build-backend = "backend"
backend-path = ["."]

[project]
name = "demo"
dynamic = ["version"]
"""

BACKEND = '''
"""A build back end that only tells metadata."""
import os, pathlib

{before}

def get_requires_for_build_wheel(config_settings=None):
    return [{more}]

def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    info = pathlib.Path(metadata_directory, "demo-1.0.dist-info")
    info.mkdir()
    info.joinpath("METADATA").write_text(
        "Metadata-Version: 2.1\\nName: demo\\nVersion: " + version() + "\\n"
    )
    pathlib.Path("demo.egg-info").write_text("back ends write into the tree")
    return info.name

def build_wheel(*args):
    raise SystemExit("building takes hours")

def version():
    return {version}
'''


def git(directory: Path, *words: str) -> str:
    """Run git in *directory*, untouched by this machine's configuration."""
    env = {"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", "HOME": str(directory)} | _WHO
    return run(("git", *words), deadline=30, env=env, cwd=directory).stdout.strip()


def committed(directory: Path, files: Mapping[str, str], *tags: str) -> Path:
    """Commit *files* in *directory*, a repository from now on, and tag the commit."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text)
    git(directory, "init", "--quiet")
    git(directory, "add", "--", *files)
    git(directory, "commit", "--quiet", "--allow-empty", "--message", "a step")
    for tag in tags:
        git(directory, "tag", "--annotate", "--message", tag, tag)
    return directory


def dynamic(
    version: str = "'1.0'", *, requires: str = "", more: str = "", before: str = ""
) -> dict[str, str]:
    """Return the files of a project whose back end says *version*, an expression of Python."""
    backend = BACKEND.format(version=version, more=more, before=before)
    return {"pyproject.toml": DYNAMIC.format(requires=requires), "backend.py": backend}
