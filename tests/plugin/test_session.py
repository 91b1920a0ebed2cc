"""What a session of gates verifies, shows, and ends with."""

from __future__ import annotations

import os
import re
import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from release_tests.gates.catalogue import test_of as name_of_test
from release_tests.sandbox.interpreter import running
from tests.forge import Wheel, flip, package
from tests.plugin.conftest import FILE_GATES, GATE_NAMES, ONE_BY_ONE, ROOT, RUNNING_CODE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plugin.conftest import Sessions

USAGE = pytest.ExitCode.USAGE_ERROR


def test_every_gate_is_put_to_every_artifact(sessions: Sessions) -> None:
    """Each pair of gate and artifact is one test, in the catalogue's order; so is a release."""
    names = [sessions.forge(Wheel(name=name)).name for name in ("one", "two")]
    result = sessions.run("--collect-only", "-q")
    ids = [line.partition("::")[2] for line in result.outlines if "::" in line]
    subjects = {gate: names if gate in ONE_BY_ONE else ["1.0"] for gate in GATE_NAMES}
    assert ids == [
        f"{name_of_test(gate)}[{name}]" for gate in GATE_NAMES for name in subjects[gate]
    ]


def test_a_gate_is_a_marker_of_its_name(sessions: Sessions) -> None:
    """``-m`` selects gates, under strict markers too."""
    sessions.forge()
    result = sessions.run("--strict-markers", "-m", "record or version", "--collect-only", "-q")
    ids = [line.partition("::")[2] for line in result.outlines if "::" in line]
    assert [name.partition("[")[0] for name in ids] == ["test_record", "test_version"]


def test_many_artifacts_are_put_their_gates_in_turns(sessions: Sessions) -> None:
    """Gates over one file go on with further artifacts when so many have been put all of them.

    What looks at several of them, or runs code, comes after all of these.
    """
    names = [f"demo{at:03}" for at in range(130)]
    for name in names:
        sessions.forge(Wheel(name=name))
    asked = "filename or archive or release or install"
    lines = sessions.run("--collect-only", "-q", "-m", asked).outlines
    found = [re.search(r"::test_(\w+)\[(demo\d+)", line) for line in lines]
    put = [(one[1], one[2]) for one in found if one]
    turns = [names[:64], names[64:128], names[128:]]
    of_one = [(gate, name) for turn in turns for gate in ("filename", "archive") for name in turn]
    assert put[: len(of_one)] == of_one
    assert put[-len(names) :] == [("install", name) for name in names]
    assert {gate for gate, _ in put[len(of_one) : -len(names)]} <= {"release"}


def test_a_good_wheel_passes_every_gate(sessions: Sessions) -> None:
    """Installation by pip included; the table at the end says so."""
    wheel = sessions.forge()
    result = sessions.command("--pyargs", "release_tests")
    result.assert_outcomes(passed=len(GATE_NAMES))
    assert result.ret == 0
    words = ["not-applicable" if "torch" in name else "passed" for name in GATE_NAMES]
    result.stdout.re_match_lines([f"{wheel.name} +{' +'.join(words)}$"])
    assert sessions.admission(*GATE_NAMES).admitted


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"", "an empty file"), (b"no archive at all", "no archive"), (b"PK\x05\x06", "a stump")],
)
def test_a_file_that_is_no_wheel_is_still_a_subject(
    sessions: Sessions, content: bytes, why: str
) -> None:
    """It is collected, and fails in its gates with findings that name the reason.

    Its file name is one; and of torch the policy asks nothing.
    """
    sessions.dist.mkdir()
    (sessions.dist / "demo-1.0-py3-none-any.whl").write_bytes(content)
    result = sessions.run()
    result.assert_outcomes(passed=3, failed=len(GATE_NAMES) - 3)
    result.stdout.fnmatch_lines(["*ZIP002 error: the file is not a ZIP archive*"])
    assert result.ret == pytest.ExitCode.TESTS_FAILED, why


