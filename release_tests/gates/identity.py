"""Which project and which version an artifact is, and which of its modules speak for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from release_tests.archive import dist_info
from release_tests.archive.facts import BadName
from release_tests.archive.metadata import CoreMetadata, parse_metadata
from release_tests.archive.toplevel import importable

if TYPE_CHECKING:
    from packaging.version import Version

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.policy import Policy


def metadata_of(wheel: ArtifactFacts) -> CoreMetadata:
    """Return METADATA, that of an empty file where there is none."""
    return parse_metadata(dist_info.content(wheel, "METADATA") or b"")


def project_of(wheel: ArtifactFacts) -> str:
    """Return the normalized name of the project, from the file name, else from METADATA."""
    return metadata_of(wheel).name if isinstance(wheel.name, BadName) else wheel.name.name


def release_version(wheel: ArtifactFacts) -> Version | None:
    """Return the version that the others are compared with: the file name's, else METADATA's."""
    if not isinstance(wheel.name, BadName):
        return wheel.name.version
    return metadata_of(wheel).version


def version_modules(wheel: ArtifactFacts, policy: Policy) -> tuple[str, ...]:
    """Return the modules whose ``__version__`` has to be the release's, in the files and running.

    They are those that the policy names; else of the wheel's public top-level modules the one
    named like the project; else the only one there is.
    """
    if policy.version_modules is not None:
        return policy.version_modules
    public = [name for name in importable(wheel) if not name.startswith("_")]
    named = [name for name in public if canonicalize_name(name) == project_of(wheel)]
    return tuple(named or (public if len(public) == 1 else []))
