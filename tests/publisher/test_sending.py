"""What uploads: one file a task, each posted once, by a process that can be ended at any time."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from publisher.loopback import free_port
from publisher.sending import uploader
from publisher.sending.answer import Answer
from publisher.sending.running import Running
from publisher.sending.uploader import serve
from release_tests.archive.digest import sha256_of
from tests.forge import Wheel
from tests.index.wire import Answer as Posted
from tests.index.wire import Request, endless, serving

if TYPE_CHECKING:
    from pathlib import Path

CREDENTIALS = ["--non-interactive", "-u", "someone", "-p", "secret", "--disable-progress-bar"]


def served(
    url: str, *paths: Path, seconds: float = 30, sha256: str | None = None
) -> list[dict[str, Any]]:
    """Return all that the process tells when it is given these files, without being one.

    They are sent by their own digests, or by another one.
    """
    told: list[dict[str, Any]] = []
    lines = [
        json.dumps(
            {
                "task": number,
                "path": str(path),
                "sha256": _digest(path) if sha256 is None else sha256,
                "seconds": seconds,
            }
        )
        for number, path in enumerate(paths)
    ]
    serve(["2", *CREDENTIALS, "--repository-url", url], lines, lambda it: told.append(dict(it)))
    return told


def _digest(path: Path) -> str:
    return sha256_of(path) if path.is_file() else ""


def test_a_file_that_is_another_by_now_is_not_sent(tmp_path: Path) -> None:
    """It is hashed once more where it is read to be sent."""
    path = Wheel().write(tmp_path)
    with serving(lambda _: Posted()) as wire:
        _, answer = served(f"{wire.url}/", path, sha256="0" * 64)
    assert wire.seen == []
    assert answer["sent"] is False
    assert f"has the SHA-256 {sha256_of(path)} now, {'0' * 64} was admitted" in answer["fault"]


def test_every_file_is_posted_once_and_answered(tmp_path: Path) -> None:
    """Each task has the index's own answer, also a server's fault, which twine would repeat."""

    def answer(request: Request) -> Posted:
        wait = {"Retry-After": "7"}
        return (
            Posted(503, b"busy", reason="Full", headers=wait)
            if b"two" in request.body
            else Posted()
        )

    paths = [Wheel(name=name).write(tmp_path) for name in ("one", "two")]
    with serving(answer) as wire:
        ready, *answers = served(f"{wire.url}/", *paths)
    assert ready == {"ready": True}
    assert len(wire.seen) == 2
    by_task = {it.pop("task"): Answer(**it) for it in answers}
    assert by_task[0].taken
    assert by_task[1] == Answer(503, "Full", "busy", "7")
    assert all(request.headers["authorization"].startswith("Basic ") for request in wire.seen)


def test_no_more_are_sent_at_once_than_there_are_jobs(tmp_path: Path) -> None:
    """The process sends by its jobs and the thread that listens, however many files wait."""
    sending = threading.Condition()
    under_way = peak = 0

    def answer(_: Request) -> Posted:
        nonlocal under_way, peak
        with sending:
            under_way += 1
            peak = max(peak, under_way)
            sending.notify_all()
            assert sending.wait_for(lambda: peak >= 3, 30)
            sending.wait_for(lambda: peak > 3, 0.2)
            under_way -= 1
        return Posted()

    paths = [Wheel(name=f"demo{number}").write(tmp_path) for number in range(6)]
    with serving(answer) as wire:
        answers = [it for it in served(f"{wire.url}/", *paths) if "status" in it]
    assert [it["status"] for it in answers] == [200] * 6
    assert peak == 3


def test_progress_is_told_while_a_file_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes so far and in total, of the form with the file in it."""
    monkeypatch.setattr(uploader, "_SECONDS_BETWEEN_TELLING", 0.0)
    path = Wheel(files={"demo/data": os.urandom(99_999)}).write(tmp_path)
    with serving(lambda _: Posted()) as wire:
        told = served(f"{wire.url}/", path)
    progress = [it for it in told if "done" in it]
    assert [it["done"] for it in progress] == sorted(it["done"] for it in progress)
    assert progress[-1]["done"] == progress[-1]["total"] > path.stat().st_size


def test_a_file_that_twine_does_not_take_is_not_sent(tmp_path: Path) -> None:
    """What is no distribution never reaches the index, and that is known for certain."""
    path = tmp_path / "demo-1.0-py3-none-any.whl"
    path.write_bytes(b"no archive")
    with serving(lambda _: Posted()) as wire:
        _, told = served(f"{wire.url}/", path)
    assert wire.seen == []
    assert (told["sent"], told["status"]) == (False, None)
    assert told["fault"].startswith(("BadZipFile: ", "InvalidDistribution: "))


def test_the_time_for_an_upload_ends_it_while_it_is_sent(tmp_path: Path) -> None:
    """A slow line is not waited for beyond the time that the file was given."""
    with serving(lambda _: Posted()) as wire:
        _, told = served(f"{wire.url}/", Wheel().write(tmp_path), seconds=-1)
    assert "the time for this upload is over" in told["fault"]
    assert told["sent"]


