"""The fixtures of the gates' tests: a test asks, and the answer becomes its outcome."""

from __future__ import annotations

import contextlib
import sys
import time
from types import MappingProxyType
from typing import TYPE_CHECKING, NoReturn

import pytest

from release_tests.belonging import marked
from release_tests.findings import NotApplicable
from release_tests.stashed import ASKED, HARNESS, STAGED, STORE
from release_tests.verdict import SHA256, SIZE, GateVerdict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.findings import Answer
    from release_tests.gates.grouping import Release
    from release_tests.gates.judgement import Judged
    from release_tests.gates.release import Examined, Together
    from release_tests.gates.trying import Tried
    from release_tests.harness import Harness
    from release_tests.index.served import Served
    from release_tests.policy import Policy
    from release_tests.sandbox.progress import Say
    from release_tests.sandbox.trials import Trials
    from release_tests.source.facts import SourceFacts

VERDICT: pytest.StashKey[GateVerdict] = pytest.StashKey()

_NOTHING: Mapping[str, object] = MappingProxyType({})
_INSTALL, _STAGED = "install", "staged"
_QUIET_SECONDS = 3.0


def _nothing(_: Trials) -> Mapping[str, object]:
    return _NOTHING


class Asking:
    """Keeps a gate's answer for the evidence, and makes it the outcome of the test."""

    def __init__(
        self, item: pytest.Item, harness: Harness, wheels: Sequence[ArtifactFacts]
    ) -> None:
        """Bind the test, the facts about its artifacts, and what they are judged by."""
        self._item = item
        self._harness = harness
        self._names = [wheel.file_name for wheel in wheels]
        for wheel in wheels:
            item.user_properties += [(SHA256, wheel.sha256), (SIZE, wheel.size)]

    @property
    def policy(self) -> Policy:
        """The policy that the artifacts are judged by."""
        return self._harness.source.policy

    @property
    def tree(self) -> SourceFacts | None:
        """What the project's source tree says, where one was named."""
        return self._harness.tree

    def answer(self, answer: Answer, details: dict[str, object] | None = None) -> None:
        """Record an answer that was found out, with *details* of plain data for the evidence."""
        from release_tests.gates.judgement import judge

        if isinstance(answer, NotApplicable):
            self._item.stash[VERDICT] = GateVerdict.of(answer, details)
            return
        judged = judge(answer, self._names, self.policy, self._harness.today)
        self._item.stash[VERDICT] = GateVerdict.of(judged, details)
        self._show(judged)

    def _stops(self, answer: Answer) -> bool:
        """Whether an answer stops the release."""
        from release_tests.gates.judgement import judge

        findings = () if isinstance(answer, NotApplicable) else answer
        judged = judge(findings, self._names, self.policy, self._harness.today)
        return any(one.stops for one in judged)

    def _show(self, judged: list[Judged]) -> None:
        from release_tests.gates.judgement import text

        words = text(self.title, judged)
        if any(one.stops for one in judged):
            pytest.fail(words, pytrace=False)
        if judged:
            self._item.add_report_section("call", "advice", words)

    @property
    def title(self) -> str:
        """What the findings are about, as it is called above them."""
        return ", ".join(self._names)


