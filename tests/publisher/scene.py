"""A project, its wheels with their evidence, and the two indexes that they go to."""

from __future__ import annotations

import dataclasses
import io
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from publisher.artifact import Artifact, describe
from publisher.confirmation import Asker
from publisher.credentials import Login
from publisher.desk import Desk
from publisher.index.lane import Lane
from publisher.index.place import Place
from publisher.index.target import IndexTarget
from publisher.log import Log
from publisher.order import Order
from publisher.redaction import Redactor
from publisher.road import travel
from publisher.sending.sender import Sender
from release_tests import __version__
from release_tests.archive.digest import sha256_of
from release_tests.evidence.model import ArtifactEvidence, Outcome, Row, Run, State
from release_tests.evidence.store import RunDirectory
from release_tests.evidence.together import details
from release_tests.gates.catalogue import GATES
from release_tests.gates.grouping import version_of
from release_tests.index.locations import Role, locate
from release_tests.index.simple import SimpleIndex
from release_tests.policy import IndexesPolicy, IndexPolicy, InstallPolicy, Policy
from tests.forge import Wheel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from publisher.loopback import LoopbackIndex
    from publisher.report import Report

VARIABLES: Mapping[Role, str] = {"staging": "SCENE_STAGING", "production": "SCENE_PRODUCTION"}


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


class Clock:
    """A clock that only sleeping moves, so that waiting takes no time."""

    def __init__(self) -> None:
        """Begin at zero."""
        self.now = 0.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


class Scene:
    """Everything around one run of the publisher; tests change what they are about."""

    def __init__(self, staging: LoopbackIndex, production: LoopbackIndex, place: Path) -> None:
        """Begin with no wheel; the place is a directory of the test's own."""
        self.indexes: dict[Role, LoopbackIndex] = {"staging": staging, "production": production}
        self.place = place
        self.dist = place / "dist"
        self.evidence = place / "release-evidence"
        self.clock = Clock()
        self.redact = Redactor()
        self.stderr = io.StringIO()
        self.shown: list[str] = []
        self.urls: dict[Role, str] = {role: index.url for role, index in self.indexes.items()}
        self.tokens: dict[Role, str] = {role: it.token for role, it in self.indexes.items()}
        self.asker = Asker(io.StringIO(), io.StringIO(), assume_yes=True)
        self.findings: tuple[dict[str, str], ...] = ()
        self.left_out: tuple[str, ...] = ()
        self.verified: list[Path] = []
        self.ahead = timedelta()
        """How much later it is than by this machine's clock."""
        self.installer = "uv"
        """What fetched files are installed with; pip takes three seconds more."""

    @property
    def policy(self) -> Policy:
        """Return a policy with both indexes on loopback."""
        both = {role: self._settings(role) for role in self.indexes}
        return Policy(
            indexes=IndexesPolicy(staging=both["staging"], production=both["production"]),
            install=InstallPolicy(installer=self.installer),
        )

    @property
    def desk(self) -> Desk:
        """Return the desk of a run, with the tokens in its environment."""
        scratch = self.place / "scratch"
        scratch.mkdir(exist_ok=True)
        tokens = {VARIABLES[role]: token for role, token in self.tokens.items()}
        return Desk(
            console=Log(self.redact, self.stderr),
            show=self.shown.append,
            clock=self.clock,
            sleep=self.clock.sleep,
            scratch=scratch,
            environ=dict(os.environ) | tokens,
            locks=self.place / "locks",
            now=self.time,
        )

    def time(self) -> datetime:
        """Return what time it is in the scene."""
        return datetime.now(UTC) + self.ahead

    @property
    def said(self) -> str:
        """Return everything that the user has seen."""
        return self.stderr.getvalue() + "\n".join(self.shown)

    def wheel(self, wheel: Wheel | None = None, *, verified: bool = True) -> Path:
        """Forge a wheel into dist, with evidence that it and those before passed every gate."""
        path = (wheel or Wheel()).write(self.dist)
        if verified:
            self.verified.append(path)
            self.verify(*dict.fromkeys(self.verified))
        return path

    def verify(self, *paths: Path) -> None:
        """Leave evidence of a run in which every gate passed for each file."""
        fingerprint = self.policy.fingerprint()
        evidence_of(paths, self.evidence, fingerprint, self.findings, self.left_out)

    def leave(self, run: Run) -> None:
        """Leave the evidence of a run."""
        RunDirectory.begin(self.evidence, run).finish(run, "# Summary\n")

    def publish(self, paths: Sequence[Path] = (), **how: Any) -> Report:
        """Send the files, by default all of dist, on the road."""
        return travel(self.order(paths, **how), self.desk)

    def order(self, paths: Sequence[Path] = (), **how: Any) -> Order:
        """Return what is asked of the publisher: the files, by default all of dist."""
        order = Order(
            paths=tuple(paths) or tuple(sorted(self.dist.iterdir())),
            evidence_dirs=(self.evidence,),
            policy=self.policy,
            asker=self.asker,
            now=self.time(),
        )
        return dataclasses.replace(order, **how)

    def held(self, role: Role) -> dict[str, str]:
        """Return what an index holds: digests by file name."""
        return {path.name: sha256_of(path) for path in self.indexes[role].files.iterdir()}

    def put(self, role: Role, wheel: Wheel) -> Path:
        """Place a wheel on an index, past any upload."""
        return wheel.write(self.indexes[role].files)

    def index(self, role: Role = "staging", *, deadline: float = 60.0) -> Place:
        """Return an index as the road sees it; its connections are closed with the index."""
        settings = dataclasses.replace(self._settings(role), deadline=deadline)
        location = locate(role, settings)
        login = Login(settings.username, self.tokens[role], VARIABLES[role])
        self.redact.register(self.tokens[role], settings.username)
        index = SimpleIndex(location.simple_url, sleep=self.clock.sleep)
        return Place(location, index, login, deadline)

    def target(self, role: Role = "staging") -> IndexTarget:
        """Return an index as a target; nothing runs before it is given a file."""
        place = self.index(role)
        sender = Sender(place.location, place.login, self.desk.environ, 1)
        return IndexTarget(place, Lane(place, sender, 1))

    def _settings(self, role: Role) -> IndexPolicy:
        return IndexPolicy(
            upload_url=f"{self.urls[role]}/",
            simple_url=f"{self.urls[role]}/simple/",
            username=self.indexes[role].user,
            token_env=VARIABLES[role],
            deadline=60.0,
        )


