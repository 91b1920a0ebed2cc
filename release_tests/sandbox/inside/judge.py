"""The judge: the parent of the process that runs a wheel's code. Nothing of the wheel runs here.

What the subject says comes line by line through a pipe, and is believed only as far as it could be
true: see ``witness.py``. Written is a report only when all is over and nothing that the subject has
started is left.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import select
import signal
import time

TYPE_CHECKING = False  # as in typing, which takes its time to load
if TYPE_CHECKING:
    from collections.abc import Iterator

_PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER = 4, 36
_KILLING_SECONDS = 1.0  # less than what a process that is asked to end is given
_MOST_BYTES = 16 << 20
_GO = b"g"
_WAITED_AFTER = ("ready", "returned", "claims", "raised")
_FORGED = "it said from within that it had come back, which is not so"


def judge(place: str, child: int, to_subject: int, from_subject: int, load: object) -> None:
    """Have the order carried out by *child*; end with 0 and a report, or as the child ended."""
    _watch_over_children()
    with open(place, encoding="utf-8") as stream:  # noqa: PTH123 - few modules loaded
        order = json.load(stream)
    os.unlink(place)  # noqa: PTH108
    report, nonce = order.pop("report"), order.pop("nonce")
    watched = not order.get("emulated")
    witness = load("witness")["Witness"](child, watched=watched)  # type: ignore[operator]
    court = Court(child, to_subject, witness)
    court.send(json.JSONEncoder().encode(order).encode() + b"\n")
    status = court.hear(_Line(child, from_subject))
    _kill_children()
    found = court.verdict(status)
    if found is not None:
        write_report(report, {**found, "nonce": nonce})
        os._exit(0)
    _end_as(status)


def write_report(place: str, found: dict) -> None:  # type: ignore[type-arg]
    """Write a report that nobody has written before."""
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(found, stream)


class Court:
    """Hears what the subject says, in its order, and looks at the subject meanwhile."""

    def __init__(self, child: int, to_subject: int, witness: object) -> None:
        """Hear *child*, answering through a pipe."""
        self._child = child
        self._to_subject = to_subject
        self._witness = witness
        self._expected = "ready"
        self._began = self._ended = time.monotonic()
        self._found = {}  # type: ignore[var-annotated]
        self._settled = False

    def send(self, data: bytes) -> None:
        """Send *data*, unless nobody is there to take it."""
        with contextlib.suppress(OSError):
            os.write(self._to_subject, data)

    def hear(self, line: _Line) -> int:
        """Hear everything, and return how the process ended."""
        for message in line.messages():
            for kind, content in message.items():
                self._take(kind, content)
        return line.status

    def verdict(self, status: int) -> dict | None:  # type: ignore[type-arg]
        """Return what is to be reported; None if how the process ended says it all."""
        if not self._settled or ("claims" in self._found and status != 0):
            return None
        claims = self._found.pop("claims", {})
        seconds = max(0.0, self._ended - self._began)
        seen = {"seconds": seconds, "witnessed": self._witness.watches}  # type: ignore[attr-defined]
        # What was claimed never takes the place of what was seen.
        return {**claims, **self._found, **seen}

    def _take(self, kind: str, content: object) -> None:
        """Take a message; one that is not expected now says nothing."""
        if kind == "raised" and not self._settled:
            self._end({"error": content})
        elif kind == self._expected and not self._settled:
            getattr(self, f"_{kind}")(content)
        else:
            return
        if kind in _WAITED_AFTER:
            self.send(_GO)

    def _ready(self, _content: object) -> None:
        self._witness.begin()  # type: ignore[attr-defined]
        self._began = time.monotonic()
        self._expected = "started"

    def _started(self, _content: object) -> None:
        self._began = time.monotonic()
        self._expected = "returned"

    def _returned(self, _content: object) -> None:
        self._ended = time.monotonic()
        self._expected = "claims"
        if not self._witness.agrees():  # type: ignore[attr-defined]
            self._end({"ending": _FORGED})
            with contextlib.suppress(OSError):
                os.kill(self._child, signal.SIGKILL)

    def _claims(self, content: object) -> None:
        ended = self._ended
        self._end({"claims": content if isinstance(content, dict) else {}})
        self._ended = ended

    def _end(self, found: dict) -> None:  # type: ignore[type-arg]
        self._ended = time.monotonic()
        self._settled = True
        self._found = {**found, "libraries": self._witness.libraries()}  # type: ignore[attr-defined]


class _Line:
    """What the subject says, until its process has ended: others may hold its end of the pipe."""

    def __init__(self, child: int, descriptor: int) -> None:
        self._child = child
        self._descriptor = descriptor
        self._heard = b""
        self._bell, ring = os.pipe()
        os.set_blocking(ring, False)
        os.set_blocking(descriptor, False)
        signal.set_wakeup_fd(ring, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.status = 0

    def messages(self) -> Iterator[dict[str, object]]:
        """Yield each message as it comes; afterwards ``status`` is how the process ended."""
        watched = [self._bell, self._descriptor]
        ended = self._has_ended()
        while not ended:
            ready = select.select(watched, [], [])[0]
            if self._bell in ready:
                os.read(self._bell, 4096)
                ended = self._has_ended()
            if self._descriptor in ready and not self._read():
                watched.remove(self._descriptor)
            yield from self._complete()
        while self._descriptor in watched and self._read():
            pass
        yield from self._complete()

    def _has_ended(self) -> bool:
        """Whether it has; other children are taken leave of, too."""
        while True:
            try:
                child, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return True
            if child == self._child:
                self.status = status
                return True
            if not child:
                return False

    def _read(self) -> bool:
        """Take what there is; False where there is no more."""
        try:
            data = os.read(self._descriptor, 1 << 16)
        except BlockingIOError:
            return False
        self._heard += data
        return bool(data) and len(self._heard) < _MOST_BYTES

    def _complete(self) -> Iterator[dict[str, object]]:
        *lines, self._heard = self._heard.split(b"\n")
        for line in lines:
            with contextlib.suppress(ValueError, RecursionError):
                message = json.loads(line)
                if isinstance(message, dict):
                    yield message


def _watch_over_children() -> None:
    """Hide this process's memory, and become the parent of every daemon that is left; on Linux.

    Asked to end, which is what happens at the deadline, take them along.
    """
    try:
        import ctypes  # noqa: PLC0415

        control = ctypes.CDLL(None).prctl
        control(_PR_SET_DUMPABLE, 0, 0, 0, 0)
        control(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    except (ImportError, OSError, AttributeError, TypeError):
        return

    def end(number: int, _frame: object) -> None:
        _kill_children()
        os._exit(128 + number)

    signal.signal(signal.SIGTERM, end)


def _kill_children() -> None:
    """Kill all that is left below this process; the children of what is killed become its own."""
    until = time.monotonic() + _KILLING_SECONDS
    while time.monotonic() < until:
        for child in _children():
            with contextlib.suppress(OSError):
                os.kill(child, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.005)


def _children() -> list:  # type: ignore[type-arg]
    """Return the ids of this process's children, none where there is no /proc."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc") if os.path.isdir("/proc") else ()):  # noqa: PTH112, PTH208
        with contextlib.suppress(OSError, IndexError), open(f"/proc/{name}/stat", "rb") as stream:  # noqa: PTH123
            # proc(5): the name, in parentheses, may hold anything; field 4 is the parent.
            if int(stream.read().rpartition(b")")[2].split()[1]) == os.getpid():
                found.append(int(name))
    return found


def _end_as(status: int) -> None:
    if os.WIFSIGNALED(status):
        faulthandler.disable()
        os.kill(os.getpid(), os.WTERMSIG(status))
    os._exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 1)
