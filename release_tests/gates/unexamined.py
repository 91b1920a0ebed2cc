"""What a gate says when the archive kept it from looking; never that all is well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Callable

    from release_tests.archive.facts import ArtifactFacts


def unopened(wheel: ArtifactFacts, rule: str) -> list[Finding]:
    """Return the finding *rule* where the file did not open as an archive, else none."""
    if wheel.is_archive:
        return []
    reasons = "; ".join(fault.message for fault in wheel.faults)
    message = f"the archive could not be opened (see the gate archive): {reasons}"
    return [Finding(rule, wheel.file_name, message)]


def unread(wheel: ArtifactFacts, rule: str, concerned: Callable[[str], bool]) -> list[Finding]:
    """Return the finding *rule* where members that the gate is *concerned* with were not read."""
    names = [
        member.name
        for member in wheel.members
        if not member.digests and not member.is_dir and concerned(member.name)
    ]
    if not names:
        return []
    more = f" (nor could {len(names) - 1} other members)" if len(names) > 1 else ""
    message = f"the member could not be read{more}, see the gate archive"
    return [Finding(rule, names[0], message)]
