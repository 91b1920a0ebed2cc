"""The gate ``version``: is it one version, wherever it is stated?

It reads files only: the wheel's, and those of the source tree where one is named. What the running
package says is the question of the gate ``installed-version``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.archive import dist_info
from release_tests.archive.facts import ArtifactKind
from release_tests.findings import Finding
from release_tests.gates.identity import metadata_of, release_version
from release_tests.gates.index_answers import no_wheel_file
from release_tests.gates.order import ranked
from release_tests.gates.unexamined import unopened, unread
from release_tests.gates.version import packages, tree
from release_tests.gates.version.detection import Said, detected, told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.version import Version

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.archive.metadata import CoreMetadata
    from release_tests.policy import Policy
    from release_tests.source.facts import SourceFacts

__all__ = ["Said", "check", "release_version", "told"]


def check(wheel: ArtifactFacts, policy: Policy, source: SourceFacts | None = None) -> list[Finding]:
    """Compare the file name's version with dist-info's, METADATA's, the package's, the source's."""
    if findings := unopened(wheel, "VER000"):
        return findings
    known = detected(wheel, source)
    if known is None:
        message = "no version could be read, neither from the file name nor from METADATA"
        return [Finding("VER000", wheel.file_name, message)]
    version, who = known
    return ranked(
        [
            *unread(wheel, "VER000", packages.may_state),
            *_dist_info(wheel, version, who),
            *_metadata(wheel, version, who),
            *packages.check(wheel, policy, version),
            *(tree.check(source, version, told(wheel, source)) if source else ()),
        ]
    )


def _dist_info(wheel: ArtifactFacts, version: Version, who: str) -> Iterator[Finding]:
    own = dist_info.directory(wheel)
    if wheel.kind is ArtifactKind.SDIST:
        return
    if own is not None and dist_info.split(own)[1] != version:
        message = f"the directory has another version than {who}"
        found = own.partition("-")[2]
        yield Finding("VER001", own, message, str(version), found, answer=no_wheel_file(wheel))


def _metadata(wheel: ArtifactFacts, version: Version, who: str) -> Iterator[Finding]:
    if dist_info.content(wheel, "METADATA") is None:
        yield Finding("VER000", wheel.file_name, "there is no METADATA that states a version")
        return
    metadata = metadata_of(wheel)
    if metadata.beyond:
        message = f"too much to look for a version in it: {metadata.beyond}"
        yield Finding("VER000", dist_info.metadata_path(wheel), message)
        return
    if metadata.version != version:
        where = f"{dist_info.metadata_path(wheel)}, Version"
        found = metadata.raw.get("version", "none")
        message = f"METADATA has another version than {who}"
        answer = _refusal(wheel, version, metadata)
        yield Finding("VER002", where, message, str(version), found, answer=answer)


def _refusal(wheel: ArtifactFacts, version: Version, metadata: CoreMetadata) -> str:
    """Return what PyPI says: it takes the metadata's version for the right one."""
    stated = str(metadata.version or metadata.raw.get("version", ""))
    if wheel.kind is ArtifactKind.SDIST:
        right = f"{metadata.name.replace('-', '_')}-{stated}.tar.gz"
        return f"Filename {wheel.file_name!r} is invalid, should be {right!r}."
    return f"Version in filename should be {stated!r} not {str(version)!r}."
