"""What a gate says when the archive kept it from looking; never that all is well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.findings import Finding

if TYPE_CHECKING:
    from release_tests.archive.facts import WheelFacts


def unopened(wheel: WheelFacts, rule: str) -> list[Finding]:
    """Return the finding *rule* where the file did not open as an archive, else none."""
    if wheel.is_archive:
        return []
    reasons = "; ".join(f"{fault.where}: {fault.message}" for fault in wheel.faults)
    message = f"the archive could not be opened (see the gate archive): {reasons}"
    return [Finding(rule, wheel.file_name, message)]
