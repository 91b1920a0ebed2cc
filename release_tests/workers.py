"""Several processes: how many are worth starting, what each is handed, who takes which test.

Nothing depends on this to be correct: grouping only keeps an artifact's facts in one process.
"""

from __future__ import annotations

import ast
import os
import re
from functools import partial
from typing import TYPE_CHECKING, Any

from release_tests.archive.shown import shown_name
from release_tests.gates.catalogue import GATES, RUNS_CODE, test_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    import pytest
    from xdist.scheduler import LoadScopeScheduling

_WORDS = re.compile(r"[\w.+:/\[\]-]+")
_ARTIFACT = re.compile(r"\[(?P<name>.*)\]\Z", re.DOTALL)


def worth_starting(config: pytest.Config, artifacts: Sequence[Path]) -> int:
    """Return how many workers fit the work; 0 for none, when this process does it faster.

    Gates over files take milliseconds, and reading a file uses every core anyway. Only gates that
    run code keep a process waiting, and these one artifact at a time.
    """
    workers = min(cores(), len(artifacts)) if runs_code(config, artifacts) else 0
    return workers if workers > 1 else 0


def runs_code(config: pytest.Config, artifacts: Sequence[Path]) -> bool:
    """Say whether a gate that runs code is put, as far as the command line tells."""
    return any(gate.runs_code and _may_run(config, gate.name, artifacts) for gate in GATES)


def _may_run(config: pytest.Config, gate: str, artifacts: Sequence[Path]) -> bool:
    markers, words = config.getoption("markexpr"), config.getoption("keyword")
    if markers and not holds(markers, lambda name: name in (gate, RUNS_CODE)):
        return False
    if words:
        test = test_of(gate)
        ids = [f"release_tests/{test}.py::{test}[{path.name}]".lower() for path in artifacts]
        if not any(holds(words, partial(_stands_in, of)) for of in ids):
            return False
    files = [part for arg in config.args if (part := arg.partition("::")[0]).endswith(".py")]
    whole = len(files) < len(config.args)
    return whole or any(name.endswith(f"{test_of(gate)}.py") for name in files)


def holds(expression: str, is_true: Callable[[str], bool]) -> bool:
    """Evaluate an expression of ``-m`` or ``-k``; True where it cannot be understood here.

    The words of these are no names of Python: ``import`` and ``installed-version`` are markers.
    """
    words = sorted(set(_WORDS.findall(expression)) - {"and", "or", "not"})
    names = {word: f"w{at}" for at, word in enumerate(words)}
    spelled = _WORDS.sub(lambda found: names.get(found[0], found[0]), expression)
    meant = {name: word for word, name in names.items()}
    try:
        syntax = ast.parse(spelled.strip(), mode="eval").body
        return _evaluate(syntax, lambda name: is_true(meant[name]))
    except (SyntaxError, ValueError):
        return True


def _stands_in(text: str, word: str) -> bool:
    return word.lower() in text


def _evaluate(node: ast.expr, is_true: Callable[[str], bool]) -> bool:
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            return all(_evaluate(value, is_true) for value in values)
        case ast.BoolOp(values=values):
            return any(_evaluate(value, is_true) for value in values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _evaluate(operand, is_true)
        case ast.Name(id=name):
            return is_true(name)
    raise ValueError(ast.unparse(node))


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


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