def evidence_of(
    paths: Sequence[Path],
    place: Path,
    fingerprint: str,
    findings: tuple[dict[str, str], ...] = (),
    left_out: tuple[str, ...] = (),
) -> None:
    """Leave evidence in *place* of a run in which every gate, but those left out, passed."""
    finished = datetime.now(UTC) - timedelta(seconds=1)
    serial = len(list(place.iterdir())) if place.is_dir() else 0
    run = Run(
        id=f"{finished:%Y%m%dT%H%M%SZ}-{serial:06x}",
        state=State.FINISHED,
        started=finished - timedelta(seconds=9),
        finished=finished,
        version=__version__,
        policy=fingerprint,
        policy_path="",
        host={"python": "3.11", "node": "builder"},
        artifacts=tuple(_passed(path, paths, findings, left_out) for path in paths),
    )
    RunDirectory.begin(place, run).finish(run, "# Summary\n")


def artifact(path: Path) -> Artifact:
    """Return a file as it was admitted."""
    return describe(path, sha256_of(path))


def _passed(
    path: Path,
    together: Sequence[Path],
    findings: tuple[dict[str, str], ...],
    left_out: tuple[str, ...],
) -> ArtifactEvidence:
    version = version_of(path.name)
    files = details(
        (one.name, sha256_of(one)) for one in together if version_of(one.name) == version
    )
    rows = tuple(
        Row(gate.name, Outcome.PASSED, findings=findings, details=files if gate.of_release else {})
        for gate in GATES
        if gate.name not in left_out
    )
    return ArtifactEvidence(path.name, sha256_of(path), path.stat().st_size, rows)