def test_odd_entries_of_the_directory_are_subjects_too(sessions: Sessions) -> None:
    """A directory, a dangling link and a FIFO named like wheels fail without breaking anything."""
    sessions.dist.mkdir()
    (sessions.dist / "folder-1.0-py3-none-any.whl").mkdir()
    (sessions.dist / "dangling-1.0-py3-none-any.whl").symlink_to("nowhere")
    os.mkfifo(sessions.dist / "fifo-1.0-py3-none-any.whl")
    result = sessions.files("-m", "archive")
    result.assert_outcomes(failed=3, deselected=3 * (len(ONE_BY_ONE) - 1) + 1)
    result.stdout.fnmatch_lines_random(
        ["*it is a directory, not a regular file", "*it is a symbolic link*", "*it is a FIFO*"]
    )


def test_a_file_s_name_speaks_for_itself_alone(sessions: Sessions) -> None:
    """Control characters and line ends of a name stand escaped wherever it is shown."""
    sessions.dist.mkdir()
    name = "\x1b[2Jred\nevidence: all passed-1.0-py3-none-any.whl"
    (sessions.dist / name).write_bytes(b"no archive")
    shown = sessions.files("-m", "filename or archive or release").stdout.str()
    assert "\x1b" not in shown
    assert r"PyPI would refuse \x1b[2Jred\nevidence: all passed" in shown
    assert not [line for line in shown.splitlines() if line.startswith("evidence: all")]


def test_a_failure_shows_every_finding(sessions: Sessions) -> None:
    """Rule, place, expected, found, why and how to mend stand in the output, for each finding."""
    files = {**package(), "demo/__pycache__/core.cpython-312.pyc": b"\0", "tests/test_it.py": ""}
    sessions.forge(Wheel(files=files))
    result = sessions.files()
    shown = result.stdout.str()
    for rule in ("STR015", "STR016"):
        assert f"{rule} error: " in shown
    for words in ("at    demo/__pycache__/core.cpython-312.pyc", "why   ", "mend  ", "see   "):
        assert words in shown


def test_advice_is_shown_and_stops_nothing(sessions: Sessions) -> None:
    """A finding that is only advice leaves the gate passed, and stands at the end."""
    sessions.forge(Wheel(files={**package(), "demo/.gitkeep": ""}))
    result = sessions.files()
    assert result.ret == 0
    result.stdout.fnmatch_lines(["advice STR024: *, demo/.gitkeep"])


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((), "*dist: the directory of wheels cannot be read*"),
        (("--wheel-dir", "empty"), "*there is no wheel and no sdist in *empty*"),
        (
            ("--wheel-dir", "full", "--wheel-dir", "empty"),
            "*there is no wheel and no sdist in *empty*",
        ),
        (("--fetch-tags", "*x86_64", "--wheel-dir", "full"), "*--fetch-tags says which files*"),
        (("--wheel", "missing.whl"), "*missing.whl: there is no such file*"),
        (
            ("--wheel", "full/demo-1.0-py3-none-any.whl/a.whl"),
            "*a.whl: it cannot be looked at: Not a directory*",
        ),
        (
            ("--release-config", "missing.toml", "--wheel-dir", "full"),
            "*cannot be read: No such file or directory*",
        ),
        (("--wheel-dir", "full", "--wheel-dir", "twin"), "*two files are named demo-1.0-py3*"),
        (("-n", "auto"), "*dist: the directory of wheels cannot be read*"),
    ],
)
def test_nothing_sensible_to_verify_is_a_usage_error(
    sessions: Sessions, args: tuple[str, ...], message: str
) -> None:
    """Never a green run: exit code 4 and a sentence."""
    for name in ("empty", "full", "twin"):
        (sessions.pytester.path / name).mkdir()
    for name in ("full", "twin"):
        Wheel().write(sessions.pytester.path / name)
    result = sessions.files(*args)
    assert result.ret == USAGE
    result.stderr.fnmatch_lines([message])
    assert "INTERNALERROR" not in result.stdout.str() + result.stderr.str()
    assert not sessions.evidence.exists()


