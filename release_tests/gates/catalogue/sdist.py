"""The rules about source distributions, of several gates; their numbers begin at 101."""

from __future__ import annotations

from release_tests.gates.rules import Authority, Rule, Severity

_FORMAT = "Source distribution format"
_REBUILD = "Build it again with a build back end, as `python -m build --sdist` does."

RULES = (
    Rule(
        id="NAME101",
        gate="filename",
        title="the file name is not an sdist's",
        why="The index takes {name}-{version}.tar.gz only, both parts normalized; a .zip is "
        "refused whatever it holds.",
        mend="Let a current build back end name it, and do not rename it afterwards.",
        authority=Authority.PYPI,
        severity=Severity.ERROR,
        reference=_FORMAT + ", Source distribution file name",
        reason="Filename '{file}' is invalid, should be '{name}'.",
        rank=500,
    ),
    Rule(
        id="ZIP101",
        gate="archive",
        title="the file is not an intact .tar.gz archive",
        why="Nobody can unpack it: it was cut short, changed, or is something else.",
        mend=_REBUILD,
        authority=Authority.PYPI,
        severity=Severity.ERROR,
        reference=_FORMAT + ", Source distribution archive features",
        reason="Invalid distribution file. File is not a tarfile",
        rank=300,
    ),
    Rule(
        id="ZIP102",
        gate="archive",
        title="a member is sparse",
        why="It states a size that it has no bytes for; the index refuses it, and some tools "
        "unpack it to nothing.",
        mend="Pack it without sparse members: GNU tar's --sparse makes them.",
        authority=Authority.PYPI,
        severity=Severity.ERROR,
        reference=_FORMAT,
        reason="Invalid distribution file. Sparse member.",
        rank=308,
    ),
    Rule(
        id="ZIP103",
        gate="archive",
        title="a Python file of an sdist was made unreadable by a tool",
        why="The index takes no source that was hidden by PyArmor or SourceDefender, in sdists as "
        "in wheels: nobody can see what it does before it runs.",
        mend="Publish the source as it was written, or distribute it in another way.",
        authority=Authority.PYPI,
        severity=Severity.ERROR,
        reference="The index's check of uploaded files",
        reason="Invalid distribution file. {tool}-encrypted content is not allowed.",
        rank=309,
    ),
    Rule(
        id="ZIP104",
        gate="archive",
        title="a source archive does not end as one must",
        why="uv refuses an archive without the two blocks of zeros at its end. The index and pip "
        "take whatever is no header for the end, so what was cut off is missed by nobody.",
        mend=_REBUILD,
        authority=Authority.INSTALLERS,
        severity=Severity.ERROR,
        reference="POSIX, pax, ustar Interchange Format",
    ),
    Rule(
        id="ZIP105",
        gate="archive",
        title="something follows the end of a source archive",
        why="The index, pip and uv stop at the end and never see it: nobody can say what it is, "
        "and another program may read it as further members.",
        mend=_REBUILD,
        authority=Authority.PRACTICE,
        severity=Severity.ERROR,
        reference="POSIX, pax, ustar Interchange Format; RFC 1952",
    ),
    Rule(
        id="ZIP106",
        gate="archive",
        title="the compressed data of an sdist are damaged, and nobody looks",
        why="Its members can be unpacked, but their checksum is another or the end is missing: a "
        "file may be another than the one that was packed. The index, pip and uv stop before the "
        "checksum; gzip and GNU tar fail.",
        mend=_REBUILD,
        authority=Authority.PRACTICE,
        severity=Severity.ERROR,
        reference="RFC 1952, Member trailer",
    ),
    Rule(
        id="ZIP107",
        gate="archive",
        title="an sdist is compressed in several parts",
        why="uv reads the first gzip member only and fails, or misses what stands in the others; "
        "the index and pip read all of them.",
        mend="Compress it at once: bgzip and `cat a.gz b.gz` make several members, and so does "
        "adding to a compressed file.",
        authority=Authority.INSTALLERS,
        severity=Severity.ERROR,
        reference="RFC 1952, File format",
    ),
    Rule(
        id="ZIP108",
        gate="archive",
        title="a source archive asks for more than any sdist needs",
        why="It inflates to far more than an archive of its size does, or its headers do: whoever "
        "builds from it may run out of space or memory. The index does not measure a .tar.gz. "
        "What lies beyond the limit was not read here, so nobody vouches for it.",
        mend="Ship large, highly compressible data in another way.",
        authority=Authority.PRACTICE,
        severity=Severity.ERROR,
        reference="release-gates",
    ),
    Rule(
        id="STR101",
        gate="structure",
        title="there is not exactly one top-level directory",
        why="Everything must lie in one directory, {name}-{version}; the index refuses anything "
        "beside it, absolute names included.",
        mend=_REBUILD,
        authority=Authority.PYPI,
        severity=Severity.ERROR,
        reference=_FORMAT + ", Source distribution file format",
        reason="Invalid distribution file. Incorrect number of top-level directories in sdist",
        rank=306,
    ),
    Rule(
        id="STR102",
        gate="structure",
        title="the top-level directory is not the file name's",
        why="Tools that unpack the sdist look for {name}-{version}, as the specification has it.",
        mend="Do not rename sdists: change name or version in the project, and build again.",
        authority=Authority.SPEC,
        severity=Severity.ERROR,
        reference=_FORMAT + ", Source distribution file format",
    ),
    Rule(
        id="STR103",
        gate="structure",
        title="there is no PKG-INFO in the top-level directory",
        why="It says what the sdist is; the index refuses one without it.",
        mend=_REBUILD,
        authority=Authority.PYPI,
        severity=Severity.ERROR,
        reference=_FORMAT + ", Source distribution file format",
        reason="Invalid distribution file. PKG-INFO not found at {place}",
        rank=307,
    ),
    Rule(
        id="STR104",
        gate="structure",
        title="there is no pyproject.toml",
        why="Installers then build it the old way, with setuptools and whatever version of it "
        "there is.",
        mend="Add a pyproject.toml with a `[build-system]` table.",
        authority=Authority.SPEC,
        severity=Severity.ADVICE,
        reference=_FORMAT + ", Source distribution file format",
    ),
    Rule(
        id="STR105",
        gate="structure",
        title="a licence file that PKG-INFO names is not in the sdist",
        why="The index refuses the upload, and users who build from it ship no licence.",
        mend="Include the file, or correct `license-files` in the `[project]` table.",
        authority=Authority.PYPI,
        severity=Severity.ERROR,
        reference="Core metadata specifications, License-File",
        reason="License-File {path} does not exist in distribution file {file} at {place}",
        rank=501,
    ),
)
