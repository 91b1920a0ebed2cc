"""Puts the corpus to the installers of this machine and to the gates."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import uv

from release_tests import process
from release_tests.gates import archive, filename, metadata, record, structure, version
from release_tests.gates.explain import stops
from tests.installers.corpus import CORPUS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.gates.cases.case import Artifact

ROOT = Path(__file__).resolve().parents[2]
INSTALLERS = ("pip", "uv", "installer", "installer, validating")
_GATES = (filename, archive, record, structure, metadata, version)
_DEADLINE = 300.0
_UV = (
    *("pip", "install", "--no-deps", "--no-index", "--offline", "--no-config", "--quiet"),
    *("--link-mode", "copy", "--python", sys.executable),
)


@dataclass(frozen=True)
class Verdict:
    """Who takes one forged archive, and the rules by which the gates stop it."""

    taken: Mapping[str, bool]
    rules: tuple[str, ...]


def versions() -> dict[str, str]:
    """Return what was asked, with versions."""
    names = ("pip", "uv", "installer")
    found = {name: importlib.metadata.version(name) for name in names}
    return {"Python": platform.python_version(), **found}


def measure(scratch: Path) -> dict[str, Verdict]:
    """Put every archive of the corpus to everyone, below *scratch*."""
    rules, keys = {}, {}
    cases = [case for table in CORPUS.values() for case in table.items()]
    for number, (name, artifact) in enumerate(cases):
        keys[name] = f"{number:03}"
        rules[name] = _stopping(artifact, scratch / "wheels" / keys[name])
    taken = _by_python(scratch)
    program = uv.find_uv_bin()  # not in the threads: sysconfig, which it asks, is not safe there
    with ThreadPoolExecutor(2) as pool:
        by_uv = pool.map(lambda key: _by_uv(program, scratch, key), keys.values())
        for key, answer in zip(keys.values(), by_uv, strict=True):
            taken[key]["uv"] = answer
    return {name: Verdict(taken[key], rules[name]) for name, key in keys.items()}


def _stopping(artifact: Artifact, directory: Path) -> tuple[str, ...]:
    facts = artifact.read(directory)
    found = [finding for gate in _GATES for finding in gate.check(facts, artifact.policy)]
    return tuple(dict.fromkeys(finding.rule for finding in found if stops(finding)))


def _environment(scratch: Path) -> dict[str, str]:
    """Return an environment in which nothing is read or written but below *scratch*."""
    temporary = scratch / "tmp"
    temporary.mkdir(exist_ok=True)
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return kept | {
        "HOME": str(temporary),
        "TMPDIR": str(temporary),
        "UV_CACHE_DIR": str(scratch / "uv"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONWARNINGS": "ignore",
    }


def _by_python(scratch: Path) -> dict[str, dict[str, bool]]:
    script = (sys.executable, "-m", "tests.installers.inside")
    command: list[str | Path] = [*script, scratch / "wheels", scratch / "targets"]
    done = process.run(command, deadline=_DEADLINE, env=_environment(scratch), cwd=ROOT)
    table: dict[str, dict[str, bool]] = json.loads(done.stdout.splitlines()[-1])
    return table


def _by_uv(program: str, scratch: Path, key: str) -> bool:
    (wheel,) = (scratch / "wheels" / key).glob("*.whl")
    target = scratch / "targets" / key / "uv" / "a" / "b" / "c"
    command: list[str | Path] = [program, *_UV, "--target", target, wheel]
    done = process.run(
        command, deadline=_DEADLINE, env=_environment(scratch), cwd=scratch, check=False
    )
    return done.returncode == 0
