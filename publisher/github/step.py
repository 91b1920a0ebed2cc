"""GitHub as the last step of the road: the releases, after production has every file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.errors import OutcomeUnknown
from release_tests.index.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from publisher.artifact import Artifact
    from publisher.desk import Desk
    from publisher.github.target import GitHubTarget
    from publisher.order import Order
    from publisher.report import Report


def to_github(
    github: GitHubTarget, artifacts: Sequence[Artifact], order: Order, report: Report, desk: Desk
) -> None:
    """Make the releases, then ask GitHub once more what it has, and tell that of each artifact.

    Raises OutcomeUnknown when it does not show the very bytes.
    """
    github.deliver(artifacts, desk)
    now = github.survey(artifacts, desk, order.now)
    for artifact in artifacts:
        found = now.of(artifact)
        if found.standing is not Standing.SAME:
            raise OutcomeUnknown(
                f"{github} does not show {artifact.name} as it was published: {found.standing}",
                remedy="Lists lag. Run the same command again later: what is there is skipped.",
            )
        report.of(artifact).github = f"the same bytes, {found.remark}"
        report.of(artifact).digests[github.name] = found.sha256 or ""
