"""Which collected tests are gates' tests, what they are about, and in which order they go."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import pytest

from release_tests.gates.catalogue import GATES
from release_tests.named import PACKAGE
from release_tests.verdict import ARTIFACT, GATE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from release_tests.gates.grouping import Release

RELEASE = "release"
_WITH_OPTION = " ".join(
    f"The gate {gate.name} is put with `{gate.option}` only." for gate in GATES if gate.option
)
_HELD_BACK = ("skip", "skipif", "xfail")
_ORDER = {gate.name: at for at, gate in enumerate(GATES)}
_OF_ONE_FILE = {
    gate.name for gate in GATES if not (gate.of_release or gate.runs_code or gate.option)
}
_AT_HAND = 64
"""Of so many artifacts what was read is kept in memory, and their metadata parsed."""


def subjects(item: pytest.Item) -> tuple[Path, ...]:
    """Return the artifacts that a gate's test is about."""
    params: dict[str, Any] = item.callspec.params  # type: ignore[attr-defined]
    release: Release | None = params.get(RELEASE)
    return (params[ARTIFACT],) if release is None else release.paths


def is_gate(item: pytest.Item) -> bool:
    """Whether a test puts a gate to an artifact, or to a release."""
    return is_ours(item) and not {ARTIFACT, RELEASE}.isdisjoint(getattr(item, "fixturenames", ()))


def is_ours(item: pytest.Item | pytest.Collector) -> bool:
    """Whether a test, or what it is collected from, is one of this package's own."""
    return _is_package(item.path.parent)


@functools.lru_cache(maxsize=64)
def _is_package(directory: Path) -> bool:
    return directory.resolve() == PACKAGE


def marked(item: pytest.Item) -> str | None:
    """Return the gate that a gate's test asks, else None."""
    gate = dict(item.user_properties).get(GATE)
    return None if gate is None else str(gate)


def following(item: pytest.Item) -> list[Path]:
    """Return the artifacts of the tests of the same gate that come after this one, in their order.

    A test that a project marked not to be run, or to fail, speaks for itself.
    """
    items = item.session.items
    later = (one for one in items[items.index(item) + 1 :] if marked(one) == marked(item))
    return [
        path
        for one in later
        if not any(one.get_closest_marker(name) for name in _HELD_BACK)
        for path in subjects(one)
    ]


def ordered(items: list[pytest.Item]) -> list[pytest.Item]:
    """Return the tests in the order in which they go: gates in that of the catalogue, others first.

    Of many artifacts so many at a time are put all gates that read one file, as long as what was
    read of them is at hand.
    """
    gates = filter(is_gate, items)
    artifacts = dict.fromkeys(path for item in gates for path in subjects(item))
    at = {path: number for number, path in enumerate(artifacts)}
    return sorted(items, key=lambda item: _place(item, at))


def _place(item: pytest.Item, at: Mapping[Path, int]) -> tuple[int, int]:
    found = marked(item)
    if found is None:
        return (-1, 0)
    if found not in _OF_ONE_FILE:
        return (len(at), _ORDER.get(found, len(_ORDER)))
    return (at[subjects(item)[0]] // _AT_HAND, _ORDER[found])


def refuse_a_foreign_hand(
    config: pytest.Config, items: list[pytest.Item], gates: list[pytest.Item], *, active: bool
) -> None:
    """Raise UsageError where a project's own configuration of pytest would leave gates unasked."""
    where = config.inipath or config.rootpath
    if gates and not active:
        raise pytest.UsageError(
            "the release gates were collected, but not asked for\n"
            "  Name them: pytest --pyargs release_tests, or pytest release_tests in a checkout."
        )
    if active and not gates and not hasattr(config, "workerinput"):
        raise pytest.UsageError(
            f"the release gates were asked for, but none was collected (configuration: {where})\n"
            "  `python_files` or `python_functions` there may hide them: add `-c /dev/null`.\n"
            f"  {_WITH_OPTION}"
        )
    strays = [item.nodeid for item in items if is_ours(item) and not is_gate(item)]
    if strays:
        raise pytest.UsageError(
            f"{strays[0]} is about no artifact: a conftest.py replaces a fixture of the gates\n"
            "  Add `--noconftest`, or rename the project's fixtures called `ask`, `ask_release`, "
            "`artifact`, `release` or `say`."
        )