def test_directories_and_files_add_up(sessions: Sessions) -> None:
    """``--wheel-dir`` and ``--wheel`` are repeatable; a file named twice is verified once."""
    one, two = (sessions.pytester.mkdir(name) for name in ("one", "two"))
    first, second = Wheel(name="first").write(one), Wheel(name="second").write(two)
    third = Wheel(name="third", file_name="third.zip").write(two)
    args = ("--wheel-dir", one, "--wheel-dir", two, "--wheel", third, "--wheel", first)
    result = sessions.files("-m", "filename", "-v", *args)
    result.assert_outcomes(passed=2, failed=1, deselected=3 * (len(ONE_BY_ONE) - 1) + 2)
    for path in (first, second, third):
        result.stdout.fnmatch_lines([f"*test_filename[[]{path.name}*"])


def test_the_policy_is_the_released_project_s(sessions: Sessions) -> None:
    """It is looked up from the wheels upwards, decides, and stands in the header."""
    project = sessions.pytester.mkdir("project")
    table = '[tool.release-gates]\nimports = ["demo.missing"]\n'
    (project / "pyproject.toml").write_text(table)
    (project / "dist").mkdir()
    Wheel().write(project / "dist")
    result = sessions.files("--wheel-dir", project / "dist")
    assert result.ret == 1
    result.stdout.fnmatch_lines([f"policy: {project / 'pyproject.toml'}", "*STR021 error*"])
    assert sessions.last().policy_path == str(project / "pyproject.toml")


def test_an_unknown_key_names_the_nearest(sessions: Sessions) -> None:
    """A typing error in the policy is a usage error that says what was meant."""
    sessions.forge()
    config = sessions.pytester.path / "release.toml"
    config.write_text('[instal]\nindex-url = "http://127.0.0.1/simple/"\n')
    result = sessions.files("--release-config", config)
    assert result.ret == USAGE
    result.stderr.fnmatch_lines(["*unknown key `instal`*", "*Did you mean `install`?*"])


def test_other_sessions_are_left_alone(sessions: Sessions) -> None:
    """Loaded but not named, the plugin changes nothing and leaves nothing."""
    sessions.pytester.makepyfile("def test_it() -> None:\n    pass\n")
    result = sessions.command()
    result.assert_outcomes(passed=1)
    assert "release gates" not in result.stdout.str()
    assert not sessions.evidence.exists()


@pytest.mark.parametrize(
    ("ini", "conftest", "message"),
    [
        ("[pytest]\npython_files = check_*.py\n", "", "*none was collected (configuration: *ini*"),
        ("[pytest]\npython_functions = it_*\n", "", "*none was collected (configuration: *ini*"),
        (
            "[pytest]\n",
            "import pytest\n@pytest.fixture\ndef ask():\n    return lambda *_: None\n",
            "*a conftest.py replaces a fixture of the gates*",
        ),
    ],
    ids=["python_files", "python_functions", "fixture"],
)
def test_a_project_s_own_configuration_hides_no_gate(
    sessions: Sessions, ini: str, conftest: str, message: str
) -> None:
    """Where it would, the session is a usage error that names the cause, not an empty run."""
    sessions.forge()
    (sessions.pytester.path / "pytest.ini").write_text(ini)
    (sessions.pytester.path / "conftest.py").write_text(conftest)
    result = sessions.files()
    assert result.ret == USAGE
    result.stderr.fnmatch_lines([message])
    assert not sessions.admission().admitted


def test_a_session_without_capturing_speaks_too(sessions: Sessions) -> None:
    """With the capture plugin switched off a long gate still passes."""
    slow = "import time\ntime.sleep(4)\n__version__ = '1.0'\n"
    sessions.forge(Wheel(files={**package(), "demo/__init__.py": slow}))
    config = sessions.pytester.path / "release.toml"
    config.write_text(f'[install]\npythons = ["{running().minor}"]\n')
    result = sessions.run("-m", "install", "-p", "no:capture", "--release-config", config)
    assert result.ret == 0


def test_a_linked_package_is_the_package(sessions: Sessions) -> None:
    """A symbolic link to the package names the gates as the package itself does."""
    sessions.forge()
    _link(sessions.pytester.path)
    result = sessions.command("release_tests", "-m", "not runs_code")
    result.assert_outcomes(passed=len(FILE_GATES), deselected=len(RUNNING_CODE))


