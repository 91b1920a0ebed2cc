"""The journal on disk: whole lines, without secrets, whatever happens to the run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from publisher.journal import Event, Kind, told
from publisher.log import Log
from publisher.record.entry import Entry, parse
from publisher.record.keeping import JournalFile, read
from publisher.redaction import Redactor
from tests.publisher.record.telling import BEGAN, TRIED, entry
from tests.publisher.scene import Clock, Terminal

SECRET = "pypi-SECRET-canary-0123456789"
ROOT = Path(__file__).resolve().parents[3]


class Desk:
    """A log that is listened to, and a clock that only tests move."""

    def __init__(self) -> None:
        """Know one secret."""
        self.stream = Terminal()
        redact = Redactor()
        redact.register(SECRET)
        self.console = Log(redact, self.stream)
        self.clock = Clock()

    def journal(self, path: Path) -> JournalFile:
        """Return a journal at *path*."""
        return JournalFile(path, self.console, self.clock, now=lambda: BEGAN)


@pytest.fixture
def desk() -> Desk:
    """Return surroundings of a run."""
    return Desk()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the journal is kept."""
    return tmp_path / "journal.jsonl"


def test_what_was_noted_is_read_again(desk: Desk, path: Path) -> None:
    """An entry holds its event, its time, and the seconds since the run began."""
    event = Event(Kind.TRIED, "upload", "demo.whl", "staging", {"size": 3, "names": ["a", "b"]})
    with desk.journal(path) as journal:
        desk.clock.sleep(1.5)
        journal.note(event)
    assert read(path) == ([Entry(BEGAN, 1.5, event)], "")


def test_secrets_stand_in_no_line(desk: Desk, path: Path) -> None:
    """Tokens are taken out of every value and key, however deep, and in each form."""
    facts = {"said": f"bad {SECRET}", "deep": [{"x": (SECRET,)}], SECRET: 1}
    with desk.journal(path) as journal:
        journal.note(Event(Kind.ANSWERED, f"upload {SECRET}", SECRET, SECRET, facts))
    text = path.read_text()
    assert SECRET not in text
    assert text.count("***") == 6


def test_how_something_ended_is_noted_on_every_way_out(desk: Desk, path: Path) -> None:
    """An exception passes through, and its name and words are noted."""
    with desk.journal(path) as journal:
        with told(journal, "survey", target="staging", facts={"pages": 2}) as answer:
            answer["found"] = 7
        with pytest.raises(OSError, match="gone"), told(journal, "upload", "demo.whl"):
            raise OSError("gone")
        with pytest.raises(KeyboardInterrupt), told(journal, "wait"):
            raise KeyboardInterrupt
    facts = [(it.event.kind, it.event.what, dict(it.event.facts)) for it in read(path)[0]]
    assert facts == [
        (Kind.TRIED, "survey", {"pages": 2}),
        (Kind.ANSWERED, "survey", {"ended": "done", "found": 7}),
        (Kind.TRIED, "upload", {}),
        (Kind.ANSWERED, "upload", {"ended": "OSError", "said": "gone"}),
        (Kind.TRIED, "wait", {}),
        (Kind.ANSWERED, "wait", {"ended": "KeyboardInterrupt", "said": ""}),
    ]


def test_threads_do_not_mix_their_lines(desk: Desk, path: Path) -> None:
    """Whoever notes from several threads leaves whole lines."""
    with desk.journal(path) as journal:

        def work(name: str) -> None:
            for number in range(200):
                journal.note(Event(Kind.DECIDED, "skip", name * 50, facts={"number": number}))

        threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    entries, fault = read(path)
    assert fault == ""
    for name in "abcd":
        mine = [it.event.facts["number"] for it in entries if it.event.artifact == name * 50]
        assert mine == list(range(200))


def test_a_full_disk_ends_the_journal_and_not_the_release(desk: Desk, path: Path) -> None:
    """Where nothing more can be written, that is said once."""
    with desk.journal(path) as journal:
        full = os.open("/dev/full", os.O_WRONLY)
        os.dup2(full, journal._descriptor)  # noqa: SLF001 - the disk is full under it
        os.close(full)
        journal.note(Event(Kind.TRIED, "one"))
        journal.note(Event(Kind.TRIED, "two"))
    assert desk.stream.getvalue().count("the journal ends here") == 1
    assert "No space left" in desk.stream.getvalue()


def test_nothing_is_noted_after_the_end(desk: Desk, path: Path) -> None:
    """A thread that is late does no harm."""
    with desk.journal(path) as journal:
        pass
    journal.note(Event(Kind.TRIED, "late"))
    assert read(path) == ([], "")


def test_a_journal_is_never_written_over(desk: Desk, path: Path) -> None:
    """A file that is there already is another run's."""
    path.write_text("")
    with pytest.raises(FileExistsError):
        desk.journal(path)


def test_half_a_line_is_named_and_the_rest_is_read(desk: Desk, path: Path) -> None:
    """What a killed run wrote last may be cut short."""
    with desk.journal(path) as journal:
        journal.note(Event(Kind.TRIED, "one"))
        journal.note(Event(Kind.TRIED, "two"))
    path.write_bytes(path.read_bytes()[:-9])
    entries, fault = read(path)
    assert [it.event.what for it in entries] == ["one"]
    assert fault == "line 2: is cut short"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("at", 5),
        ("at", "yesterday"),
        ("at", "2026-11-21T17:30:00"),
        ("seconds", "1"),
        ("seconds", True),
        ("kind", "guessed"),
        ("what", None),
        ("facts", []),
        ("more", 1),
    ],
)
def test_what_is_no_entry_is_refused(key: str, value: object) -> None:
    """Every field is what it must be, and there is no other."""
    line = json.loads(entry(1.0, TRIED, "survey").line(str))
    with pytest.raises(ValueError):  # noqa: PT011 - whichever field it is about
        parse(json.dumps(line | {key: value}))


def test_reading_ends_at_what_is_no_entry(path: Path) -> None:
    """What follows a line that was tampered with is not believed."""
    good = entry(1.0, TRIED, "survey").line(str)
    path.write_text(good + "{}\n" + good)
    entries, fault = read(path)
    assert len(entries) == 1
    assert fault.startswith("line 2: expected an object with the keys")
    path.write_text(good + "[" * 200_000 + "\n" + good)
    assert len(read(path)[0]) == 1


def test_a_killed_process_leaves_whole_lines(path: Path) -> None:
    """SIGKILL between two events loses neither."""
    script = (
        "import sys, time; from pathlib import Path\n"
        "from publisher.journal import Event, Kind\n"
        "from publisher.log import Log; from publisher.redaction import Redactor\n"
        "from publisher.record.keeping import JournalFile\n"
        "journal = JournalFile(Path(sys.argv[1]), Log(Redactor()), time.monotonic)\n"
        "journal.note(Event(Kind.TRIED, 'upload')); print('noted', flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"noted\n"
        process.send_signal(signal.SIGKILL)
    entries, fault = read(path)
    assert ([it.event.what for it in entries], fault) == (["upload"], "")
