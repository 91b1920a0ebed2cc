"""Uploads every file of a directory as the publisher does, and says what memory that took.

    python -m tests.benchmarks.upload_all URL DIRECTORY JOBS

The last line of output is the seconds from the start of the process that has twine to the answer
to the last file, and MiB at the peak: of this process, and of that one.
"""

from __future__ import annotations

import contextlib
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

from publisher.artifact import describe
from publisher.credentials import Login
from publisher.desk import Desk
from publisher.index.lane import Lane
from publisher.index.place import Place
from publisher.index.target import IndexTarget
from publisher.log import Log
from publisher.redaction import Redactor
from publisher.sending.sender import Sender
from release_tests.archive.digest import sha256_of
from release_tests.index.locations import locate
from release_tests.index.simple import SimpleIndex
from release_tests.policy import IndexPolicy


def main(url: str, directory: Path, jobs: int) -> None:
    """Upload, and show the peaks."""
    location = locate("staging", IndexPolicy(upload_url=url, simple_url=f"{url}simple/"))
    login = Login("someone", "secret", "nowhere")
    began = time.perf_counter()
    sender = Sender(location, login, os.environ, jobs)
    sender.start()
    artifacts = [describe(path, sha256_of(path)) for path in sorted(directory.iterdir())]
    with (
        tempfile.TemporaryDirectory() as scratch,
        SimpleIndex(location.simple_url) as index,
        contextlib.closing(sender),
    ):
        place = Place(location, index, login, 60.0)
        desk = Desk(
            console=Log(Redactor()),
            show=print,
            clock=time.monotonic,
            sleep=time.sleep,
            scratch=Path(scratch),
            environ=os.environ,
        )
        IndexTarget(place, Lane(place, sender, jobs)).deliver(artifacts, desk)
        seconds = time.perf_counter() - began
    own, other = (
        resource.getrusage(who).ru_maxrss // 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(round(seconds, 3), own, other)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
