"""The gate ``staged`` against a real devpi-server, which serves metadata beside the files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from release_tests.archive.digest import sha256_of
from tests.devpi import Devpi, devpi
from tests.forge import Wheel
from tests.forge_sdist import Sdist
from tests.plugin.conftest import GATE_NAMES, RUNNING_CODE
from tests.plugin.test_staging import name_index
from tests.sandbox.trying import offline_pip

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from release_tests.evidence.model import Row
    from tests.plugin.conftest import Sessions

pytest.importorskip("devpi_server", reason="devpi-server is not installed: the extra `test` has it")

PKG_INFO = "Metadata-Version: 2.4\nName: demo\nVersion: 1.0\nRequires-Python: >=3.9\n"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Devpi]:
    """Run a server; it is one test that needs it, since it takes seconds to start."""
    with devpi(tmp_path / "devpi") as running:
        yield running


def staged(sessions: Sessions) -> Mapping[str, Row]:
    """Return the rows of the gate, by the artifacts' names."""
    return {
        artifact.name: row
        for artifact in sessions.last().artifacts
        for row in artifact.rows
        if row.gate == "staged"
    }


def test_a_real_index_is_compared_and_tried(
    server: Devpi, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What twine uploaded is served, and tried with both installers; then it is overwritten."""
    for name, value in offline_pip().items():
        monkeypatch.setenv(name, value)
    name_index(sessions, server.simple_url)
    wheel, sdist = sessions.forge(), Sdist(pkg_info=PKG_INFO).write(sessions.dist)
    server.upload(wheel, sdist)

    for installer in ("pip", "uv"):
        result = sessions.run(
            *("--staging", "--wheel", wheel, "--installer", installer),
            *("-m", "staged or runs_code"),
        )
        result.assert_outcomes(
            passed=len(RUNNING_CODE) + 1, deselected=len(GATE_NAMES) - len(RUNNING_CODE)
        )
    result = sessions.run("--staging", "-m", "staged")
    result.assert_outcomes(passed=2, deselected=2 * len(GATE_NAMES) - 1)
    seen = staged(sessions)
    assert seen[wheel.name].details["announced"] == sha256_of(wheel)
    assert seen[wheel.name].details["requires-python"] == ">=3.9"
    assert str(seen[wheel.name].details["metadata"]).startswith("sha256:")
    assert seen[sdist.name].details["metadata"] == "none served"
    assert [row.findings for row in seen.values()] == [(), ()]

    other = Wheel(files={"demo/__init__.py": "# other\n"}).write(sessions.pytester.path / "other")
    server.upload(other)
    sessions.run("--staging", "-m", "staged", "--wheel", wheel)
    (row,) = staged(sessions).values()
    assert [finding["rule"] for finding in row.findings] == ["STAG002"]
    assert row.findings[0]["found"] == sha256_of(other)
