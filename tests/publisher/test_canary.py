"""No token is anywhere where it must not be, on whatever way the publisher goes."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import publisher
from publisher.mishaps.github.faults import Fault
from publisher.mishaps.github.shapes import FULL
from publisher.mishaps.github.standin import standing_in
from publisher.mishaps.github.state import Repository
from publisher.mishaps.wire import serving
from release_tests import policy
from release_tests.process import Completed, run, started_process
from tests.forge import Wheel
from tests.publisher.canary import Mood, Watch, hatch, in_files, shouting, spellings, traces
from tests.publisher.pypi import TOKEN_USER, Pypi
from tests.publisher.scene import Clock, evidence_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from publisher.mishaps.github.standin import StandIn
    from publisher.mishaps.wire import Answer, Request

ROOT = Path(publisher.__file__).parent.parent
ROLES = ("staging", "production")
EVERY_WAY = bool(os.environ.get("RELEASE_GATES_TEST_CANARY"))
"""By hand: all ways, and not only those that take a second."""

CRASH = """
import logging, os, threading, warnings
from publisher import cli, road

def crash(*args, **kwargs):
    token = os.environ["CANARY_PRODUCTION"]
    logging.getLogger("somebody").warning("with %s", token)
    warnings.warn(f"careful with {token}")
    thread = threading.Thread(target=lambda: {}[os.environ["CANARY_GITHUB"]])
    thread.start()
    thread.join()
    error = RuntimeError(token, {"headers": {"Authorization": os.environ["CANARY_STAGING"]}})
    error.add_note(f"noted {token!r}")
    raise error from KeyError(token)

