"""Code that is being tried writes to everything that the run keeps, and nobody believes it."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

import pytest

from release_tests.errors import Tampered
from release_tests.facts_store import FactsStore
from release_tests.sandbox.trial import perform
from release_tests.trial_store import TrialStore
from tests.forge import Wheel
from tests.sandbox.trying import offline_pip, plan_of

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name != "posix", reason="POSIX paths")

REWRITES = """
import os, pathlib, pickle
own = pathlib.Path(os.environ["TMPDIR"]).parent
class Runs:
    def __reduce__(self):
        return os.mkdir, (str(own.parent / "ran"),)
for path in own.parent.rglob("*"):
    if path.is_file() and own not in path.parents and path.suffix != ".whl":
        path.write_bytes(pickle.dumps(Runs()))
    if path.suffix == ".trial-lock":
        path.with_suffix(".trial").write_bytes(pickle.dumps(Runs()))
"""


def test_what_a_wheel_writes_where_the_run_keeps_its_facts_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Facts of another wheel that it replaced are told as forged; its own trial is the true one."""
    for name, value in offline_pip().items():
        monkeypatch.setenv(name, value)
    shared = tmp_path / "shared"
    shared.mkdir()
    victim = Wheel(name="victim").write(tmp_path)
    FactsStore(lambda: shared, shared=True).of(victim)
    plan = plan_of(Wheel(files={"demo.py": REWRITES}).write(tmp_path), "demo")
    make = partial(perform, scratch=tmp_path)
    first, second = (TrialStore(shared, make).trials(plan) for _ in "ab")
    (trial,) = first.trials
    assert trial.imports[0].imported
    assert first == second
    with pytest.raises(Tampered, match="something else wrote to it"):
        FactsStore(lambda: shared, shared=True).of(victim)
    assert not (tmp_path / "ran").exists()
