"""The command line as users run it: its exit codes, and what goes to which stream."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, NoReturn

import pytest

import publisher
from publisher import cli, commands
from publisher.exits import ExitCode, ending
from publisher.log import Log
from publisher.loopback import free_port
from publisher.record.run import DIRECTORY, MACHINES
from publisher.redaction import Redactor
from release_tests import __version__
from release_tests.process import Completed, run, started_process
from tests.forge import Wheel
from tests.index.wire import Answer, Request, forward, serving
from tests.publisher.scene import VARIABLES

if TYPE_CHECKING:
    from publisher.desk import Desk
    from release_tests.index.locations import Role
    from tests.publisher.scene import Scene

ROOT = Path(publisher.__file__).parent.parent
NAME = "demo-1.0-py3-none-any.whl"
LOG_LINE = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[\d+\] \[(INFO|SUCCESS|WARNING|ERROR)\] "


class Shell:
    """A maintainer's shell in a project whose policy has both indexes on loopback."""

    def __init__(self, scene: Scene) -> None:
        """Begin with nothing but the tokens."""
        self.scene = scene
        self.environ = {name: os.environ[name] for name in os.environ if "TOKEN" not in name}
        self.environ |= {"PYTHONPATH": str(ROOT), "HOME": str(scene.place)}
        self.environ |= {VARIABLES[role]: token for role, token in scene.tokens.items()}

    def type(self, *words: str) -> Completed:
        """Run the publisher."""
        self.configure()
        return run(self.command(*words), deadline=60, env=self.environ, cwd=self.place, check=False)

    def command(self, *words: str) -> list[str]:
        """Return the command line."""
        return [sys.executable, "-m", "publisher", *words]

    @property
    def place(self) -> Path:
        """The project's directory."""
        return self.scene.place

    def configure(self, deadline: int = 5) -> None:
        """Write the project's policy."""
        lines = ["[tool.release-gates.install]", f'installer = "{self.scene.installer}"']
        for role in self.scene.indexes:
            url = self.scene.urls[role]
            lines += [
                f"[tool.release-gates.indexes.{role}]",
                f'upload-url = "{url}/"',
                f'simple-url = "{url}/simple/"',
                f'username = "{self.scene.indexes[role].user}"',
                f'token-env = "{VARIABLES[role]}"',
                f"deadline = {deadline}",
            ]
        (self.place / "pyproject.toml").write_text("\n".join(lines))


@pytest.fixture
def shell(scene: Scene) -> Shell:
    """Return a shell in the scene's project."""
    return Shell(scene)


def test_done_is_0_and_each_stream_has_its_own(shell: Shell) -> None:
    """The whole road: log lines on standard error, plan and result on standard output."""
    path = shell.scene.wheel()
    done = shell.type("--yes")
    assert done.returncode == ExitCode.DONE, done.output
    assert set(shell.scene.held("production")) == {path.name}
    assert all(re.match(LOG_LINE, line) for line in done.stderr.splitlines())
    assert "absent -> upload" in done.stdout
    assert "fetched back, same bytes" in done.stdout
    assert not set(shell.scene.tokens.values()) & set(re.split(r"\W", done.output))


def test_check_prints_every_decision(shell: Shell) -> None:
    """Admitted files and refused ones are named, with the reasons; any refusal is 1."""
    shell.scene.wheel()
    done = shell.type("check")
    assert (done.returncode, "admitted  demo-1.0" in done.stdout) == (ExitCode.DONE, True)
    shell.scene.wheel(Wheel(name="unverified", version="2.0"), verified=False)
    done = shell.type("check")
    assert done.returncode == ExitCode.REFUSED
    assert "admitted  demo-1.0" in done.stdout
    assert re.search(r"refused   unverified-2\.0.*\n.*\n +- ", done.stdout)


