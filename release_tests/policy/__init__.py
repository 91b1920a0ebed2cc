"""What a project asks of its releases: a frozen policy, decoded from TOML.

In a pyproject.toml the policy is the table ``[tool.release-gates]``; in a file of its own the same
tables stand at the top level. Every key is declared once, on the dataclass that holds it:
its name as users type it (kebab case), how it is decoded, its default and what it means. The
page docs/policy.md is generated from these declarations.
"""

from __future__ import annotations

from release_tests.policy.model import Policy
from release_tests.policy.reading import TABLE, PolicySource, find, load
from release_tests.policy.tables import (
    EmulationPolicy,
    IndexesPolicy,
    IndexPolicy,
    InstallPolicy,
    NotificationsPolicy,
    SourcePolicy,
)
from release_tests.policy.words import (
    CONFIRMATION,
    CPU,
    FAILURE,
    INSTALLERS,
    OCCASIONS,
    OPTIONAL,
    OWN,
    PIP,
    PROFILES,
    REQUIRED,
    SUCCESS,
    THIRD_PARTY,
    UV,
)

__all__ = [
    "CONFIRMATION",
    "CPU",
    "FAILURE",
    "INSTALLERS",
    "OCCASIONS",
    "OPTIONAL",
    "OWN",
    "PIP",
    "PROFILES",
    "REQUIRED",
    "SUCCESS",
    "TABLE",
    "THIRD_PARTY",
    "UV",
    "EmulationPolicy",
    "IndexPolicy",
    "IndexesPolicy",
    "InstallPolicy",
    "NotificationsPolicy",
    "Policy",
    "PolicySource",
    "SourcePolicy",
    "find",
    "load",
]
