"""The rules of the gate ``record``."""

from __future__ import annotations

from release_tests.gates.rules import Authority, Family

_RECORD = "Recording installed projects, The RECORD file"
_REPACK = (
    "Never change a wheel in place: unpack it, change it, and pack it with `wheel pack`, which "
    "writes RECORD anew; or build it again."
)

_rule = Family(prefix="REC", gate="record", reference=_RECORD, mend=_REPACK)

RULES = (
    _rule(
        "001",
        "the wheel has no RECORD",
        "RECORD is how an installer knows what it installed, to verify and to uninstall it.",
        authority=Authority.PYPI,
        reason="Wheel '{file}' does not contain the required RECORD file: {place}",
        rank=407,
    ),
    _rule(
        "002",
        "a line of RECORD does not say what it must",
        "Each line is a path, a digest of SHA-256 or stronger, and a size. Readers that verify "
        "RECORD stop at a line that is not.",
        authority=Authority.SPEC,
    ),
    _rule(
        "003",
        "a file of the wheel is not in RECORD",
        "It is installed and never removed again, and nothing vouches for its bytes: this is what "
        "a file slipped into a finished wheel looks like. The index takes the wheel so far, and "
        "writes to the project's maintainers about it.",
        authority=Authority.SPEC,
    ),
    _rule(
        "004",
        "RECORD lists a file that is not in the wheel",
        "Something was taken out after the wheel was built, or left out while it was packed. "
        "The index takes the wheel so far, and writes to the project's maintainers about it.",
        authority=Authority.SPEC,
    ),
    _rule(
        "005",
        "a file's digest is not the one in RECORD",
        "The file was changed after RECORD was written. No index and hardly any installer looks, "
        "so this gate is the only one that stands between the change and the users.",
        authority=Authority.SPEC,
    ),
    _rule(
        "006",
        "a file's size is not the one in RECORD",
        "The file was changed after RECORD was written.",
        authority=Authority.SPEC,
    ),
    _rule(
        "007",
        "a file has no digest or no size in RECORD",
        "Only RECORD itself may stand without. What has no digest can be changed unseen.",
        authority=Authority.SPEC,
    ),
    _rule(
        "008",
        "RECORD lists a path more than once",
        "Which of the lines holds is left to the reader.",
        authority=Authority.SPEC,
    ),
    _rule(
        "009",
        "RECORD says something of itself or of its signatures",
        "RECORD cannot hold its own digest, and signatures are made after it is finished, so they "
        "cannot be in it; verifiers refuse such a wheel.",
        authority=Authority.SPEC,
    ),
    _rule(
        "010",
        "a path in RECORD leads out of the installation",
        "An uninstallation that believes it removes files that are not the wheel's.",
        authority=Authority.SPEC,
    ),
    _rule(
        "011",
        "RECORD cannot be read",
        "It must be UTF-8 and CSV without a blank line. The index answers as if it were missing, "
        "or fails without an answer.",
        authority=Authority.PYPI,
        reason="Wheel '{file}' does not contain the required RECORD file: {place}",
        rank=407,
    ),
)
