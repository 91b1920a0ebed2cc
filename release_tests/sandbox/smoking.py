"""Runs the project's own smoke tests where the wheel is installed, after everything else.

A test runs in the environment as it is by then: what the policy has installed or taken out for it
stays so for those after it.
"""

from __future__ import annotations

import dataclasses
import os
from typing import TYPE_CHECKING

from release_tests.archive.digest import sha256_of
from release_tests.sandbox.observed import SmokeReport, Trial
from release_tests.sandbox.preparing import prepared
from release_tests.sandbox.probing import run_probe
from release_tests.sandbox.reports import shown

if TYPE_CHECKING:
    from pathlib import Path

    from release_tests.sandbox.plan import SmokeTest
    from release_tests.sandbox.probing import Probed
    from release_tests.sandbox.scene import Scene

_EXIT_CODES = {
    1: "tests failed",
    2: "pytest was interrupted",
    3: "pytest broke down",
    4: "pytest was called wrongly",
    5: "pytest found no test",
}


def run_smoke_tests(trial: Trial, scene: Scene) -> Trial:
    """Run each smoke test of the plan, in their order."""
    reports = tuple(_run(test, scene) for test in scene.plan.smoke)
    return dataclasses.replace(trial, smoke=reports)


def _run(test: SmokeTest, scene: Scene) -> SmokeReport:
    blank = SmokeReport(test.declared.run, _digest(test.path))
    if not test.path.exists():
        return dataclasses.replace(blank, unfit=True, reason=f"there is no {test.declared.run}")
    preparation = prepared(test, scene)
    if preparation.problem:
        return dataclasses.replace(blank, unfit=True, reason=preparation.problem)
    probed = run_probe(
        scene.sandbox,
        _order(test.path),
        deadline=test.declared.deadline,
        confinement=scene.confinement,
        while_running=scene.begin(f"smoke test {test.declared.run}"),
        env=preparation.variables,
    )
    return _judged(dataclasses.replace(blank, wrote=probed.output), probed, scene)


def _order(path: Path) -> dict[str, object]:
    """Return what the probe is to do; the tree that the tests lie in must not be importable."""
    if not path.is_dir():
        return {"script": str(path)}
    ini = path / "pytest.ini"
    configuration = str(ini) if ini.is_file() else os.devnull
    place = ("-c", configuration, f"--rootdir={path}", f"--confcutdir={path}")
    return {"pytest": ["-p", "no:cacheprovider", "--import-mode=importlib", *place, str(path)]}


def _judged(blank: SmokeReport, probed: Probed, scene: Scene) -> SmokeReport:
    """Say what came of it: it passed only if the probe itself reports that it came to its end."""
    if probed.report is None:
        return dataclasses.replace(
            blank, seconds=probed.seconds, timed_out=probed.timed_out, reason=probed.ending
        )
    found = dataclasses.replace(blank, seconds=probed.seconds)
    if error := probed.report.get("error"):
        reason = shown(f"{error.get('traceback')}", scene.sandbox.prefix)
        return dataclasses.replace(found, reason=reason)
    if code := probed.report.get("exit_code", 0):
        return dataclasses.replace(found, reason=_EXIT_CODES.get(code, f"exit code {code}"))
    return dataclasses.replace(found, passed=True)


def _digest(path: Path) -> str:
    return sha256_of(path) if path.is_file() else ""
