"""A clean environment, from its making by an installer to its removal."""

from __future__ import annotations

import contextlib
import dataclasses
from typing import TYPE_CHECKING

from release_tests.sandbox.environment import Sandbox, scratch_sandbox
from release_tests.sandbox.progress import SILENT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from release_tests.sandbox.installer import Installer
    from release_tests.sandbox.interpreter import Interpreter
    from release_tests.sandbox.progress import Heartbeat


@contextlib.contextmanager
def clean_environment(
    installer: Installer,
    python: Interpreter,
    *,
    parent: Path | None = None,
    while_running: Heartbeat = SILENT,
) -> Iterator[Sandbox]:
    """Yield a sandbox with a new environment for *python*; nothing of it outlives the block.

    It is made in *parent*, by default the system's temporary directory. Raises ReleaseGatesError
    when the environment cannot be made.
    """
    with scratch_sandbox(parent) as sandbox:
        installer.create(sandbox, python, while_running)
        yield dataclasses.replace(sandbox, vouched=sandbox.startup)