def test_status_says_what_is_missing_and_what_is_complete(shell: Shell) -> None:
    """1 while something is missing, 0 when nothing is, 3 for a conflict; JSON for machines."""
    shell.scene.wheel()
    done = shell.type("status")
    assert (done.returncode, "next: python -m publisher" in done.stdout) == (1, True), done.output
    for role in shell.scene.indexes:
        shell.scene.put(role, Wheel())
    done = shell.type("status", "--json")
    assert (done.returncode, json.loads(done.stdout)["complete"]) == (ExitCode.DONE, True)
    shell.scene.put("production", Wheel(files={"demo/__init__.py": "# other\n"}))
    assert shell.type("status").returncode == ExitCode.CONFLICT


def test_check_answers_at_once_about_what_is_no_file(shell: Shell) -> None:
    """A FIFO named like a wheel is refused, not waited for until somebody writes to it."""
    shell.scene.dist.mkdir()
    os.mkfifo(shell.scene.dist / NAME)
    done = shell.type("check")
    assert (done.returncode, "it is a FIFO" in done.stdout) == (ExitCode.REFUSED, True), done.output


def test_check_and_plan_show_the_waivers_in_use(shell: Shell) -> None:
    """What goes out although a rule is broken is said, with the reason and the last day."""
    waived = {"rule": "VER003", "waived": "mended in 1.1", "waived-until": "2999-12-31"}
    shell.scene.findings = (waived,)
    path = shell.scene.wheel()
    line = "VER003 until 2999-12-31: mended in 1.1"
    assert f"          waived {line}\n" in shell.type("check").stdout
    planned = shell.type("--dry-run").stdout
    assert f"Waivers in use\n  {line} ({path.name})\nPlan\n" in planned


def test_refused_is_1(shell: Shell) -> None:
    """A file that is not admitted, or a token that is not taken."""
    shell.scene.wheel()
    shell.environ[VARIABLES["staging"]] = "wrong"
    done = shell.type("--yes")
    assert done.returncode == ExitCode.REFUSED
    assert "403" in done.stderr


def test_an_index_that_is_down_is_1(shell: Shell) -> None:
    """Nothing was done, and the index that did not answer is named."""
    shell.scene.wheel()
    shell.scene.urls["production"] = f"http://127.0.0.1:{free_port()}"
    done = shell.type("--yes")
    assert done.returncode == ExitCode.REFUSED
    assert "did not answer" in done.stderr
    assert shell.scene.held("staging") == {}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--no-such-option"], "unrecognized arguments"),
        (["elsewhere"], "unrecognized arguments"),
        (["--wheel", "nothing.whl"], "nothing.whl"),
        (["--wheel-dir", "nowhere"], "nowhere"),
        (["--release-config", "nothing.toml"], "nothing.toml"),
        ([], "there is no terminal"),
        *(
            ([f"--{name}=", "--yes"], f"--{name}: it is empty")
            for name in ("plan", "variant", "wheel", "wheel-dir", "evidence-dir", "release-config")
        ),
    ],
)
def test_usage_is_2(shell: Shell, words: list[str], said: str) -> None:
    """A caller's mistake is named: a missing --yes without a terminal, a variable that is unset."""
    shell.scene.wheel()
    done = shell.type(*words)
    assert (done.returncode, said in done.stderr) == (ExitCode.USAGE, True), done.stderr
    assert shell.scene.held("staging") == {}


def test_a_dotenv_that_others_can_read_is_2(shell: Shell) -> None:
    """The tokens are looked for beside the policy, and kept to their owner."""
    shell.scene.wheel()
    (shell.place / ".env").write_text(
        "".join(f"{name}={shell.environ.pop(name)}\n" for name in VARIABLES.values())
    )
    (shell.place / ".env").chmod(0o644)
    done = shell.type("--yes", "--dry-run")
    assert (done.returncode, "chmod 600" in done.stderr) == (ExitCode.USAGE, True)
    (shell.place / ".env").chmod(0o600)
    assert shell.type("--yes").returncode == ExitCode.DONE


