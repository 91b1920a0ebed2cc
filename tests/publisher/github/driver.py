"""The last step of the road as a process of its own, to be killed: ``driver.py API-URL PLACE``.

Waits are a fiftieth of what they are elsewhere, so that a test need not wait for them.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from publisher.confirmation import Asker
from publisher.desk import Desk
from publisher.github.opening import opened
from publisher.github.step import to_github
from publisher.github.target import GitHubTarget
from publisher.log import Log
from publisher.mishaps.github.shapes import FULL
from publisher.mishaps.github.state import WRITER
from publisher.order import Order
from publisher.redaction import Redactor
from publisher.report import Report
from release_tests.github import GitHubPolicy
from release_tests.policy import Policy
from tests.publisher.scene import artifact

_FASTER = 50


def main(api_url: str, place: Path) -> None:
    """Make the releases of all files in ``dist``, and say DONE when it is true."""
    settings = GitHubPolicy(
        repository=FULL, api_url=api_url, tag="v{version}-{name}", target="main", evidence=False
    )
    paths = tuple(sorted((place / "dist").iterdir()))
    order = Order(
        paths=paths,
        evidence_dirs=(),
        policy=Policy(github=settings),
        asker=Asker(sys.stdin, sys.stderr, assume_yes=True),
        now=datetime.now(UTC),
        base=place,
    )
    desk = Desk(
        console=Log(Redactor()),
        show=print,
        clock=time.monotonic,
        sleep=lambda seconds: time.sleep(seconds / _FASTER),
        scratch=place / "scratch",
        environ={"GH_TOKEN": WRITER},
    )
    artifacts = [artifact(path) for path in paths]
    report = Report()
    for one in artifacts:
        report.begin(one, "")
    with opened(order, {}, desk) as target:
        assert isinstance(target, GitHubTarget)
        to_github(target, artifacts, order, report, desk)
    print("DONE")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