road.require_all = crash
cli.run()
"""


class Cage:
    """A project, three targets and somebody who is told, each with a token that nobody else has."""

    def __init__(self, place: Path) -> None:
        """Begin with one wheel that passed every gate."""
        self.place = place
        self.tokens = {role: hatch(role) for role in (*ROLES, "github", "notified")}
        self.moods = {role: Mood(self.tokens[role], TOKEN_USER) for role in ROLES}
        self.indexes = {role: Pypi(self.tokens[role]) for role in ROLES}
        self.urls: dict[str, str] = {}
        (place / "tmp").mkdir()
        self.environ = {"PATH": os.environ["PATH"], "HOME": str(place), "PYTHONPATH": str(ROOT)}
        self.environ |= {"TMPDIR": str(place / "tmp"), "PYTHONDONTWRITEBYTECODE": "1"}
        self.environ |= {f"CANARY_{role.upper()}": text for role, text in self.tokens.items()}
        self.watch = Watch(self.tokens, str(place / "tmp"))

    def serve(self, stack: contextlib.ExitStack) -> None:
        """Start the targets, and write a policy that names them."""
        for role in ROLES:
            wire = stack.enter_context(serving(partial(self._answer, role)))
            self.urls[role] = wire.url
        told = stack.enter_context(
            serving(lambda _: shouting(403, self.tokens["notified"], "user"))
        )
        token = spellings(self.tokens["notified"], "")["quoted whole"]
        self.environ["CANARY_NOTIFIED"] = told.url.replace("http://", f"json://user:{token}@")
        held = Repository(Clock(), permissions={self.tokens["github"]: True})
        held.commit("Begin")
        self.github = stack.enter_context(standing_in(held))
        (self.place / "pyproject.toml").write_text(self._policy(self.github))

    def _answer(self, role: str, request: Request) -> Answer:
        mood = self.moods[role].struck(request)
        path = request.path.removeprefix(f"/{role}")
        return mood or self.indexes[role](dataclasses.replace(request, path=path))

    def _policy(self, github: StandIn) -> str:
        lines = ["[tool.release-gates.install]", 'installer = "uv"']
        for role in ROLES:
            url = self.urls[role]
            lines += [f"[tool.release-gates.indexes.{role}]", f'simple-url = "{url}/simple/"']
            lines += [f'upload-url = "{url}/{role}/"', f'token-env = "CANARY_{role.upper()}"']
            lines += ["deadline = 5"]
        lines += ["[tool.release-gates.github]", f'repository = "{FULL}"', "deadline = 5"]
        lines += [f'api-url = "{github.api_url}"', 'token-env = "CANARY_GITHUB"']
        lines += ['target = "main"', "[tool.release-gates.notifications]"]
        return "\n".join([*lines, 'urls-env = "CANARY_NOTIFIED"'])

    def verify(self, forged: Wheel | None = None) -> None:
        """Leave a wheel and its evidence."""
        wheel = (forged or Wheel()).write(self.place / "dist")
        fingerprint = policy.load(self.place / "pyproject.toml").policy.fingerprint()
        evidence_of([wheel], self.place / "release-evidence", fingerprint)

    def command(self, *words: str) -> list[str]:
        """Return the command line; the word ``crash`` stands for a publisher that crashes."""
        python = [sys.executable, "-X", "dev"]
        return (
            [*python, "-c", CRASH] if words == ("crash",) else [*python, "-m", "publisher", *words]
        )

    def go(self, *words: str) -> Completed:
        """Run the publisher, watched."""
        with self.watch.watching():
            return run(
                self.command(*words), deadline=300, env=self.environ, cwd=self.place, check=False
            )

    def require_nothing_shown(self, output: str) -> None:
        """Fail where a token is in the output, in a file, or in a process that must not have it."""
        shown = {role: traces(token, output) for role, token in self.tokens.items()}
        assert not any(shown.values()), (shown, output)
        assert in_files(self.place, self.tokens) == []
        assert self.watch.leaks() == []
        assert self.watch.commands


@pytest.fixture
def cage(tmp_path: Path) -> Iterator[Cage]:
    """Return a cage whose targets run."""
    it = Cage(tmp_path)
    with contextlib.ExitStack() as stack:
        it.serve(stack)
        it.verify()
        yield it


def test_a_token_is_found_however_it_is_spelled() -> None:
    """The search itself: every spelling is seen in a text, and nothing in one without."""
    token = hatch("staging")
    for way, text in spellings(token, TOKEN_USER).items():
        assert traces(token, f"before {text} after"), way
    assert traces(token, "before, after") == []


WAYS: dict[str, tuple[tuple[str, ...], dict[str, Any], int]] = {
    "crash": (("crash",), {}, 6),
    "echo 403": (("--yes",), {"status": 403}, 1),
}
MORE_WAYS: dict[str, tuple[tuple[str, ...], dict[str, Any], int]] = {
    "normal": (("--yes",), {}, 0),
    "401": (("--yes",), {"status": 401}, 1),
    "500": (("--yes",), {"status": 500}, 4),
    "cut": (("--yes",), {"cut": True}, 4),
    "dry run": (("--dry-run",), {}, 0),
    "status": (("status", "--json"), {}, 1),
    "check": (("check",), {}, 0),
    "rehearse": (("rehearse",), {}, 0),
    "rehearse dry": (("rehearse", "--dry-run", "--fault", "500"), {}, 0),
}


@pytest.mark.parametrize("way", [*WAYS, *(MORE_WAYS if EVERY_WAY else ())])
def test_no_token_is_anywhere_after(cage: Cage, way: str) -> None:
    """Neither in what is shown, nor in a file, nor in a process that must not have it."""
    words, mood, code = (WAYS | MORE_WAYS)[way]
    for name, value in mood.items():
        setattr(cage.moods["staging"], name, value)
    done = cage.go(*words)
    assert done.returncode == code, done.output
    cage.require_nothing_shown(done.output)


@pytest.mark.skipif(not EVERY_WAY, reason="by hand: RELEASE_GATES_TEST_CANARY=1")
class TestByHand:
    """Ways that take longer."""

    def test_github_refuses(self, cage: Cage) -> None:
        """GitHub's answers give the token back."""
        for status in (403, 401, 422, 500):
            answer = shouting(status, cage.tokens["github"], "x-access-token")
            cage.github.fail(Fault("POST", r"/releases$", answer))
        outputs = [cage.go("--yes").output for _ in range(4)]
        cage.require_nothing_shown("\n".join(outputs))

    def test_conflict(self, cage: Cage) -> None:
        """Other bytes are on production."""
        assert cage.go("--yes").returncode == 0
        cage.verify(Wheel(files={"demo/__init__.py": "# other\n"}))
        cage.require_nothing_shown(cage.go("--yes").output)

    def test_a_dotenv_that_others_may_read(self, cage: Cage) -> None:
        """Its tokens are neither used nor shown."""
        names = [name for name in cage.environ if name.startswith("CANARY_")]
        text = "\n".join(f"{name}='{cage.environ.pop(name)}'" for name in names)
        (cage.place / ".env").write_text(text)
        (cage.place / ".env").chmod(0o644)
        done = cage.go("--yes")
        assert done.returncode == 2
        cage.require_nothing_shown(done.output)
        (cage.place / ".env").chmod(0o600)
        cage.require_nothing_shown(cage.go("--dry-run").output)

    def test_killed(self, cage: Cage) -> None:
        """What a killed publisher leaves holds no token either."""
        cage.moods["staging"].seconds = 30.0
        log = cage.place / "log"
        with (
            log.open("wb") as out,
            cage.watch.watching(),
            started_process(
                cage.command("--yes"), env=cage.environ, cwd=cage.place, stdout=out, stderr=out
            ) as process,
        ):
            while "uploading" not in log.read_text():
                assert process.poll() is None, log.read_text()
            process.kill()
            process.wait()
        cage.moods["staging"].seconds = 0.0
        cage.require_nothing_shown(log.read_text() + cage.go("--yes").output)
