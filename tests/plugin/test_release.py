"""Releases, waivers and profiles in a session: one test a release, and what its rows hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from publisher.admission import admit
from release_tests import policy
from release_tests.archive.digest import sha256_of
from release_tests.evidence.together import judged_together
from tests.forge import Wheel, package
from tests.plugin.conftest import FILE_GATES, ONE_BY_ONE, RUNNING_CODE

if TYPE_CHECKING:
    from pathlib import Path

    from release_tests.evidence.model import Row
    from tests.plugin.conftest import Sessions

STALE = Wheel(files=package(version="0.9"))
TODAY = datetime.now(UTC).date()
WORKERS = pytest.mark.parametrize("args", [(), ("-n", "2")], ids=["one process", "two workers"])


def _rows(sessions: Sessions) -> dict[str, Row]:
    """Return the latest run's row of the gate release for each artifact."""
    return {
        artifact.name: row
        for artifact in sessions.last().artifacts
        for row in artifact.rows
        if row.gate == "release"
    }


def _configure(sessions: Sessions, *lines: str) -> Path:
    path: Path = sessions.pytester.path / "release.toml"
    path.write_text("\n".join(lines))
    return path


def _waiver(rule: str = "VER003", artifacts: str = "demo-*", days: int = 1) -> list[str]:
    until = TODAY + timedelta(days=days)
    return [
        "[[waivers]]",
        f'rule = "{rule}"',
        f'artifacts = "{artifacts}"',
        'reason = "mended in 1.1"',
        f"until = {until}",
    ]


@WORKERS
def test_a_release_is_one_test_and_a_row_of_each_artifact(
    sessions: Sessions, args: tuple[str, ...]
) -> None:
    """Each row is bound to all files that were judged together, by name and digest."""
    first = [sessions.forge(Wheel(name=name)) for name in ("one", "two")]
    second = sessions.forge(Wheel(name="two", version="2.0"))
    result = sessions.files("-m", "release", "-v", *args)
    result.assert_outcomes(passed=2, deselected=0 if args else 3 * len(ONE_BY_ONE))
    shown = result.stdout.str()
    assert "test_release[1.0]" in shown
    assert "test_release[2.0]" in shown
    together = frozenset((path.name, sha256_of(path)) for path in first)
    rows = _rows(sessions)
    assert {name: judged_together(row) for name, row in rows.items()} == {
        first[0].name: together,
        first[1].name: together,
        second.name: frozenset([(second.name, sha256_of(second))]),
    }


def test_junit_names_every_artifact_of_the_release(sessions: Sessions) -> None:
    """The test case of a release has each file's name and digest."""
    wheels = [sessions.forge(Wheel(name=name)) for name in ("one", "two")]
    sessions.files("-m", "release")
    tree = ET.parse(sessions.evidence / sessions.last().id / "junit.xml")  # noqa: S314 - our own
    found = [(it.get("name"), it.get("value")) for it in tree.iter("property")]
    for wheel in wheels:
        assert {("artifact", wheel.name), ("sha256", sha256_of(wheel))} <= set(found)


@WORKERS
def test_overlapping_distributions_fail_for_each_and_are_told_once(
    sessions: Sessions, args: tuple[str, ...]
) -> None:
    """Every artifact's row failed; the summary has the finding once; exclusive lets them pass."""
    for name in ("one", "two"):
        sessions.forge(Wheel(name=name, files=package("shared")))
    assert sessions.files("-m", "release", *args).ret == 1
    assert {row.outcome.value for row in _rows(sessions).values()} == {"failed"}
    run = sessions.last()
    assert (sessions.evidence / run.id / "summary.md").read_text().count("REL009") == 1
    config = _configure(sessions, 'exclusive = [["one", "two"]]')
    assert sessions.files("-m", "release", "--release-config", config, *args).ret == 0


def test_a_harness_that_breaks_over_a_release_is_an_error_of_each_artifact(
    sessions: Sessions,
) -> None:
    """An exception in the gate passes nothing, for none of the files."""
    wheels = [sessions.forge(Wheel(name=name)) for name in ("one", "two")]
    sessions.pytester.makepyfile(
        hooks="from release_tests.gates import release\n"
        "def broken(*_):\n    raise RuntimeError('broke')\nrelease.check = broken\n"
    )
    assert sessions.files("-p", "hooks").ret == 1
    rows = _rows(sessions)
    assert {name: row.outcome.value for name, row in rows.items()} == {
        wheel.name: "error" for wheel in wheels
    }


@WORKERS
def test_a_waived_finding_passes_and_is_shown(sessions: Sessions, args: tuple[str, ...]) -> None:
    """In the terminal, the evidence and the summary, with the reason and the last day."""
    sessions.forge(STALE)
    until = (TODAY + timedelta(days=1)).isoformat()
    config = _configure(sessions, *_waiver())
    result = sessions.files("--release-config", config, *args)
    assert result.ret == 0
    result.stdout.fnmatch_lines([f"waived VER003 until {until}: mended in 1.1: demo-1.0*line 3"])
    (artifact,) = sessions.last().artifacts
    (finding,) = [item for row in artifact.rows for item in row.findings]
    assert (finding["waived"], finding["waived-until"]) == ("mended in 1.1", until)
    summary = (sessions.evidence / sessions.last().id / "summary.md").read_text()
    assert f"**VER003** waived until {until} (mended in 1.1): " in summary
    (state,) = [item["state"] for item in _waivers(sessions)]
    assert state == "used"
    (decision,) = admit(
        [*sessions.dist.iterdir()],
        [sessions.evidence],
        policy.load(config).policy,
        FILE_GATES,
        datetime.now(UTC),
    )
    assert decision.admitted
    assert decision.waivers == (f"VER003 until {until}: mended in 1.1",)


