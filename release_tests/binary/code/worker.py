"""Counts code for another process: jobs come on standard input, reports go to standard output.

Each message is its length in eight bytes, and that many bytes made by ``marshal``, which holds
plain data only. It ends when the input does.
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
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return marshal.loads(data)  # noqa: S302 - from the process that started this one


def ask(into: IO[bytes], out: IO[bytes], job: Job) -> Report:
    """Have a job counted by the process at the other end."""
    send(into, job.address, job.data, job.pieces)
    return Report(*receive(out))


def main() -> None:
    """Count until there are no more jobs."""
    while True:
        try:
            address, data, pieces = receive(sys.stdin.buffer)
        except EOFError:
            return
        report = count(data, address, pieces)
        send(sys.stdout.buffer, *astuple(report))
