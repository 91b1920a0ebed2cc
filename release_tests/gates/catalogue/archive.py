"""The rules of the gate ``archive``."""

from __future__ import annotations

from release_tests.gates.rules import Authority, Rule, Severity

_ZIP = "ZIP application note (APPNOTE)"
_REBUILD = "Build the wheel again, and verify the copy that you are going to publish."


def _rule(number: str, title: str, why: str, authority: Authority, **more: str) -> Rule:
    return Rule(
        id=f"ZIP{number}",
        gate="archive",
        title=title,
        why=why,
        mend=more.get("mend", _REBUILD),
        authority=authority,
        severity=Severity.ERROR,
        reference=more.get("reference", _ZIP),
    )


RULES = (
    _rule(
        "001",
        "the file cannot be read",
        "What cannot be read cannot be verified, and must not be published.",
        Authority.PYPI,
        mend="Put a regular file, readable by you, in its place.",
        reference="release-gates",
    ),
    _rule(
        "002",
        "the file is not a ZIP archive",
        "A wheel is a ZIP archive. An upload or a copy that was cut short loses the end of the "
        "file, and with it the directory of its members.",
        Authority.PYPI,
        reference=_ZIP + " 4.3.16; Binary distribution format",
    ),
    _rule(
        "003",
        "the central directory does not hold together",
        "Readers differ in what they make of such a file: one installs what another does not see.",
        Authority.PYPI,
        reference=_ZIP + " 4.3.12 to 4.3.16",
    ),
    _rule(
        "004",
        "a local header contradicts the central directory",
        "Readers that trust the one extract something else than readers that trust the other, so "
        "what was verified is not what is installed.",
        Authority.PYPI,
        reference=_ZIP + " 4.3.7",
    ),
    _rule(
        "005",
        "members overlap",
        "Overlapping members are how small archives unpack to enormous ones; no build makes them.",
        Authority.PYPI,
    ),
    _rule(
        "006",
        "a member is encrypted",
        "Nobody can install it: installers have no password.",
        Authority.INSTALLERS,
        mend="Pack the wheel without encryption.",
        reference=_ZIP + " 4.4.4",
    ),
    _rule(
        "007",
        "a member is compressed by a method that wheels may not use",
        "The index accepts stored and deflated members only, and so do installers that do not "
        "use Python's own library.",
        Authority.PYPI,
        mend="Pack the wheel with deflate.",
        reference=_ZIP + " 4.4.5",
    ),
    _rule(
        "008",
        "a member's compressed data is damaged",
        "Every installation of this wheel fails, although the upload may succeed: the index reads "
        "only some of the members.",
        Authority.INSTALLERS,
    ),
    _rule(
        "009",
        "a member's bytes do not have the CRC-32 that was recorded for them",
        "The member was damaged after it was packed. Every installation of this wheel fails, "
        "although the upload may succeed.",
        Authority.INSTALLERS,
    ),
    _rule(
        "010",
        "a member does not inflate to its declared size",
        "Readers stop at the one length or the other: what was verified is not what is installed.",
        Authority.INSTALLERS,
    ),
    _rule(
        "011",
        "the archive inflates beyond all measure",
        "The index refuses more than 64 MiB at over 50 times the file's own size; on a user's "
        "machine it would fill the disk. Nothing of it was inflated here.",
        Authority.PYPI,
        mend="Ship large, highly compressible data in another way, or in several wheels.",
    ),
    _rule(
        "012",
        "a member's name is not a safe relative path",
        "Installers refuse it, or write outside the directory that they install into.",
        Authority.INSTALLERS,
        mend="Give members names relative to the archive's root, with `/` between the parts.",
        reference=_ZIP + " 4.4.17",
    ),
    _rule(
        "013",
        "a name stands in the archive more than once",
        "Which of the two is installed depends on the installer.",
        Authority.PYPI,
        mend="Pack each file once; a build that adds files to a finished wheel does this.",
    ),
    _rule(
        "014",
        "the file changed while it was being read",
        "The findings are about neither the old bytes nor the new ones.",
        Authority.PRACTICE,
        mend="Let the build finish, then verify again.",
        reference="release-gates",
    ),
)