@pytest.mark.parametrize(
    ("variable", "value"), [("NO_PROXY", "127.0.0.1"), ("http_proxy", "http://127.0.0.1:{port}")]
)
def test_who_could_not_be_reached_is_told_from_who_hung_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    """Nothing was sent where no connection came about, to the index or to the proxy before it."""
    for name in ("no_proxy", "NO_PROXY", "http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, value.format(port=free_port()))
    path = Wheel().write(tmp_path)
    (answer,) = served(f"http://127.0.0.1:{free_port()}/", path)[1:]
    assert (answer["status"], answer["reached"]) == (None, False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving(lambda _: Posted(stream=iter(()))) as wire:
        (answer,) = (told for told in served(wire.url, path) if "status" in told)
    assert (answer["status"], answer["reached"]) == (None, True)


def test_an_answer_without_an_end_is_cut(tmp_path: Path) -> None:
    """Of what the index says only the beginning is read."""
    head = b"HTTP/1.1 400 Bad\r\n\r\n"
    with serving(lambda _: Posted(stream=endless(head))) as wire:
        _, told = served(f"{wire.url}/", Wheel().write(tmp_path))
    assert (told["status"], len(told["text"])) == (400, 1 << 16)


@pytest.mark.parametrize("charset", ["idna", "no-such-thing", "hex", "utf-16"])
def test_an_answer_in_an_odd_encoding_is_an_answer(tmp_path: Path, charset: str) -> None:
    """Nobody waits for what was answered: some encodings cannot be read at all."""
    posted = Posted(400, b"\xff taken before", kind=f"text/plain; charset={charset}")
    with serving(lambda _: posted) as wire:
        _, told = served(f"{wire.url}/", Wheel().write(tmp_path))
    assert (told["status"], told["fault"]) == (400, "")


def test_missing_credentials_are_said_before_any_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing can be sent, and why not is what comes instead."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    told: list[dict[str, Any]] = []
    arguments = ["1", "--non-interactive", "--repository-url", "http://127.0.0.1/"]
    serve(arguments, (), lambda it: told.append(dict(it)))
    assert [*told[0]] == ["ready"]
    assert "NonInteractive" in str(told[0]["ready"])


READY = "import sys, json, os, time\nprint('{\"ready\": true}', flush=True)\n"


def scripted(code: str) -> Running:
    """Return a process that does as a test says."""
    return Running([sys.executable, "-c", code], dict(os.environ))


def ended(running: Running, path: Path, *, seconds: float = 30) -> Answer:
    """Return what comes of a file."""
    try:
        return running.send(path, "", seconds, lambda *_: None)
    finally:
        running.end()


def test_a_process_that_does_not_start_is_said_with_its_words(tmp_path: Path) -> None:
    """What it wrote on its way out is all that helps."""
    answer = ended(scripted("raise SystemExit('no such module')"), tmp_path)
    assert answer.fault == "twine could not be started:\nno such module"
    assert not answer.sent


def test_a_process_that_dies_leaves_it_open_what_it_sent(tmp_path: Path) -> None:
    """Whoever waits for it is told at once, and may not believe that nothing was sent."""
    answer = ended(scripted(f"{READY}sys.stdin.readline(); os._exit(3)"), tmp_path)
    assert "the process that uploads ended" in answer.fault
    assert answer.sent


def test_nobody_waits_for_a_process_that_dies_after_other_answers(tmp_path: Path) -> None:
    """Whoever has an answer leaves while the others are told that there will be none."""
    code = (
        f"{READY}tasks = [json.loads(sys.stdin.readline())['task'] for _ in range(40)]\n"
        "lines = (json.dumps({'task': task, 'status': 200}) for task in tasks[1:])\n"
        "sys.stdout.write('\\n'.join(lines) + '\\n')\n"
    )
    running = scripted(code)
    answers: list[Answer] = []

    def send() -> None:
        answers.append(running.send(tmp_path, "", 30, lambda *_: None))

    threads = [threading.Thread(target=send) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    running.end()
    assert sorted(answer.taken for answer in answers) == [False, *[True] * 39]


def test_a_process_that_has_died_takes_no_file(tmp_path: Path) -> None:
    """Giving it one says so."""
    running = scripted(f"{READY}")
    while running.alive:
        time.sleep(0.01)
    assert "has ended" in ended(running, tmp_path).fault


def test_progress_and_answers_find_their_way(tmp_path: Path) -> None:
    """Two files at once: each thread gets what is about its own."""
    code = (
        f"{READY}for line in sys.stdin:\n"
        "  it = json.loads(line)\n"
        "  task, path = it['task'], it['path']\n"
        "  print(json.dumps({'task': task, 'done': task, 'total': 9}))\n"
        "  print(json.dumps({'task': task, 'status': 200, 'reason': path}), flush=True)\n"
    )
    running = scripted(code)
    found: dict[str, tuple[Answer, list[int]]] = {}

    def send(name: str) -> None:
        seen: list[int] = []
        found[name] = running.send(tmp_path / name, "", 30, lambda done, _: seen.append(done)), seen

    threads = [threading.Thread(target=send, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    running.end()
    assert {name: answer.reason for name, (answer, _) in found.items()} == {
        name: str(tmp_path / name) for name in "ab"
    }
    assert sorted(seen for _, seen in found.values()) == [[0], [1]]


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        (Answer(400, "Bad", "\n one \n\n two\n"), "HTTP status 400 Bad\n    one\n    two"),
        (Answer(500), "HTTP status 500"),
        (Answer(fault="ConnectionError: cut"), "ConnectionError: cut"),
    ],
)
def test_an_answer_is_shown_in_the_indexs_words(answer: Answer, shown: str) -> None:
    """The status, the reason, and the beginning of the body."""
    assert str(answer) == shown


def test_little_of_a_long_answer_is_shown() -> None:
    """A page of HTML is not printed."""
    assert len(str(Answer(500, text="\n".join(map(str, range(99))))).splitlines()) == 13
