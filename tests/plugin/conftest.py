"""Sessions of gates over forged wheels, in a directory of their own."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from publisher.admission import Decision, admit
from release_tests.evidence.model import Run
from release_tests.evidence.store import Damaged, load_runs
from release_tests.gates.catalogue import GATES
from release_tests.policy import Policy
from tests.forge import Wheel

if TYPE_CHECKING:
    from collections.abc import Mapping


ROOT = Path(__file__).resolve().parents[2]
PUT = tuple(gate for gate in GATES if not gate.option)
GATE_NAMES = tuple(gate.name for gate in PUT)
FILE_GATES = tuple(gate.name for gate in PUT if not gate.runs_code)
RUNNING_CODE = tuple(gate.name for gate in PUT if gate.runs_code)
ONE_BY_ONE = tuple(gate.name for gate in PUT if not gate.of_release)

PLUGINS = ("-p", "xdist.plugin", "-p", "release_tests.plugin")
PYTEST = (sys.executable, "-m", "pytest", *PLUGINS)
"""A session with the plugins that the gates need, without those that happen to be installed: half
of the time that a session takes is theirs."""


@dataclass(frozen=True, slots=True)
class Sessions:
    """Runs pytest on the gates from the pytester's directory, in which ``dist`` lies."""

    pytester: pytest.Pytester

    @property
    def dist(self) -> Path:
        """The directory of wheels."""
        return self.pytester.path / "dist"

    def forge(self, wheel: Wheel | None = None) -> Path:
        """Put a forged wheel into ``dist``."""
        self.dist.mkdir(exist_ok=True)
        return (wheel or Wheel()).write(self.dist)

    def run(self, *args: str | Path) -> pytest.RunResult:
        """Run the gates as a command, as users do; what is installed, uv installs, in less time."""
        return self.command("--pyargs", "release_tests", "--installer", "uv", *args)

    def files(self, *args: str | Path) -> pytest.RunResult:
        """Run the gates that look at files only."""
        return self.command("--pyargs", "release_tests", "-m", "not runs_code", *args)

    def command(self, *args: str | Path) -> pytest.RunResult:
        """Run pytest with exactly these arguments in a process of its own."""
        return self.pytester.run(*PYTEST, *args, timeout=600)

    @property
    def evidence(self) -> Path:
        """Where the runs leave their evidence."""
        return self.pytester.path / "release-evidence"

    def last(self) -> Run:
        """Return the record of the latest run."""
        runs = load_runs(self.evidence)
        assert not [run for run in runs if isinstance(run, Damaged)]
        # Ids of one second sort by chance.
        return max((run for run in runs if isinstance(run, Run)), key=lambda run: run.started)

    def outcomes(self) -> Mapping[str, str]:
        """Return the latest run's outcomes by gate, for its only artifact."""
        (artifact,) = self.last().artifacts
        return {row.gate: row.outcome.value for row in artifact.rows}

    def admission(self, *gates: str) -> Decision:
        """Decide on the only wheel in ``dist`` by the gates named, by default the file gates."""
        (decision,) = admit(
            sorted(self.dist.iterdir()),
            [self.evidence],
            Policy(),
            gates or FILE_GATES,
            datetime.now(UTC),
        )
        return decision

    def statements(self) -> list[dict[str, Any]]:
        """Return the latest run's statements as the JSON they are."""
        text = (self.evidence / self.last().id / "evidence.jsonl").read_text()
        return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def sessions(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Sessions:
    """Give a directory in which sessions of gates are run."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    return Sessions(pytester)