class Ask(Asking):
    """Puts one gate's question to one artifact."""

    def __init__(self, item: pytest.Item, harness: Harness, wheel: ArtifactFacts) -> None:
        """Bind the test and the facts about its artifact."""
        super().__init__(item, harness, [wheel])
        self.wheel = wheel
        self._stash = item.config.stash

    def __call__(self, check: Callable[[ArtifactFacts, Policy], Answer]) -> None:
        """Ask, and fail the test with every finding if one of them stops the release."""
        self.answer(check(self.wheel, self.policy))

    def served(self, say: Say) -> Served | None:
        """Return what the staging index serves in the artifact's place; None if nobody can ask."""
        from release_tests.tried import served_of

        return served_of(self.wheel, self._stash[STAGED], say)

    def tried(
        self,
        check: Callable[[Tried, ArtifactFacts, Policy], Answer],
        say: Say,
        kinds: Sequence[str] = (),
        more: Callable[[Trials], Mapping[str, object]] = _nothing,
    ) -> None:
        """Ask about what was observed; where nothing can be, on this machine, skip the test.

        *kinds* of the trials go into the evidence, and *more* about them. Of a wheel whose code
        this processor lacks something for, only the installation is looked at: it may fail, but
        not pass. Where staging does not serve the artifact, the gate `staged` fails; if that is not
        put, this one does.
        """
        from release_tests.gates.trying import NotStaged
        from release_tests.sandbox.choosing import NoInterpreter
        from release_tests.trying import trying

        asked = trying(self._item, self.wheel)
        lack = asked.lack
        if lack is not None and marked(self._item) != _INSTALL:
            self._skip(lack.reason, lack.elsewhere)
        tried = asked.trials(say)
        if isinstance(tried, NotStaged) and _STAGED not in self._stash[ASKED]:
            self.answer(check(tried, self.wheel, self.policy))
            return
        if isinstance(tried, NoInterpreter):
            self._skip(tried.reason, tried.elsewhere)
        details = tried.details(*kinds) | self._origin | dict(more(tried))
        findings = check(tried, self.wheel, self.policy)
        if lack is not None and not self._stops(findings):
            self._skip(f"it installs, but {lack.reason}", lack.elsewhere, details)
        self.answer(findings, details)

    @property
    def _origin(self) -> dict[str, object]:
        """Which index the artifact came from, where it came from one."""
        staging = self._harness.staging
        return {"from": staging.shown} if staging else {}

    def _skip(
        self, reason: str, elsewhere: str, details: Mapping[str, object] = _NOTHING
    ) -> NoReturn:
        """Skip the test, and say in the evidence on what machine it can be asked."""
        self._item.stash[VERDICT] = GateVerdict.skipped(reason, elsewhere, details)
        pytest.skip(reason)


class AskRelease(Asking):
    """Puts one gate's question to all artifacts of one version."""

    def __init__(self, item: pytest.Item, harness: Harness, together: Together) -> None:
        """Bind the test and the facts about the run's artifacts."""
        super().__init__(item, harness, together.wheels)
        self.together = together

    def __call__(self, check: Callable[[Together, Policy, date], Examined]) -> None:
        """Ask, and leave in the evidence which files were judged together."""
        from release_tests.evidence.together import details as of_together

        examined = check(self.together, self.policy, self._harness.today)
        together = [(wheel.file_name, wheel.sha256) for wheel in self.together.wheels]
        details = of_together(together) | {"waivers": examined.waivers}
        self.answer(examined.findings, details)


@pytest.fixture
def ask(request: pytest.FixtureRequest, artifact: Path) -> Ask:
    """Ask about the artifact that the test is parametrized with."""
    config = request.config
    node: pytest.Item = request.node
    return Ask(node, config.stash[HARNESS], config.stash[STORE].of(artifact))


@pytest.fixture
def ask_release(request: pytest.FixtureRequest, release: Release) -> AskRelease:
    """Ask about the release that the test is parametrized with."""
    from release_tests.gates.release import Together

    harness, store = request.config.stash[HARNESS], request.config.stash[STORE]
    others = {path.name: path for path in harness.artifacts if path not in release.paths}
    wheels = tuple(map(store.of, release.paths))
    together = Together(wheels, tuple(others), lambda name: store.of(others[name]))
    node: pytest.Item = request.node
    return AskRelease(node, harness, together)


@pytest.fixture
def say(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Tell people at the terminal what a long test is doing; short ones stay quiet.

    Output is captured, and let through for one line at a time: so only the main thread may speak.
    """
    capture = request.config.pluginmanager.getplugin("capturemanager")
    started = time.monotonic()

    def line(words: str) -> None:
        if time.monotonic() - started < _QUIET_SECONDS:
            return
        let = capture.global_and_fixture_disabled if capture else contextlib.nullcontext
        with let():
            sys.stderr.write(f"\n[release-gates] {words}")
            sys.stderr.flush()

    return line
