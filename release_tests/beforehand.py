"""What a session of nothing but gates begins before anybody asks for it.

While pytest starts and collects, and while a large artifact is read, a processor has nothing to do.
"""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from itertools import chain
from typing import TYPE_CHECKING

import pytest

from release_tests.errors import SelectionError
from release_tests.named import are_gates_only

if TYPE_CHECKING:
    from collections.abc import Collection

    from release_tests.ahead import Ahead

_AHEAD: pytest.StashKey[Ahead] = pytest.StashKey()
_ELSEWHERE = ("collectonly", "fetch", "help", "numprocesses", "version")
"""Options with which this process reads nothing, or does not know yet what."""


def begin_early(config: pytest.Config) -> None:
    """Begin to read the first artifact, if this session is going to read it."""
    known = config.known_args_namespace
    if not are_gates_only(config, known) or any(getattr(known, one, None) for one in _ELSEWHERE):
        return
    from release_tests.selection import select

    base = config.invocation_params.dir
    with suppress(SelectionError):  # told when the session starts
        first, *_ = select(
            [base / path for path in known.wheel_dir], [base / path for path in known.wheel]
        )
        reading_ahead(config).begin(first)


def reading_ahead(config: pytest.Config) -> Ahead:
    """Return what reads artifacts before they are asked for, and ends with the session."""
    if _AHEAD not in config.stash:
        from release_tests.ahead import Ahead

        config.stash[_AHEAD] = ahead = Ahead()
        config.add_cleanup(ahead.close)
    return config.stash[_AHEAD]


def go_ahead(session: pytest.Session, gates: Collection[str]) -> None:
    """Let artifacts be read in the order of the tests, and load meanwhile what these need.

    Where other tests run as well nothing is read beside them.
    """
    from release_tests.belonging import is_gate, subjects
    from release_tests.stashed import STORE

    if session.config.getoption("collectonly") or not all(map(is_gate, session.items)):
        return
    order = dict.fromkeys(chain.from_iterable(map(subjects, session.items)))
    if session.config.stash[STORE].expect(order):
        _load(gates)


def _load(names: Collection[str]) -> None:
    from release_tests import gates
    from release_tests.gates.catalogue import GATES

    for gate in GATES:
        if gate.name in names and not gate.runs_code:
            import_module(f"{gates.__name__}.{gate.name}")
