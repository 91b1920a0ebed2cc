"""Several processes find what one finds, whatever becomes of them, and leave nothing behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release_tests.binary.code.counters import ENOUGH, Counters, counted
from release_tests.binary.code.counting import Report, count
from release_tests.binary.code.meeting import meeting
from release_tests.binary.code.pieces import JOB, Job, jobs
from release_tests.binary.regions import Executable, Region
from tests.binary.code.assembling import ADDRESS, assembled, executable

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

FAILING = {
    "a program that is not there": ("/nonexistent/python",),
    "one that ends at once": ("true",),
    "one that answers nonsense": ("sh", "-c", "head -c 100 >/dev/null; echo nonsense"),
    "one that ends in the middle": (sys.executable, "-c", "import sys; sys.stdin.buffer.read(9)"),
}

SOURCE = """
    push rbp
    mov rax, 0x1122334455667788
    vaddps zmm0, zmm1, [rdi+0x12345678]
    lea rcx, [rip+0x1000]
    popcnt rax, rcx
    pshufb xmm0, xmm1
    call 1f
1:  jne 1b
    vpdpbusd ymm0, ymm17, ymm2
    ret
"""


SILENT = 30
"""So many seconds a process stays silent that has to be ended."""

INTERRUPTED = f"""
import signal, sys, threading, time
from pathlib import Path
from release_tests.binary.code.counters import Counters
from release_tests.binary.code.pieces import jobs
from tests.binary.code.assembling import executable
from tests.binary.code.test_counters import children
silent = Counters(1, ("sleep", "{SILENT}"))
signal.signal(signal.SIGTERM, signal.default_int_handler)
def other():
    while not children():
        time.sleep(0.01)
    time.sleep(1)  # the main thread waits by then
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
threading.Thread(target=other).start()
try:
    silent.count(jobs(executable(Path(sys.argv[1]).read_bytes())))
except KeyboardInterrupt:
    print("interrupted, and", "left: " + " ".join(children()) if children() else "nothing left")
"""


def children() -> set[str]:
    """Return the processes that this one has started and not yet waited for."""
    tasks = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    found: set[str] = set()
    for task in tasks:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # a thread that ended now
            found.update(task.read_text(encoding="ascii").split())
    return found


def is_running(process: str) -> bool:
    """Whether a process is there, and not merely not yet waited for."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return " Z" not in Path(f"/proc/{process}/stat").read_text(encoding="utf-8")[:64]
    return False


COUNTS = """
import sys
from pathlib import Path
from release_tests.binary.code.counters import COUNTERS
from release_tests.binary.code.pieces import jobs
from tests.binary.code.assembling import executable
from tests.binary.code.test_counters import children
COUNTERS.size = 2
COUNTERS.count(jobs(executable(Path(sys.argv[1]).read_bytes())))
print(*children())
"""


def ended(is_so: Callable[[], bool], seconds: float = 20) -> bool:
    """Wait until something is so, at most so many seconds, and say whether it is."""
    deadline = time.monotonic() + seconds
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.01)
    return is_so()


def long_code(directory: Path, size: int = 5 * JOB) -> bytes:
    """Return code of about *size* bytes in which nothing tells where a function begins."""
    code = assembled(directory, SOURCE) * 400 + bytes.fromhex("06")  # which is no instruction
    return code * (size // len(code))


def alone(code: bytes) -> Report:
    """Return what one sweep from the first byte to the last counts."""
    return count(code, ADDRESS, [(0, len(code))])


def totals(report: Report) -> dict[str, int]:
    """Return how often each extension was counted in all pieces together."""
    sums: dict[str, int] = {}
    for uses in report.pieces.values():
        for extension, (number, _) in uses.items():
            sums[extension] = sums.get(extension, 0) + number
    return sums


@pytest.fixture
def counters() -> Iterator[Counters]:
    """Return two processes at most, none of which is left afterwards."""
    before = children()
    two = Counters(2)
    yield two
    two.dismiss()
    assert children() == before


def test_processes_count_what_one_counts(tmp_path: Path, counters: Counters) -> None:
    """Shared out over processes, code gives the same report to the last place."""
    code = long_code(tmp_path)
    there = counters.count(jobs(executable(code)))
    here = counted(jobs(executable(code)), len(code))
    whole = alone(code)
    assert there == here
    assert totals(there) == totals(whole)
    assert there.unknown == whole.unknown > 0


@pytest.mark.parametrize("command", FAILING.values(), ids=FAILING)
def test_a_process_that_fails_costs_no_result(tmp_path: Path, command: tuple[str, ...]) -> None:
    """What a process did not count is counted here, and the process is not kept."""
    before, code, failing = children(), long_code(tmp_path), Counters(2, command)
    expected = counted(jobs(executable(code)), len(code))
    for _ in range(2):
        assert failing.count(jobs(executable(code))) == expected
    failing.dismiss()
    assert children() == before


def test_a_process_that_was_killed_costs_no_result(tmp_path: Path, counters: Counters) -> None:
    """One that the system ends between two modules is replaced by the one after."""
    before, code = children(), long_code(tmp_path)
    expected = counters.count(jobs(executable(code)))
    for process in children() - before:
        os.kill(int(process), signal.SIGKILL)
    assert counters.count(jobs(executable(code))) == expected
    assert counters.count(jobs(executable(code))) == expected


@pytest.mark.parametrize("size", [ENOUGH, ENOUGH - 1])
def test_processes_are_started_when_there_is_enough(size: int, counters: Counters) -> None:
    """Where there is little code, the start of a process is not worth it."""
    before = children()
    counted(jobs(executable(b"\x90" * size)), size, counters)
    assert bool(children() - before) is (size == ENOUGH)


def test_processes_are_kept_for_the_next_code(tmp_path: Path, counters: Counters) -> None:
    """The second module finds those of the first, and no thread is left of either."""
    before, threads, code = children(), threading.active_count(), long_code(tmp_path)
    kept = []
    for _ in range(2):
        counters.count(jobs(executable(code)))
        kept.append(children() - before)
    assert len(kept[0]) == 2
    assert kept[0] == kept[1]
    assert threading.active_count() == threads


def test_nothing_is_left_when_the_interpreter_ends(tmp_path: Path) -> None:
    """A program that counted, and did nothing about the processes, leaves none of them."""
    (tmp_path / "code").write_bytes(long_code(tmp_path))
    command = [sys.executable, "-c", COUNTS, str(tmp_path / "code")]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    kept = done.stdout.split()
    assert kept
    assert not [process for process in kept if Path(f"/proc/{process}").exists()]


def test_nothing_is_left_when_the_interpreter_is_killed(tmp_path: Path) -> None:
    """Processes meet the end of their input when the one that they count for is there no more."""
    (tmp_path / "code").write_bytes(long_code(tmp_path))
    program = f"{COUNTS}sys.stdout.flush()\nsys.stdin.read()\n"
    command = [sys.executable, "-c", program, str(tmp_path / "code")]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as killed:
        assert killed.stdout is not None
        kept = killed.stdout.readline().split()
        killed.kill()
    assert kept
    assert ended(lambda: not any(map(is_running, kept)))


def test_a_fault_while_code_is_shared_out_is_not_swallowed(counters: Counters) -> None:
    """What the caller's own jobs raise comes out, whichever thread meets it."""

    def broken() -> Iterator[Job]:
        yield from jobs(executable(b"\x90" * (3 * JOB)))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        counters.count(broken())


def test_a_signal_is_heeded_whichever_thread_is_given_it(tmp_path: Path) -> None:
    """Who waits for a process that owes its answer is interrupted, and the process is ended."""
    (tmp_path / "code").write_bytes(long_code(tmp_path))
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, str(tmp_path / "code")],
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert done.stdout == "interrupted, and nothing left\n", done.stderr
    assert time.monotonic() - started < SILENT