def test_a_conflict_is_3(shell: Shell) -> None:
    """Other bytes under the name, anywhere."""
    shell.scene.wheel()
    shell.scene.put("production", Wheel(files={"demo/__init__.py": "# other\n"}))
    done = shell.type("--yes")
    assert (done.returncode, "CONFLICT" in done.stdout) == (ExitCode.CONFLICT, True)
    assert shell.scene.held("staging") == {}


def test_an_unknown_outcome_is_4(shell: Shell) -> None:
    """An upload that failed, with nothing on the index afterwards."""
    shell.scene.wheel()
    upstream = shell.scene.urls["staging"]

    def answer(request: Request) -> Answer:
        return Answer(500) if request.method == "POST" else forward(upstream, request)

    with serving(answer) as wire:
        shell.scene.urls["staging"] = wire.url
        assert shell.type("--yes").returncode == ExitCode.OUTCOME_UNKNOWN


def test_a_failed_staged_verification_is_5(shell: Shell) -> None:
    """What staging serves does not import."""
    shell.scene.wheel(Wheel(files={"demo/__init__.py": "import nothing_of_that_name\n"}))
    done = shell.type("--yes")
    assert done.returncode == ExitCode.STAGED_VERIFICATION_FAILED
    assert "nothing_of_that_name" in done.stderr
    assert shell.scene.held("production") == {}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_is_130(shell: Shell, number: signal.Signals) -> None:
    """While the index lags, as at any time: told how to go on, nothing is left lying about."""
    shell.scene.wheel()
    upstream, log = shell.scene.urls["staging"], shell.place / "log"
    posted = False

    def answer(request: Request) -> Answer:
        nonlocal posted
        if request.method == "POST":
            found = forward(upstream, request)
            posted = True
            return found
        return Answer(404)

    temporary = shell.place / "tmp"
    temporary.mkdir()
    with serving(answer) as wire, log.open("wb") as out:
        shell.scene.urls["staging"] = wire.url
        shell.configure(deadline=60)
        with started_process(
            shell.command("--yes"),
            env=shell.environ | {"TMPDIR": str(temporary)},
            cwd=shell.place,
            stdout=out,
            stderr=subprocess.STDOUT,
        ) as process:
            until = time.monotonic() + 120
            while not (posted and "uploaded demo" in log.read_text()):
                assert time.monotonic() < until, log.read_text()
                time.sleep(0.05)
            process.send_signal(number)
            assert process.wait(120) == ExitCode.INTERRUPTED, log.read_text()
    assert f"interrupted ({number.name}). Run the same command again" in log.read_text()
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_after_all_was_published_changes_nothing(
    shell: Shell, number: signal.Signals
) -> None:
    """While people are told of it: the code, the report and what they are told stay true."""
    shell.scene.wheel()
    shell.configure()
    log = shell.place / "log"
    titles: list[str] = []
    with contextlib.ExitStack() as stack:

        def answer(request: Request) -> Answer:
            titles.append(json.loads(request.body)["title"])
            process.send_signal(number)
            return Answer()

        wire = stack.enter_context(serving(answer))
        notify = {"RELEASE_GATES_NOTIFY": wire.url.replace("http", "json", 1)}
        out = stack.enter_context(log.open("wb"))
        process = stack.enter_context(
            started_process(
                shell.command("--yes"), env=shell.environ | notify, cwd=shell.place, stdout=out,
                stderr=subprocess.STDOUT,
            )
        )  # fmt: skip
        assert process.wait(60) == ExitCode.DONE, log.read_text()
    assert titles == ["Release published"]
    ended = "published: every target that was not left out has exactly these bytes"
    assert ended in log.read_text()
    assert "interrupted" not in log.read_text()
    (report,) = shell.scene.evidence.glob(f"{DIRECTORY}/*/{MACHINES}")
    assert json.loads(report.read_text())["ended"] == "done"


