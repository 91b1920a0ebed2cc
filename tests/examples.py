"""A pytest plugin that writes down what findings look like, for the pages of the rules.

    python -m pytest -n 0 -p tests.examples tests/gates

keeps the first finding that a gate makes of each rule that docs/examples.json has none of yet.
Take a rule out of that file, and run its tests so, to have its example made anew.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from release_tests.findings import Finding
from release_tests.gates.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Callable

FILE = Path(__file__).resolve().parents[1] / "docs" / "examples.json"
_GATES = "release_tests.gates."
_LINES, _LENGTH = 8, 160
_OF_THIS_MACHINE = {
    re.compile(rf"{re.escape(tempfile.gettempdir())}(/[^/\s'\"]+)*/"): "…/",
    re.compile(re.escape(sys.base_prefix)): "…",
    re.compile(r"http://127\.0\.0\.1:\d+"): "https://index.example.com",
}

Example = dict[str, str]
_seen: dict[str, Example] = {}


def read() -> dict[str, Example]:
    """Return the examples that are kept, by the ids of the rules."""
    found: dict[str, Example] = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    return found


def pytest_configure() -> None:
    """Listen to every finding that a gate makes."""
    Finding.__init__ = _listening(Finding.__init__)  # type: ignore[method-assign]


def _listening(made: Callable[..., None]) -> Callable[..., None]:
    def init(self: Finding, *args: object, **fields: object) -> None:
        made(self, *args, **fields)
        if sys._getframe(1).f_globals["__name__"].startswith(_GATES):  # noqa: SLF001 - a tool
            _seen.setdefault(self.rule, _example(self))

    return init


def _example(finding: Finding) -> Example:
    words = {name: getattr(finding, name) for name in ("where", "message", "expected", "found")}
    return {name: short(text) for name, text in words.items() if text}


def short(text: str) -> str:
    """Return the text as an example has it: of no machine, and of bounded length."""
    for here, anywhere in _OF_THIS_MACHINE.items():
        text = here.sub(anywhere, text)
    lines = [line[:_LENGTH].rstrip() for line in text.splitlines()]
    return "\n".join([*lines[:_LINES], *(["…"] if len(lines) > _LINES else [])])


def pytest_unconfigure() -> None:
    """Add what was seen to what was kept, and drop the rules that are gone."""
    found = {rule: example for rule, example in (_seen | read()).items() if rule in RULES}
    FILE.write_text(json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n", "utf-8")
