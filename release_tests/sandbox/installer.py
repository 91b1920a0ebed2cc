"""What makes environments and installs into them, whichever program does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from release_tests.sandbox.confinement import FREE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from release_tests.sandbox.confinement import Confinement
    from release_tests.sandbox.environment import Sandbox
    from release_tests.sandbox.fetching import Errand
    from release_tests.sandbox.interpreter import Interpreter
    from release_tests.sandbox.observed import Step, Tool
    from release_tests.sandbox.progress import Heartbeat


class Installer(Protocol):
    """A program that users install with; one object serves all environments of a run.

    What a command of it comes to is a step. What may have to fetch takes the errand that it is on,
    None where no other trial fetches. An index that did not answer raises IndexUnavailable:
    nothing follows about the wheel.
    """

    def create(self, sandbox: Sandbox, python: Interpreter, beat: Heartbeat) -> None:
        """Make the virtual environment ``sandbox.prefix``; raise ReleaseGatesError if it fails."""

    def tool(self, sandbox: Sandbox) -> Tool:
        """Return its name and version, as it is used for this environment."""

    def install(
        self,
        sandbox: Sandbox,
        wheel: Path,
        sha256: str,
        deadline: float,
        beat: Heartbeat,
        errand: Errand | None = None,
    ) -> Step:
        """Install the file with its dependencies; refuse it if its digest is another."""

    def install_alone(
        self, sandbox: Sandbox, wheel: Path, sha256: str, deadline: float, beat: Heartbeat
    ) -> Step:
        """Install the file without its dependencies, and without any index's address."""

    def fetch(
        self,
        sandbox: Sandbox,
        requirements: Sequence[str],
        deadline: float,
        beat: Heartbeat,
        errand: Errand | None = None,
    ) -> Step:
        """Install what requirements give, with their dependencies, from where users get it."""

    def check(self, sandbox: Sandbox, beat: Heartbeat, confinement: Confinement = FREE) -> Step:
        """Ask whether all that is installed fits together.

        What is installed may run along, so it is told nothing of this machine's settings.
        """

    def uninstall(
        self,
        sandbox: Sandbox,
        distribution: str,
        beat: Heartbeat,
        confinement: Confinement = FREE,
    ) -> Step:
        """Take a distribution out again; as with a check, it is told of no settings."""

    def shown_settings(self) -> dict[str, str]:
        """Return what was taken over from this machine, without credentials."""
