"""The gate ``archive``: can every byte of the archive be read?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from release_tests.archive.facts import ArtifactFacts, FaultKind, WheelName
from release_tests.archive.names import is_tar
from release_tests.findings import Finding
from release_tests.gates.catalogue.archive import OPENED
from release_tests.gates.framing_answers import ANSWERS, NOT_OPENED
from release_tests.gates.order import ranked

if TYPE_CHECKING:
    from release_tests.archive.facts import Fault
    from release_tests.policy import Policy

RULE_OF = {
    FaultKind.UNREADABLE: "ZIP001",
    FaultKind.NOT_A_ZIP: "ZIP002",
    FaultKind.CENTRAL_DIRECTORY: "ZIP003",
    FaultKind.DIRECTORY_ASTRAY: "ZIP003",
    FaultKind.DIRECTORY_COUNT: "ZIP003",
    FaultKind.DIRECTORY_OFFSET: "ZIP003",
    FaultKind.HEADER_SIZE: "ZIP004",
    FaultKind.HEADER_COMPRESSED_SIZE: "ZIP004",
    FaultKind.OVERLAP: "ZIP005",
    FaultKind.ENCRYPTED: "ZIP006",
    FaultKind.METHOD: "ZIP007",
    FaultKind.DEFLATE: "ZIP008",
    FaultKind.CRC: "ZIP009",
    FaultKind.SIZE: "ZIP010",
    FaultKind.BOMB: "ZIP011",
    FaultKind.NAME: "ZIP012",
    FaultKind.DUPLICATE_RECORD: "ZIP013",
    FaultKind.DUPLICATE_ENTRY: "ZIP013",
    FaultKind.CHANGED: "ZIP014",
    FaultKind.GAP: "ZIP015",
    FaultKind.DESCRIPTOR: "ZIP016",
    FaultKind.UNLISTED: "ZIP017",
    FaultKind.UNREACHED: "ZIP017",
    FaultKind.LOCAL_HEADER: "ZIP018",
    FaultKind.NAME_CONTROL: "ZIP019",
    FaultKind.NAME_ENCODING: "ZIP019",
    FaultKind.NAME_UNMARKED: "ZIP019",
    FaultKind.SECOND_NAME_ENCODING: "ZIP019",
    FaultKind.EXTRA_TWICE: "ZIP020",
    FaultKind.EXTRA: "ZIP021",
    FaultKind.ENTRY_COMMENT: "ZIP022",
    FaultKind.END64: "ZIP023",
    FaultKind.END64_SIZE: "ZIP023",
    FaultKind.END64_PLACE: "ZIP023",
    FaultKind.TRAILING: "ZIP024",
    FaultKind.INDEXED: "ZIP025",
    FaultKind.UNICODE_PATH: "ZIP026",
    FaultKind.COMMENT: "ZIP027",
    FaultKind.CASE: "ZIP028",
    FaultKind.RESERVED: "ZIP029",
    FaultKind.MODE: "ZIP030",
    FaultKind.LINK: "ZIP031",
    FaultKind.OBFUSCATED: "ZIP032",
    FaultKind.NOT_A_TAR: "ZIP101",
    FaultKind.SPARSE: "ZIP102",
    FaultKind.TAR_END: "ZIP104",
    FaultKind.SEGMENTS: "ZIP107",
}
"""Each fault that reading can meet, and the rule that it breaks."""

OF_SDISTS = {
    FaultKind.DEFLATE: "ZIP101",
    FaultKind.OBFUSCATED: "ZIP103",
    FaultKind.TRAILING: "ZIP105",
    FaultKind.CRC: "ZIP106",
    FaultKind.BOMB: "ZIP108",
}
"""Faults that break another rule in a source distribution."""

_HIDDEN = "Invalid distribution file. {tool}-encrypted content is not allowed."
_OF_OTHER_SYSTEMS = (FaultKind.CASE, FaultKind.RESERVED)
_LINUX = re.compile(r"(many|musl)?linux")


def check(wheel: ArtifactFacts, policy: Policy) -> list[Finding]:  # noqa: ARG001 - one signature
    """Report every fault met while the archive was read to its last byte."""
    return ranked(
        Finding(
            _rule_of(fault.kind, wheel.file_name),
            fault.where,
            fault.message,
            fault.expected,
            fault.found,
            answer=_answer(fault),
            rank=OPENED if fault.kind in NOT_OPENED else None,
        )
        for fault in wheel.faults
        if fault.kind not in _OF_OTHER_SYSTEMS or not _linux_only(wheel)
    )


def _answer(fault: Fault) -> str:
    if fault.kind is FaultKind.OBFUSCATED:
        return _HIDDEN.format(tool=fault.found)
    return ANSWERS.get(fault.kind, "")


def _rule_of(kind: FaultKind, file_name: str) -> str:
    return OF_SDISTS.get(kind, RULE_OF[kind]) if is_tar(file_name) else RULE_OF[kind]


def _linux_only(wheel: ArtifactFacts) -> bool:
    """Whether no tag lets the wheel be installed where names are less free."""
    if not isinstance(wheel.name, WheelName):
        return False
    return all(_LINUX.match(tag.platform) for tag in wheel.name.tags)