def test_a_signal_while_python_ends_does_not_take_the_place_of_the_code() -> None:
    """All is said by then; what called the publisher goes by the code."""
    late = (
        "import atexit, os, signal, sys; from publisher.cli import run; "
        "atexit.register(lambda: os.kill(os.getpid(), signal.SIGTERM)); "
        "sys.argv = ['publisher', 'check', '--wheel', 'nowhere.whl']; run()"
    )
    done = run([sys.executable, "-c", late], deadline=60, env=os.environ, cwd=ROOT, check=False)
    assert done.returncode == ExitCode.USAGE, done.output


def test_a_terminal_is_asked(shell: Shell) -> None:
    """On a real terminal the question comes after staging, and only then production is decided."""
    shell.scene.wheel()
    shell.configure()
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        shell.command(), env=shell.environ, cwd=shell.place, stdin=theirs, stderr=theirs,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    while b"Type `yes`" not in shown:
        shown += os.read(ours, 4096)
    assert set(shell.scene.held("staging")) == {NAME}
    os.write(ours, b"no\n")
    while process.poll() is None:
        shown += _rest(ours)
    os.close(ours)
    assert process.returncode == ExitCode.REFUSED
    assert b"nothing was uploaded to production" in shown
    assert shell.scene.held("production") == {}


def _rest(terminal: int) -> bytes:
    """Read what there is; a terminal whose other side is closed has nothing more."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        time.sleep(0.01)
        return b""


def test_help_lists_every_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    """The exit codes are documented where users look first."""
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    shown = capsys.readouterr().out
    assert all(
        re.search(rf"^  {code.value} +{code.meaning}$", shown, re.MULTILINE) for code in ExitCode
    )


def test_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """The version is that of the package."""
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert capsys.readouterr().out == f"release-gates {__version__}\n"


@pytest.mark.parametrize(
    ("attempts", "code", "said"),
    [
        ([], ExitCode.FAULT, "Nothing went out"),
        (["a.whl to staging"], ExitCode.OUTCOME_UNKNOWN, "attempted: a.whl to staging"),
    ],
)
def test_a_fault_of_the_publisher_is_redacted(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    attempts: list[str],
    code: ExitCode,
    said: str,
) -> None:
    """A bug that strikes after an upload leaves its outcome unknown; before that, it is a bug."""

    def broken(_: object, desk: Desk) -> NoReturn:
        desk.attempts.extend(attempts)
        raise ZeroDivisionError("at http://joe:hunter2@host/")

    command = commands.COMMANDS["publish"]._replace(run=broken)
    monkeypatch.setitem(commands.COMMANDS, "publish", command)
    assert cli.main([]) == code
    shown = capsys.readouterr().err
    assert said in shown
    assert ("asks the indexes" in shown) == bool(attempts)
    assert "ZeroDivisionError" in shown
    assert "hunter2" not in shown


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_no_fault_of_the_publisher(number: int) -> None:
    """Whoever has to make room is told so, and where, and sees no traceback."""
    error = OSError(number, os.strerror(number), "/somewhere/demo.whl")
    code, said = ending(error, Log(Redactor()), [])
    assert code == ExitCode.FAULT
    assert f"a disk of this machine is full, that of temporary files ({gettempdir()})" in said
    assert "/somewhere/demo.whl" in said
    assert "Nothing went out" in said
    assert "Traceback" not in said


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize(
    ("words", "redirected", "code"),
    [
        (["check"], ">/dev/full", ExitCode.FAULT),
        (["check"], ">/dev/full 2>/dev/full", ExitCode.FAULT),
        (["--yes"], ">/dev/full", ExitCode.FAULT),
        (["check"], "2>/dev/full", ExitCode.DONE),
    ],
)
def test_a_full_disk_is_no_unknown_outcome(
    shell: Shell, words: list[str], redirected: str, code: ExitCode
) -> None:
    """What cannot be printed before anything went out says nothing about an upload."""
    shell.scene.wheel()
    shell.configure()
    command = ["sh", "-c", f'exec "$@" {redirected}', "sh", *shell.command(*words)]
    done = run(command, deadline=60, env=shell.environ, cwd=shell.place, check=False)
    assert done.returncode == code, done.output
    assert "asks the indexes" not in done.output
    assert shell.scene.held("staging") == {}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_fault_after_an_upload_is_an_unknown_outcome(shell: Shell) -> None:
    """A log that cannot be written any more ends the run; what it had sent may have landed."""
    shell.scene.wheel()
    shell.configure()
    breaking = (
        "import os, sys; from publisher import cli\nfrom publisher.index import upload\n"
        "def broken(*_, **__): raise OSError(28, 'No space left')\n"
        "upload.meaning = broken\n"
        "sys.exit(cli.main(['--yes']))"
    )
    command = [sys.executable, "-c", breaking]
    done = run(command, deadline=60, env=shell.environ, cwd=shell.place, check=False)
    assert done.returncode == ExitCode.OUTCOME_UNKNOWN, done.output
    assert f"An upload was attempted: {NAME} to staging" in done.stderr


@pytest.mark.parametrize("words", [["check"], ["--help"], ["--dry-run"]])
@pytest.mark.parametrize("ends", ["", " 2>&1"])
def test_a_closed_pipe_is_no_fault(shell: Shell, words: list[str], ends: str) -> None:
    """Whoever stops reading sees no traceback, and the exit code stays one of the publisher's."""
    shell.scene.wheel()
    shell.configure()
    script = f'{{ sleep 0.2; "$@"{ends}; echo $? >code; }} | true'
    command = ["sh", "-c", script, "sh", *shell.command(*words)]
    done = run(command, deadline=60, env=shell.environ, cwd=shell.place)
    assert not re.search("Traceback|Error", done.output), done.output
    assert int((shell.place / "code").read_text()) in {ExitCode.DONE, ExitCode.FAULT}


