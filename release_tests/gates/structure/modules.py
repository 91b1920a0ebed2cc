"""What is importable from the wheel, against what the policy says should be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.archive.plan import without_scheme
from release_tests.archive.toplevel import importable
from release_tests.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.policy import Policy

_EXTENSIONS = (".py", ".pyd", ".so")


def check(wheel: ArtifactFacts, policy: Policy) -> Iterator[Finding]:
    """Look for each module that users import."""
    found = importable(wheel)
    if not found and not _stubs(wheel):
        message = "no module and no package lies at the top level of what it installs"
        yield Finding("STR022", wheel.file_name, message)
    for name in policy.imports or ():
        if not _contains(wheel, name):
            message = f"the module {name}, which the policy names, is not in the wheel"
            yield Finding("STR021", name, message, name, ", ".join(found) or "no module at all")


def _stubs(wheel: ArtifactFacts) -> bool:
    """Say whether there is a package of stubs (PEP 561), which type checkers read."""
    names = (without_scheme(member.name) for member in wheel.members)
    return any(
        name.partition("/")[0].endswith("-stubs") and name.endswith(".pyi") for name in names
    )


def _contains(wheel: ArtifactFacts, module: str) -> bool:
    path = module.replace(".", "/")
    names = (without_scheme(member.name) for member in wheel.members)
    return any(
        name.startswith(f"{path}/") or (name.startswith(f"{path}.") and name.endswith(_EXTENSIONS))
        for name in names
    )
