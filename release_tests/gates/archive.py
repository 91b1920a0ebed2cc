"""The gate ``archive``: can every byte of the archive be read?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.archive.facts import FaultKind, WheelFacts
from release_tests.findings import Finding

if TYPE_CHECKING:
    from release_tests.policy import Policy

RULE_OF = {
    FaultKind.UNREADABLE: "ZIP001",
    FaultKind.NOT_A_ZIP: "ZIP002",
    FaultKind.CENTRAL_DIRECTORY: "ZIP003",
    FaultKind.LOCAL_HEADER: "ZIP004",
    FaultKind.OVERLAP: "ZIP005",
    FaultKind.ENCRYPTED: "ZIP006",
    FaultKind.METHOD: "ZIP007",
    FaultKind.DEFLATE: "ZIP008",
    FaultKind.CRC: "ZIP009",
    FaultKind.SIZE: "ZIP010",
    FaultKind.BOMB: "ZIP011",
    FaultKind.NAME: "ZIP012",
    FaultKind.DUPLICATE: "ZIP013",
    FaultKind.CHANGED: "ZIP014",
}
"""Each fault that reading can meet, and the rule that it breaks."""


def check(wheel: WheelFacts, policy: Policy) -> list[Finding]:  # noqa: ARG001 - one signature
    """Report every fault met while the archive was read to its last byte."""
    return [
        Finding(RULE_OF[fault.kind], fault.where, fault.message, fault.expected, fault.found)
        for fault in wheel.faults
    ]