def _waivers(sessions: Sessions) -> list[dict[str, str]]:
    (row,) = _rows(sessions).values()
    waivers: list[dict[str, str]] = row.details["waivers"]  # type: ignore[assignment]
    return waivers


def test_an_expired_waiver_waives_nothing(sessions: Sessions) -> None:
    """The gate fails as it would without it, and the waiver is a finding."""
    sessions.forge(STALE)
    config = _configure(sessions, *_waiver(days=-2))
    result = sessions.files("--release-config", config)
    result.assert_outcomes(passed=len(FILE_GATES) - 2, failed=2, deselected=len(RUNNING_CODE))
    result.stdout.fnmatch_lines(["*VER003 error*", "*REL012 error*"])
    assert "waived VER003" not in result.stdout.str()


def test_malformed_and_unneeded_waivers_are_findings(sessions: Sessions) -> None:
    """Each is named by its place in the policy, and nothing is dropped in silence."""
    sessions.forge()
    lines = [*_waiver("VER033"), *_waiver("ZIP009"), *_waiver("VER003"), "[[waivers]]"]
    config = _configure(sessions, *lines, *_waiver("VER003", "other-*"))
    result = sessions.files("--release-config", config)
    result.assert_outcomes(passed=len(FILE_GATES) - 1, failed=1, deselected=len(RUNNING_CODE))
    (row,) = _rows(sessions).values()
    found = [(finding["rule"], finding["where"]) for finding in row.findings]
    assert found == [
        ("REL011", "waivers[0].rule"),
        ("REL011", "waivers[1].rule"),
        ("REL013", "waivers[2]"),
        *(("REL011", f"waivers[3].{key}") for key in ("rule", "artifacts", "reason", "until")),
        ("REL014", "waivers[4]"),
    ]


def test_a_release_rule_can_be_waived_for_all_of_its_artifacts(sessions: Sessions) -> None:
    """The pattern must match each file that the finding is about."""
    for name in ("one", "two"):
        sessions.forge(Wheel(name=name, files=package("shared")))
    for pattern, code in (("one-*", 1), ("*", 0)):
        config = _configure(sessions, *_waiver("REL009", pattern))
        assert sessions.files("-m", "release", "--release-config", config).ret == code


def test_the_profile_for_wheels_of_others(sessions: Sessions) -> None:
    """Taste is advice, the header says so, and the publisher is told why nothing of it counts."""
    sessions.forge(STALE)
    assert sessions.files().ret == 1
    result = sessions.files("--profile", "third-party")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["policy: *profile third-party*", "advice VER003: *"])
    assert any("VER003" in reason for reason in sessions.admission("version").reasons)
    config = _configure(sessions, 'profile = "third-party"')
    assert sessions.files("--release-config", config).ret == 0
    assert sessions.files("--release-config", config, "--profile", "own").ret == 1


def test_an_upload_of_others_is_not_judged(sessions: Sessions) -> None:
    """What PyPI would not take any more, and installers do, is advice in what others published."""
    name = "Py_Socks-1.0+cpu-py3-none-linux_x86_64.whl"
    tags = "py3-none-linux_x86_64"
    sessions.forge(Wheel(name="Py_Socks", version="1.0+cpu", tags=tags, file_name=name))
    result = sessions.files("-m", "filename or metadata", "--profile", "third-party")
    assert result.ret == 0
    for rule in ("NAME002", "NAME007", "META019"):
        result.stdout.fnmatch_lines([f"advice {rule}: *"])
    result.stdout.no_fnmatch_line("PyPI would refuse*")
    assert sessions.files("-m", "filename or metadata").ret == 1


def test_evidence_of_the_other_profile_alone_admits_nothing(sessions: Sessions) -> None:
    """A good wheel, every gate passed, and yet refused with a plain reason."""
    sessions.forge()
    assert sessions.files("--profile", "third-party").ret == 0
    (reason,) = sessions.admission().reasons
    assert "passed only under the profile third-party" in reason


def test_an_unknown_profile_is_a_usage_error(sessions: Sessions) -> None:
    """The command line names the two."""
    sessions.forge()
    result = sessions.files("--profile", "theirs")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--profile*invalid choice*theirs*"])


def test_leaving_a_wheel_out_afterwards_is_refused(sessions: Sessions) -> None:
    """What was judged together goes out together, by the evidence of a real run."""
    sessions.forge(Wheel(name="one"))
    other = sessions.forge(Wheel(name="two"))
    sessions.files()
    other.unlink()
    (reason,) = sessions.admission().reasons
    assert f"left out since: {other.name}" in reason
