"""Counts code for another process: jobs come on standard input, reports go to standard output.

Each message is its length in eight bytes, and that many bytes made by ``marshal``, which holds
plain data only; the code of a job follows its message as it is. It ends when the input does.
"""

from __future__ import annotations

import marshal
import struct
import sys
from dataclasses import astuple
from typing import IO, TYPE_CHECKING, Any

from release_tests.binary.code.counting import Report, count

if TYPE_CHECKING:
    from release_tests.binary.code.pieces import Job

_LENGTH = struct.Struct("<Q")


def send(stream: IO[bytes], *parts: Any) -> None:
    """Write one message."""
    data = marshal.dumps(parts)
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Read one message; raise EOFError when there is none any more, or only a part of one."""
    (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    return marshal.loads(_exactly(stream, length))  # noqa: S302 - from the process that started this one


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data


def give(stream: IO[bytes], job: Job) -> None:
    """Write a job."""
    send(stream, job.address, len(job.data), job.pieces)
    stream.write(job.data)
    stream.flush()


def ask(into: IO[bytes], out: IO[bytes], job: Job) -> Report:
    """Have a job counted by the process at the other end."""
    give(into, job)
    return Report(*receive(out))


def main() -> None:
    """Count until there are no more jobs."""
    while True:
        try:
            address, size, pieces = receive(sys.stdin.buffer)
            data = _exactly(sys.stdin.buffer, size)
        except EOFError:
            return
        report = count(data, address, pieces)
        send(sys.stdout.buffer, *astuple(report))