def test_an_encoding_that_lacks_a_character_is_no_fault(shell: Shell) -> None:
    """What a stream cannot show is escaped."""
    shell.scene.wheel(Wheel(name="unverified"), verified=False)
    shell.environ["PYTHONIOENCODING"] = "ascii"
    shell.scene.wheel().write_bytes(b"changed")
    done = shell.type("check")
    assert (done.returncode, done.stderr) == (ExitCode.REFUSED, "")
    assert "\\u2026, the file now has" in done.stdout


def test_interrupted_while_starting_is_130(shell: Shell) -> None:
    """Ctrl-C before the publisher has all its modules ends it as later on, without a traceback."""
    (shell.place / "sitecustomize.py").write_text(
        "import os, sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'publisher.confirmation': os.kill(os.getpid(), 2)\n"
        "sys.meta_path.insert(0, Finder())\n"
    )
    shell.environ["PYTHONPATH"] = os.pathsep.join((str(shell.place), str(ROOT)))
    done = shell.type("check")
    assert (done.returncode, done.output) == (ExitCode.INTERRUPTED, "")


@pytest.mark.skipif(sys.platform != "linux", reason="Linux has /proc/PID/environ")
def test_its_environment_is_kept_from_the_users_other_processes() -> None:
    """Where the wheel's code is run, the publisher's own process is no longer open to it."""
    code = (
        "import ctypes\nfrom publisher import cli\n"
        "cli.main = lambda _: ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)\ncli.run()"
    )
    environ = {"PYTHONPATH": str(ROOT)}
    assert run([sys.executable, "-c", code], deadline=60, env=environ, check=False).returncode == 0


def test_another_index_is_chosen_by_role(shell: Shell) -> None:
    """The two indexes are what the policy says, and the plan names both."""
    shell.scene.wheel()
    done = shell.type("--dry-run")
    roles: list[Role] = ["staging", "production"]
    assert done.returncode == ExitCode.DONE
    assert all(f"{role} ({shell.scene.urls[role]}/): absent" in done.stdout for role in roles)
