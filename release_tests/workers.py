"""Several processes: who takes which test.

Nothing depends on this to be correct: grouping only keeps an artifact's facts in one process.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from release_tests.archive.shown import shown_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import pytest
    from xdist.scheduler import LoadScopeScheduling

_ARTIFACT = re.compile(r"\[(?P<name>.*)\]\Z", re.DOTALL)


def sizes(artifacts: Iterable[Path]) -> dict[str, int]:
    """Return the size of each artifact in bytes, by its name as shown; of one that is gone, 0."""
    return {shown_name(path): _size(path) for path in artifacts}


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0


def make_scheduler(
    config: pytest.Config, log: Any, sizes: Mapping[str, int]
) -> LoadScopeScheduling:
    """Return a scheduler that keeps the tests of one artifact together.

    The largest artifact, by its name in *sizes*, is begun first, so that no long one is left to
    the end.
    """
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415 - only with xdist

    class ByArtifact(LoadScopeScheduling):  # type: ignore[misc]
        """Takes the artifact as the scope."""

        def _split_scope(self, nodeid: str) -> str:
            return scope_of(nodeid)

        def _assign_work_unit(self, node: Any) -> None:
            """Give a worker the largest artifact that nobody has yet."""
            largest = max(self.workqueue, key=lambda scope: sizes.get(scope, 0))
            self.workqueue.move_to_end(largest, last=False)
            super()._assign_work_unit(node)

        def _reschedule(self, node: Any) -> None:
            """Give a worker a second scope where the first has one test left.

            It runs a test only once it knows the next: one that took a dead worker's place, and was
            given a release's only test, waited for ever.
            """
            super()._reschedule(node)
            if not node.shutting_down and self._pending_of(self.assigned_work[node]) == 1:
                super()._reschedule(node)

        def remove_node(self, node: Any) -> str | None:
            """Take a dead worker's tests back, but not the one that it died in.

            Scopes without a test left go as well: a worker that is given one waits for ever.
            """
            work = self.assigned_work.get(node, {})
            crashed = _unfinished(work)
            for scope in [scope for scope, tests in work.items() if all(tests.values())]:
                del work[scope]
            super().remove_node(node)
            return crashed

    return ByArtifact(config, log)


def _unfinished(work: Mapping[str, dict[str, bool]]) -> str | None:
    """Return the first test of a worker that is not completed, and count it as completed."""
    for tests in work.values():
        for node_id, completed in tests.items():
            if not completed:
                tests[node_id] = True
                return node_id
    return None


def scope_of(node_id: str) -> str:
    """Return what keeps tests together: the artifact in the test's id, else its file."""
    found = _ARTIFACT.search(node_id)
    return found["name"] if found else node_id.partition("::")[0]
