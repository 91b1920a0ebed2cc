"""One release on its way: its project's directory, and the publisher as a process in it."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.mishaps.github.shapes import FULL
from release_tests import policy
from release_tests.archive.digest import sha256_of
from release_tests.process import started_process
from tests.forge import STORED, Wheel
from tests.publisher.crashes.moments import Watch, ended, strike
from tests.publisher.crashes.targets import INDEXES, TOKENS, Mishap, Targets
from tests.publisher.scene import evidence_of

if TYPE_CHECKING:
    from tests.publisher.crashes.moments import Length, Moment

ROOT = Path(__file__).resolve().parents[3]
NAMES = ("demo", "demo-amx", "demo-avx2", "demo-avx512", "demo-cpu")
VERSION = "1.0"
_DEADLINE = 180.0
_SECONDS_TO_END = 30.0
# More than the system keeps of a connection, so that an upload can be cut in its middle.
_LARGE = 6 << 20


@dataclass(frozen=True)
class Ran:
    """A run: its exit code, None where it was killed, what it said, when, and how long it was.

    ``struck`` is the moment at which a signal was sent, None where it had ended by itself before.
    """

    code: int | None
    said: str
    began: datetime
    over: datetime
    length: Length
    struck: Moment | None = None


class Release:
    """A project with the wheels of some variants and the evidence that they passed."""

    def __init__(self, place: Path, variants: int, mishap: Mishap) -> None:
        """Forge the wheels; the first one is large."""
        self.place = place
        names = NAMES[:variants]
        paths = [_forged(name, place / "dist", large=name == names[0]) for name in names]
        self.expected = {path.name: sha256_of(path) for path in paths}
        tags = {path.name: f"v{VERSION}-{name}" for path, name in zip(paths, names, strict=True)}
        self.targets = Targets(self.expected, tags, mishap)
        self._paths = paths
        (place / "tmp").mkdir()
        self.environ = {name: os.environ[name] for name in os.environ if "TOKEN" not in name}
        self.environ |= {"PYTHONPATH": str(ROOT), "HOME": str(place), "TMPDIR": str(place / "tmp")}
        self.environ |= {f"CRASH_{role.upper()}": token for role, token in TOKENS.items()}

    def begin(self) -> None:
        """Write the policy, when the targets run, and leave the evidence."""
        (self.place / "pyproject.toml").write_text(_policy(self.targets))
        self.verify()

    def verify(self) -> None:
        """Leave the evidence of a run of the gates in which all passed, be it one more."""
        fingerprint = policy.load(self.place / "pyproject.toml").policy.fingerprint()
        evidence_of(self._paths, self.place / "release-evidence", fingerprint)

    def run(self, moment: Moment | None, number: int = signal.SIGKILL, log: str = "log") -> Ran:
        """Run the publisher; at the *moment*, if there is one, it is sent the signal."""
        said = self.place / log
        watch, began = Watch(self.place, lambda: self.targets.asked), datetime.now(UTC)
        struck = None
        with (
            said.open("wb") as out,
            started_process(
                [sys.executable, "-m", "publisher", "--yes"],
                env=self.environ, cwd=self.place, stdout=out, stderr=subprocess.STDOUT,
            ) as process,
        ):  # fmt: skip
            if moment is not None and ended(process, watch, moment):
                strike(process, self.place, number, wholly=moment.wholly)
                struck = moment
            code: int | None = process.wait(_SECONDS_TO_END if struck else _DEADLINE)
        if struck and code == -signal.SIGKILL:
            code = None
        over = datetime.now(UTC)
        return Ran(code, said.read_text(), began, over, watch.length(), struck)

    def status(self) -> tuple[int, dict[str, Any]]:
        """Ask the publisher for the state of the release; return its exit code and its answer."""
        done = subprocess.run(
            [sys.executable, "-m", "publisher", "status", "--json"],
            env=self.environ, cwd=self.place, capture_output=True, check=False, timeout=_DEADLINE,
        )  # fmt: skip
        assert done.stdout, (
            f"status said nothing, and ended with {done.returncode}: {done.stderr!r}"
        )
        return done.returncode, json.loads(done.stdout)


def _forged(name: str, into: Path, *, large: bool) -> Path:
    package = name.replace("-", "_")
    data = random.Random(name).randbytes(_LARGE) if large else b"small"  # noqa: S311 - no secret
    files: dict[str, bytes | str] = {f"{package}/__init__.py": "", f"{package}/data.bin": data}
    return Wheel(name=package, files=files, method=STORED).write(into)


def _policy(targets: Targets) -> str:
    """Return a policy with all three, and trials that cost as little as they can."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    lines = ["[tool.release-gates.install]", 'installer = "uv"', f'pythons = ["{version}"]']
    for role in INDEXES:
        lines += [
            f"[tool.release-gates.indexes.{role}]",
            f'upload-url = "{targets.urls[role]}/legacy/"',
            f'simple-url = "{targets.urls[role]}/simple/"',
            f'token-env = "CRASH_{role.upper()}"',
            "deadline = 30",
        ]
    lines += [
        "[tool.release-gates.github]",
        f'repository = "{FULL}"',
        f'api-url = "{targets.urls["github"]}"',
        'tag = "v{version}-{name}"',
        f'target = "{targets.commit}"',
        'token-env = "CRASH_GITHUB"',
        "deadline = 60",
    ]
    return "\n".join(lines)
