"""Where the members of a wheel belong in an environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from release_tests.sandbox.environment import Sandbox

LIBRARY, DATA, SCRIPTS = "library", "data", "scripts"


@dataclass(frozen=True, slots=True)
class Expected:
    """A member as it is to be installed: below which directory, at which path, with what bytes.

    An empty ``sha256`` says that the bytes are the installer's to choose, as are those of a
    script, whose first line it may replace. A ``path`` that ends with a slash is a directory with
    nothing in it.
    """

    scheme: str
    path: str
    sha256: str

    def place(self, roots: Mapping[str, Path]) -> Path:
        """Return where it belongs in an environment with these ``roots_of``."""
        return roots[self.scheme] / self.path


def roots_of(sandbox: Sandbox) -> Mapping[str, Path]:
    """Return the directory of each scheme; looked up once for all members, which may be many."""
    return {LIBRARY: sandbox.sites[0], DATA: sandbox.prefix, SCRIPTS: sandbox.scripts}
