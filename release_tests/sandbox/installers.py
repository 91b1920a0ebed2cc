"""The installers by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.policy import PIP
from release_tests.sandbox.pip import Pip
from release_tests.sandbox.settings import read_settings
from release_tests.sandbox.uv import Uv, find_uv

if TYPE_CHECKING:
    from release_tests.policy import InstallPolicy
    from release_tests.sandbox.installer import Installer


def installer_for(policy: InstallPolicy) -> Installer:
    """Return the policy's installer, set up as this machine and the policy say.

    Raises ReleaseGatesError when it is not there, CommandError when pip cannot read its own
    configuration, which holds for both.
    """
    settings = read_settings(policy)
    return Pip(settings) if policy.installer == PIP else Uv(settings, find_uv())