def test_processes_are_as_many_as_processors_over_all_workers() -> None:
    """Workers of a session share the processors out, of which each takes one itself."""
    shared = Counters(4)
    assert shared.size == 4
    shared.share(1000)
    assert shared.size == 0


def test_code_is_counted_without_any_process(tmp_path: Path) -> None:
    """Where there is one processor only, or one a worker, all is counted here."""
    before, code = children(), long_code(tmp_path)
    none = Counters(0)
    assert none.count(jobs(executable(code))) == counted(jobs(executable(code)), len(code))
    assert children() == before


def test_long_code_is_divided(tmp_path: Path) -> None:
    """Code of which nobody knows where functions begin is divided into jobs of about a megabyte."""
    code = long_code(tmp_path)
    sizes = [len(job.data) for job in jobs(executable(code))]
    assert len(sizes) >= 3
    assert max(sizes) <= 2 * JOB
    assert sum(sizes) == len(code)


def test_code_that_cannot_be_divided_is_one_job() -> None:
    """Where sweeps never meet, code stays together, and every byte of it is counted."""
    code = bytes.fromhex("48b8") + bytes.fromhex("4001") * (2 * JOB)
    made = list(jobs(executable(code)))
    assert sum(len(job.data) for job in made) == len(code)


def test_jobs_keep_to_sections_objects_and_functions() -> None:
    """Pieces begin at sections and functions, and after objects, and hold nothing else."""
    image = Executable(
        machine="x86_64",
        bits=64,
        regions=(Region(0x100, bytes(0x100)), Region(0x400, bytes(0x10))),
        sections=((0x110, 0x140), (0x180, 0x500)),
        functions=(0x110, 0x120, 0x160, 0x190, 0x404),
        objects=((0x128, 0x130), (0x13C, 0x184)),
    )
    ranges = [
        (job.address + start, job.address + end) for job in jobs(image) for start, end in job.pieces
    ]
    assert ranges == [
        *((0x110, 0x120), (0x120, 0x128), (0x130, 0x13C)),
        *((0x184, 0x190), (0x190, 0x200), (0x400, 0x404), (0x404, 0x410)),
    ]


def test_sections_that_overlap_are_read_once() -> None:
    """Headers of a damaged file that claim the same bytes twice lead to no piece twice."""
    image = Executable(
        machine="x86_64",
        bits=64,
        regions=(Region(0x100, bytes(0x100)),),
        sections=((0x110, 0x140), (0x100, 0x120), (0x110, 0x140), (0x118, 0x130), (0x13C, 0x400)),
    )
    ranges = [
        (job.address + start, job.address + end) for job in jobs(image) for start, end in job.pieces
    ]
    assert ranges == [(0x100, 0x120), (0x120, 0x140), (0x140, 0x200)]


def swept(code: bytes, start: int) -> set[int]:
    """Return the offsets of instructions, from *start* on, as counting goes through them."""
    from iced_x86 import Decoder  # noqa: PLC0415 - as the scan does

    decoder = Decoder(64, code)
    found = set()
    while start < len(code):
        found.add(start)
        decoder.position = start
        start = start + 1 if decoder.decode().is_invalid else decoder.position
    return found


@given(st.randoms(use_true_random=False), st.integers(0, 40))
def test_every_sweep_passes_where_sweeps_meet(chance: random.Random, start: int) -> None:
    """A sweep that began anywhere before meets the others at the place that is found."""
    code = chance.randbytes(700)
    found = meeting(code, 60)
    assert found is None or found in swept(code, start)
