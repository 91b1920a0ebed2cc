"""One process that uploads, while it runs, and the threads that wait for its answers."""

from __future__ import annotations

import contextlib
import itertools
import json
import queue
import subprocess
import tempfile
import threading
import time
from typing import IO, TYPE_CHECKING, Any, cast

from publisher.sending.answer import Answer, whole_words
from release_tests.process import started_process

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    Progress = Callable[[int, int], None]
    Told = dict[str, Any]

# Beyond the time of an upload, for the next time-out of its line, until all is ended.
_GRACE = 20.0
# Importing twine takes half a second; a keyring, or a CI system asked for a token, much more.
_SECONDS_TO_START = 120.0
_TAIL = 4000
_PIPE = subprocess.PIPE


class Running:
    """A process that was started and is ended once, by ``end``."""

    def __init__(self, command: list[str], environ: Mapping[str, str]) -> None:
        """Start it; raises CommandNotFound."""
        self.alive = True
        with contextlib.ExitStack() as stack:
            self._errors = stack.enter_context(tempfile.TemporaryFile())
            process = stack.enter_context(
                started_process(
                    command, env=environ, stdin=_PIPE, stdout=_PIPE, stderr=self._errors
                )
            )
            self._stack = stack.pop_all()
        self._input = cast("IO[bytes]", process.stdin)
        self._output = cast("IO[bytes]", process.stdout)
        self._numbers = itertools.count()
        self._waiting: dict[int, queue.SimpleQueue[Told | None]] = {}
        self._started: Told | None = None
        self._ready = threading.Event()
        self._lock = threading.Lock()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def send(self, path: Path | None, sha256: str, seconds: float, progress: Progress) -> Answer:
        """Have it send the file, if it has that digest, and return what came of it.

        It is ended when it takes too long.
        Without a file it only asks whether the index lets us in.
        """
        if not self._ready.wait(_SECONDS_TO_START) or self._started is None:
            answer = Answer(fault=f"twine could not be started:\n{self._tail()}", sent=False)
            self.end()
            return answer
        if self._started["ready"] is not True:
            return Answer(fault=f"twine sends nothing: {self._started['ready']}", sent=False)
        answers: queue.SimpleQueue[Told | None] = queue.SimpleQueue()
        try:
            number = self._give(
                {"path": str(path or ""), "sha256": sha256, "seconds": seconds}, answers
            )
        except OSError:
            return Answer(fault="the process that uploads has ended")
        return self._await(number, answers, seconds, progress)

    def end(self) -> None:
        """End it, and whatever it is doing; who waits for it is told so."""
        with self._lock:
            stack, self._stack = self._stack, contextlib.ExitStack()
        stack.close()
        self._reader.join()
        with contextlib.suppress(OSError):  # what it did not read any more
            self._input.close()
        self._output.close()

    def _give(self, task: Mapping[str, object], answers: queue.SimpleQueue[Told | None]) -> int:
        with self._lock:
            if not self.alive:
                raise OSError
            number = next(self._numbers)
            self._waiting[number] = answers
            self._input.write(f"{json.dumps({'task': number, **task})}\n".encode())
            self._input.flush()
        return number

    def _await(
        self,
        number: int,
        answers: queue.SimpleQueue[Told | None],
        seconds: float,
        progress: Progress,
    ) -> Answer:
        until = time.monotonic() + seconds + _GRACE
        while True:
            try:
                told = answers.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                self.end()
                return Answer(fault=f"no answer within {seconds:.0f} s")
            if told is None:
                return Answer(fault=f"the process that uploads ended\n{self._tail()}".rstrip())
            if "done" in told:
                progress(told["done"], told["total"])
                continue
            with self._lock:
                del self._waiting[number]
            return Answer(**{key: value for key, value in told.items() if key != "task"})

    def _read(self) -> None:
        """Hand on every line that it says, until it says no more."""
        for line in self._output:
            told = json.loads(line)
            if "ready" in told:
                self._started = told
                self._ready.set()
            else:
                self._waiting[told["task"]].put(told)
        with self._lock:  # who has an answer already takes itself out meanwhile
            self.alive = False
            for answers in self._waiting.values():
                answers.put(None)
        self._ready.set()

    def _tail(self) -> str:
        with contextlib.suppress(ValueError, OSError):
            start = max(0, self._errors.seek(0, 2) - _TAIL)
            self._errors.seek(start)
            text = self._errors.read().decode("utf-8", "backslashreplace")
            return (whole_words(text, beginning=False) if start else text).strip()
        return ""