def test_gates_collected_unasked_are_refused(sessions: Sessions) -> None:
    """A tree that merely contains the gates does not verify anything, and says so."""
    sessions.forge()
    _link(sessions.pytester.path)
    result = sessions.command(".")
    assert result.ret == USAGE
    result.stderr.fnmatch_lines(["*the release gates were collected, but not asked for*"])
    assert not sessions.evidence.exists()


def _link(directory: Path) -> None:
    (directory / "release_tests").symlink_to(ROOT / "release_tests", target_is_directory=True)


def _checkout(sessions: Sessions) -> Path:
    """Return a copy of this package with what a checkout has beside it."""
    checkout = sessions.pytester.mkdir("checkout")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "release_tests", checkout / "release_tests", ignore=ignored)
    for name in ("conftest.py", "pytest.ini"):
        (checkout / name).write_bytes((ROOT / name).read_bytes())
    return checkout


@pytest.mark.parametrize("how", ["checkout", "other copy"])
def test_a_checkout_works_without_installation(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """``pytest release_tests`` works in a bare checkout, and beside an installed copy."""
    checkout = _checkout(sessions)
    (checkout / "dist").mkdir()
    Wheel().write(checkout / "dist")
    (checkout / "sub").mkdir()
    monkeypatch.chdir(checkout if how == "checkout" else checkout / "sub")
    if how == "checkout":
        monkeypatch.delenv("PYTHONPATH")
    else:
        monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")  # as users have it
    plugins = ("-p", "pytester") if how == "checkout" else ("-p", "release_tests.plugin")
    words = ("pytest", *plugins, checkout / "release_tests", "--wheel-dir", checkout / "dist")
    result = sessions.pytester.run(sys.executable, "-P", "-m", *words, "-m", "not runs_code")
    result.assert_outcomes(passed=len(FILE_GATES), deselected=len(RUNNING_CODE))
    used = checkout if how == "checkout" else ROOT
    result.stdout.fnmatch_lines([f"*gates from {used / 'release_tests'}"])


def test_what_pytest_would_take_for_tests_is_refused(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a bare checkout no code beside the wheels runs because an option is two words."""
    checkout = _checkout(sessions)
    demo = sessions.pytester.mkdir("demo")
    (demo / "conftest.py").write_text("raise SystemExit(77)\n")
    (demo / "dist").mkdir()
    Wheel().write(demo / "dist")
    monkeypatch.chdir(checkout)
    monkeypatch.delenv("PYTHONPATH")
    words = ("-P", "-m", "pytest", "-p", "pytester", "release_tests", "-m", "not runs_code")
    two = sessions.pytester.run(sys.executable, *words, "--wheel-dir", "../demo/dist")
    assert two.ret == USAGE
    two.stderr.fnmatch_lines(
        ["*../demo/dist: pytest takes it for a place of tests, and would run*"]
    )
    one = sessions.pytester.run(sys.executable, *words, "--wheel-dir=../demo/dist")
    one.assert_outcomes(passed=len(FILE_GATES), deselected=len(RUNNING_CODE))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_where_pytest_may_not_look_for_tests_is_refused(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a bare checkout a directory of wheels that nobody may read is told of, in words."""
    monkeypatch.chdir(_checkout(sessions))
    monkeypatch.delenv("PYTHONPATH")
    closed = sessions.pytester.mkdir("closed")
    closed.chmod(0)
    words = ("-P", "-m", "pytest", "-p", "pytester", "release_tests", "--wheel-dir", closed)
    result = sessions.pytester.run(sys.executable, *words)
    assert result.ret == USAGE
    result.stderr.fnmatch_lines(["*cannot look for a conftest.py there: Permission denied"])


def test_a_flipped_byte_anywhere_is_noticed(sessions: Sessions) -> None:
    """A single byte of a member's data fails the archive gate."""
    wheel = sessions.forge(Wheel(method=0))
    flip(wheel, b"well done")
    result = sessions.files("-m", "archive")
    result.assert_outcomes(failed=1, deselected=len(GATE_NAMES) - 1)
    result.stdout.fnmatch_lines(["*ZIP025 error*", "*demo/core.py*"])
