"""The rules of the gate ``archive``."""

from __future__ import annotations

from release_tests.gates.rules import Authority, Family

_ZIP = "ZIP application note (APPNOTE)"
_REBUILD = "Build the wheel again, and verify the copy that you are going to publish."

_rule = Family(prefix="ZIP", gate="archive", reference=_ZIP, mend=_REBUILD)


_INVALID = "Invalid distribution file."
_ZIPPED = f"{_INVALID} ZIP archive not accepted: "
# What the index evaluates one after the other; all framing is one step, in the file's order.
# 303 is a WHEEL that is not where the index looks for it, 306 to 309 are those of sdists.
OPENED, _BOMB, _METHOD, _HIDDEN, _DAMAGE, _FRAMING = 300, 301, 302, 304, 305, 310


RULES = (
    _rule(
        "001",
        "the file cannot be read",
        "What cannot be read cannot be verified, and must not be published.",
        authority=Authority.PYPI,
        mend="Put a regular file, readable by you, in its place.",
        reference="release-gates",
    ),
    _rule(
        "002",
        "the file is not a ZIP archive",
        "A wheel is a ZIP archive. An upload or a copy that was cut short loses the end of the "
        "file, and with it the directory of its members.",
        authority=Authority.PYPI,
        reference=_ZIP + " 4.3.16; Binary distribution format",
        reason=_INVALID + " File is not a zipfile",
        rank=OPENED,
    ),
    _rule(
        "003",
        "the central directory does not hold together",
        "Readers differ in what they make of such a file: one installs what another does not see.",
        authority=Authority.PYPI,
        reference=_ZIP + " 4.3.12 to 4.3.16",
        reason=_ZIPPED + "Mismatched central directory",
        rank=_FRAMING,
    ),
    _rule(
        "004",
        "a local header and the central directory give a member different sizes",
        "Readers that trust the one extract something else than readers that trust the other, so "
        "what was verified is not what is installed.",
        authority=Authority.PYPI,
        reference=_ZIP + " 4.3.7",
        reason=_ZIPPED + "Mis-matched {which} size",
        rank=_FRAMING,
    ),
    _rule(
        "005",
        "members overlap",
        "Overlapping members are how small archives unpack to enormous ones; no build makes them.",
        authority=Authority.PYPI,
        reason=_ZIPPED + "Unknown record signature",
        rank=_FRAMING,
    ),
    _rule(
        "006",
        "a member is encrypted",
        "Nobody can install it: installers have no password.",
        authority=Authority.INSTALLERS,
        mend="Pack the wheel without encryption.",
        reference=_ZIP + " 4.4.4",
    ),
    _rule(
        "007",
        "a member is compressed by a method that wheels may not use",
        "The index accepts stored and deflated members only, and so do installers that do not "
        "use Python's own library.",
        authority=Authority.PYPI,
        mend="Pack the wheel with deflate.",
        reference=_ZIP + " 4.4.5",
        reason=_INVALID + " File does not use a supported compression type",
        rank=_METHOD,
    ),
    _rule(
        "008",
        "a member's compressed data is damaged",
        "Every installation of this wheel fails, although the upload may succeed: the index reads "
        "only some of the members.",
        authority=Authority.INSTALLERS,
    ),
    _rule(
        "009",
        "a member's bytes do not have the CRC-32 that was recorded for them",
        "The member was damaged after it was packed. Every installation of this wheel fails, "
        "although the upload may succeed.",
        authority=Authority.INSTALLERS,
    ),
    _rule(
        "010",
        "a member does not inflate to its declared size",
        "Readers stop at the one length or the other: what was verified is not what is installed.",
        authority=Authority.INSTALLERS,
    ),
    _rule(
        "011",
        "the archive inflates beyond all measure",
        "The index refuses more than 64 MiB at over 50 times the file's own size; on a user's "
        "machine it would fill the disk. Nothing but its metadata was inflated here.",
        authority=Authority.PYPI,
        mend="Ship large, highly compressible data in another way, or in several wheels.",
        reason=_INVALID + " File exceeds compression ratio of 50",
        rank=_BOMB,
    ),
    _rule(
        "012",
        "a member's name is not a safe relative path",
        "Installers refuse it, or write outside the directory that they install into.",
        authority=Authority.INSTALLERS,
        mend="Give members names relative to the archive's root, with `/` between the parts.",
        reference=_ZIP + " 4.4.17",
    ),
    _rule(
        "013",
        "a name stands in the archive more than once",
        "Which of the two is installed depends on the installer.",
        authority=Authority.PYPI,
        mend="Pack each file once; a build that adds files to a finished wheel does this.",
        reason=_ZIPPED + "Duplicate filename in {place}",
        rank=_FRAMING,
    ),
    _rule(
        "014",
        "the file changed while it was being read",
        "The findings are about neither the old bytes nor the new ones.",
        authority=Authority.PRACTICE,
        mend="Let the build finish, then verify again.",
        reference="release-gates",
    ),
    _rule(
        "015",
        "there are bytes that belong to no record",
        "What lies before, between or behind records is seen by some readers, and not by others: "
        "a second archive, a script, or what was left of a file that was written over.",
        authority=Authority.PYPI,
        reason=_ZIPPED + "Unknown record signature",
        rank=_FRAMING,
    ),
    _rule(
        "016",
        "a member's sizes stand in a data descriptor",
        "A reader that goes through the file from its beginning cannot tell where the member ends. "
        "Archives that are written to a pipe look like this.",
        authority=Authority.PYPI,
        mend="Write the archive to a file that can be sought in, as every build back end does.",
        reference=_ZIP + " 4.3.9, 4.4.4",
        reason=_ZIPPED + "ZIP contains a data descriptor",
        rank=_FRAMING,
    ),
    _rule(
        "017",
        "a record and the central directory do not belong together",
        "A member that only one of the two knows is installed by some installers, not by others, "
        "so nobody can say what the wheel holds.",
        authority=Authority.PYPI,
        reason=_ZIPPED + "Missing filename in local headers",
        rank=_FRAMING,
    ),
    _rule(
        "018",
        "a local header contradicts the central directory",
        "Flags, method and CRC-32 stand twice. No index compares them; readers that trust the one "
        "extract something else than readers that trust the other.",
        authority=Authority.PRACTICE,
        reference=_ZIP + " 4.3.7",
    ),
    _rule(
        "019",
        "a member's name is not written as it must be",
        "Names are UTF-8, with bit 11 set where they are not ASCII, without control characters; "
        "any other name reads differently from reader to reader.",
        authority=Authority.PYPI,
        mend="Name members in ASCII, or pack with a tool that marks UTF-8.",
        reference=_ZIP + " 4.4.4, appendix D",
        reason=_ZIPPED + "Invalid character in filename",
        rank=_FRAMING,
    ),
    _rule(
        "020",
        "an extra field holds a block twice that may stand only once",
        "Sizes, offset or name of the member then depend on which of the two a reader takes.",
        authority=Authority.PYPI,
        reference=_ZIP + " 4.5",
        reason=_ZIPPED + "Invalid duplicate extra in local file",
        rank=_FRAMING,
    ),
    _rule(
        "021",
        "an extra field is cut short, or its zip64 block does not fit",
        "The true sizes and offset of a large member stand in it; a reader that cannot take it "
        "apart reads beyond the member or stops short of its end.",
        authority=Authority.PYPI,
        reference=_ZIP + " 4.5.3",
        reason=_ZIPPED + "Malformed zip file",
        rank=_FRAMING,
    ),
    _rule(
        "022",
        "an entry has a comment",
        "No reader shows it, and every byte of it is a place to hide something in.",
        authority=Authority.PYPI,
        mend="Pack the wheel without comments.",
        reference=_ZIP + " 4.4.18",
        reason=_ZIPPED + "Comment in central directory",
        rank=_FRAMING,
    ),
    _rule(
        "023",
        "the zip64 end records do not fit together",
        "They say where the central directory is. Readers differ in which of the end records they "
        "believe, and so in what they see.",
        authority=Authority.PYPI,
        reference=_ZIP + " 4.3.14, 4.3.15",
        reason=_ZIPPED + "Malformed zip file",
        rank=_FRAMING,
    ),
    _rule(
        "024",
        "there are bytes after the end record",
        "Even one line feed is refused: what follows the end is how a second archive is hidden.",
        authority=Authority.PYPI,
        reference=_ZIP + " 4.3.16",
        reason=_ZIPPED + "Trailing data",
        rank=_FRAMING,
    ),
    _rule(
        "025",
        "a member that the index reads is damaged",
        "The index reads every Python file and all of dist-info, and refuses the upload; every "
        "installation would fail too.",
        authority=Authority.PYPI,
        reason=_INVALID + " Bad data in a member.",
        rank=_DAMAGE,
    ),
    _rule(
        "026",
        "an extra field gives a member a second name",
        "Readers that know the block install the member under that name, the others under the one "
        "in the header; RECORD can only vouch for one of them.",
        authority=Authority.PRACTICE,
        mend="Pack with a tool that marks UTF-8 names by bit 11 instead.",
        reference=_ZIP + " 4.6.9",
    ),
    _rule(
        "027",
        "the archive has a comment",
        "Nothing shows it, nothing vouches for it, and it is a place to hide something in.",
        authority=Authority.PRACTICE,
        mend="Pack the wheel without a comment.",
        reference=_ZIP + " 4.3.16",
    ),
    _rule(
        "028",
        "two members have one name where case does not count",
        "On macOS and Windows the one overwrites the other during installation.",
        authority=Authority.PRACTICE,
        mend="Rename one of them.",
        reference="release-gates",
    ),
    _rule(
        "029",
        "a member's name cannot be written on Windows",
        "The installation fails there, or writes the file under another name, although the wheel's "
        "tags say that it fits.",
        authority=Authority.PRACTICE,
        mend="Rename it, or build wheels for the platforms that can hold the name.",
        reference="Windows file naming conventions",
    ),
    _rule(
        "030",
        "a member is no plain file, or its mode does not fit one",
        "Installers do not create links; a mode that grants another user's rights makes an "
        "installation dangerous, one that lets nobody read makes it useless.",
        authority=Authority.PRACTICE,
        mend="Pack copies instead of links, with modes 0644 or 0755.",
        reference="release-gates",
    ),
    _rule(
        "031",
        "the artifact is a symbolic link",
        "What it points to can be another file when it is uploaded than when it was verified.",
        authority=Authority.PRACTICE,
        mend="Put the file itself into the directory.",
        reference="release-gates",
    ),
    _rule(
        "032",
        "a Python file was made unreadable by a tool",
        "The index takes no source that was hidden by PyArmor or SourceDefender: nobody can see "
        "what it does before it runs.",
        authority=Authority.PYPI,
        mend="Publish the source as it was written, or distribute the wheel in another way.",
        reference="The index's check of uploaded files",
        reason=_INVALID + " {tool}-encrypted content is not allowed.",
        rank=_HIDDEN,
    ),
)
