"""Scratch directories: gone on every way out, and swept when their owner was killed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from release_tests.sandbox import scratch
from release_tests.sandbox.scratch import Owner, scratch_directory, sweep

needs_proc = pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs /proc")
pytestmark = pytest.mark.skipif(os.name != "posix", reason="POSIX processes")


def _named(parent: Path, owner: Owner) -> Path:
    name = f"{scratch.PREFIX}-{owner.namespace}-{owner.pid}-{owner.start}-x1"
    path = parent / name
    path.mkdir()
    return path


def _gone(pid: int) -> bool:
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("error", [None, ValueError, KeyboardInterrupt, SystemExit])
def test_nothing_is_left_on_any_way_out(tmp_path: Path, error: type[BaseException] | None) -> None:
    """The directory is removed after success, failure and interruption alike."""
    try:
        with scratch_directory(tmp_path) as directory:
            (directory / "deep" / "er").mkdir(parents=True)
            if error:
                raise error
    except (ValueError, KeyboardInterrupt, SystemExit):
        assert error
    assert list(tmp_path.iterdir()) == []


def test_removes_what_took_the_right_away(tmp_path: Path) -> None:
    """A directory without any permission is removed as well, and nothing a link points to."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").touch()
    with scratch_directory(tmp_path) as directory:
        (directory / "locked" / "in").mkdir(parents=True)
        (directory / "link").symlink_to(outside)
        (directory / "locked").chmod(0)
        directory.chmod(0o500)
    assert [path.name for path in tmp_path.iterdir()] == ["outside"]
    assert (outside / "kept").exists()


@pytest.mark.skipif(os.name != "posix", reason="POSIX rights")
def test_removes_what_is_too_deep_to_name(tmp_path: Path) -> None:
    """Deeper than Python calls itself, than a path may be long, and without rights on the way."""
    names = [f"{at % 2}" * 200 for at in range(40)] + ["d"] * 1500
    kept = tmp_path / "kept"
    kept.mkdir()
    with scratch_directory(tmp_path) as directory:
        code = (
            "import os, sys\nos.chdir(sys.argv[1])\n"
            f"for name in {names!r}:\n    os.mkdir(name)\n    os.chdir(name)\n"
            "open('deepest', 'w').close()\nos.symlink(sys.argv[2], 'link')\n"
            "os.chdir(sys.argv[1])\nos.chmod('0' * 200, 0)\n"
        )
        subprocess.run([sys.executable, "-c", code, directory, kept], check=True)
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_does_not_follow_what_was_turned_into_a_link(tmp_path: Path) -> None:
    """What ran in it may leave a link in its place: what is behind that is left as it is."""
    valued = tmp_path / "valued"
    (valued / "inner").mkdir(parents=True)
    (valued / "inner").chmod(0o500)
    with scratch_directory(tmp_path) as directory:
        directory.rmdir()
        directory.symlink_to(valued)
    assert [path.name for path in tmp_path.iterdir()] == ["valued"]
    assert (valued / "inner").stat().st_mode & 0o777 == 0o500


def test_sweeps_what_a_killed_process_left(tmp_path: Path) -> None:
    """The directory of a process that was killed is removed; that of a living one stays."""
    code = (
        "import sys, time, pathlib\n"
        "from release_tests.sandbox.scratch import scratch_directory\n"
        "with scratch_directory(pathlib.Path(sys.argv[1])) as made:\n"
        "    print(made, flush=True)\n    time.sleep(60)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        left = process.stdout.readline().strip()
        assert sweep(tmp_path) == []
        process.kill()
        process.wait()
    assert [str(path) for path in sweep(tmp_path)] == [left]
    assert list(tmp_path.iterdir()) == []


def test_knows_a_reused_process_id(tmp_path: Path) -> None:
    """A living process with the same id that started at another time is not the owner."""
    me = Owner.current()
    if not me.start:
        pytest.skip("this system does not tell when a process started")
    left = _named(tmp_path, Owner(me.namespace, me.pid, me.start - 1))
    assert sweep(tmp_path) == [left]


def test_spares_what_is_not_known_to_be_left(tmp_path: Path) -> None:
    """Its own, other names, files and links to directories all stay."""
    gone = Owner(Owner.current().namespace, 2**22 + 7, 1)
    target = tmp_path / "target"
    target.mkdir()
    _named(tmp_path, Owner.current())
    (tmp_path / f"{scratch.PREFIX}-mine").mkdir()
    link = _named(tmp_path, gone)
    link.rmdir()
    link.symlink_to(target)
    before = sorted(tmp_path.iterdir())
    assert sweep(tmp_path) == []
    assert sorted(tmp_path.iterdir()) == before


def test_waits_days_for_another_container(tmp_path: Path) -> None:
    """A directory from another process namespace is only removed when it is days old."""
    foreign = _named(tmp_path, Owner(1, 2**22 + 7, 1))
    assert sweep(tmp_path) == []
    week = time.time() - 7 * 24 * 3600
    os.utime(foreign, (week, week))
    assert sweep(tmp_path) == [foreign]


def _settling(directory: Path, before: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start what has the environment *before* for a while, and then one with its home inside."""
    code = (
        "import os, sys, time\nprint(flush=True)\ntime.sleep(0.3)\n"
        "os.execve(sys.executable, [sys.executable, '-ISc', 'import time; time.sleep(60)'], "
        "{'HOME': sys.argv[1]})"
    )
    process = subprocess.Popen(
        [sys.executable, "-ISc", code, f"{directory}/home"],
        env=before,
        start_new_session=True,
        stdout=subprocess.PIPE,
    )
    assert process.stdout
    process.stdout.readline()
    return process


def _own_environment() -> dict[str, str]:
    """Return what the kernel shows as this process's environment, in its order."""
    lines = Path("/proc/self/environ").read_bytes().split(b"\0")
    pairs = (os.fsdecode(line).partition("=") for line in lines if line)
    return {name: value for name, _, value in pairs}


@needs_proc
def test_kills_a_daemon_that_left_its_group(tmp_path: Path) -> None:
    """A process in a session of its own ends with the directory that it has its home in."""
    with scratch_directory(tmp_path) as directory:
        daemon = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", "import time; time.sleep(60)"],
            env={"HOME": f"{directory}/home"},
            start_new_session=True,
        )
    assert daemon.wait(60) == -9
    assert _gone(daemon.pid)


@needs_proc
@pytest.mark.parametrize("inherited", [True, False])
def test_kills_a_daemon_that_is_just_being_started(tmp_path: Path, *, inherited: bool) -> None:
    """Between fork and exec a process shows its parent's environment, or none; it is waited for."""
    with scratch_directory(tmp_path) as directory:
        daemon = _settling(directory, _own_environment() if inherited else {})
    with daemon:
        try:
            assert daemon.wait(60) == -9
        finally:
            daemon.kill()


@needs_proc
def test_waits_for_nobody_elses_process(tmp_path: Path) -> None:
    """One with an empty environment that was there before costs no time and is left alone."""
    command = [sys.executable, "-ISc", "import time; print(flush=True); time.sleep(60)"]
    with subprocess.Popen(command, env={}, stdout=subprocess.PIPE) as other:
        assert other.stdout
        other.stdout.readline()
        time.sleep(0.05)
        with scratch_directory(tmp_path):
            started = time.monotonic()
        took = time.monotonic() - started
        assert other.poll() is None
        other.kill()
    assert took < 0.9
