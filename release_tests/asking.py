"""The fixtures of the gates' tests: a test asks, and the answer becomes its outcome."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import pytest

from release_tests.gates import explain
from release_tests.verdict import ARTIFACT, GATE, SHA256, SIZE, GateVerdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from release_tests.archive.facts import WheelFacts
    from release_tests.facts_store import FactsStore
    from release_tests.findings import Answer, Finding
    from release_tests.harness import Harness
    from release_tests.policy import Policy

HARNESS: pytest.StashKey[Harness] = pytest.StashKey()
STORE: pytest.StashKey[FactsStore] = pytest.StashKey()
VERDICT: pytest.StashKey[GateVerdict] = pytest.StashKey()

_QUIET_SECONDS = 3.0


class Ask:
    """Puts one gate's question to one artifact, and keeps the answer for the evidence."""

    def __init__(self, item: pytest.Item, wheel: WheelFacts, policy: Policy) -> None:
        """Bind the test, the facts about its artifact, and the policy."""
        self._item = item
        item.user_properties += [(SHA256, wheel.sha256), (SIZE, wheel.size)]
        self.wheel = wheel
        self.policy = policy

    def __call__(self, check: Callable[[WheelFacts, Policy], Answer]) -> None:
        """Ask, and fail the test with every finding if one of them stops the release."""
        self.answer(check(self.wheel, self.policy))

    def answer(self, answer: Answer, details: dict[str, object] | None = None) -> None:
        """Record an answer that was found out, with *details* of plain data for the evidence."""
        verdict = GateVerdict.of(answer, details)
        self._item.stash[VERDICT] = verdict
        if isinstance(answer, list):
            self._show(answer)

    def _show(self, findings: list[Finding]) -> None:
        words = explain.text(self.wheel.file_name, findings)
        if any(explain.stops(finding) for finding in findings):
            pytest.fail(words, pytrace=False)
        if findings:
            self._item.add_report_section("call", "advice", words)


@pytest.fixture
def ask(request: pytest.FixtureRequest, artifact: Path) -> Ask:
    """Ask about the artifact that the test is parametrized with."""
    config = request.config
    harness = config.stash[HARNESS]
    node: pytest.Item = request.node
    return Ask(node, config.stash[STORE].of(artifact), harness.source.policy)


@pytest.fixture
def say(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Tell people at the terminal what a long test is doing; short ones stay quiet."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    started = time.monotonic()

    def line(words: str) -> None:
        if time.monotonic() - started < _QUIET_SECONDS:
            return
        with capture.global_and_fixture_disabled():
            sys.stderr.write(f"\n[release-gates] {words}")
            sys.stderr.flush()

    return line


def marked(item: pytest.Item) -> tuple[str, str] | None:
    """Return the gate and the artifact's name that a gate's test is about, else None."""
    properties = dict(item.user_properties)
    if GATE not in properties:
        return None
    return str(properties[GATE]), str(properties[ARTIFACT])
