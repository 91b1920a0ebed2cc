"""Where each member of a wheel is to be installed, as the binary distribution format says."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from release_tests.archive import dist_info
from release_tests.archive.facts import ArtifactKind
from release_tests.archive.plan import without_scheme
from release_tests.sandbox.expected import DATA, LIBRARY, SCRIPTS, Expected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.archive.facts import ArtifactFacts, Member

_OF_INSTALLERS = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json")
_SCHEMES = {"data": DATA, "scripts": SCRIPTS}


def members_of(wheel: ArtifactFacts) -> Iterator[Expected]:
    """Yield what is to be installed of a wheel, and the empty directories that it has.

    Left out are headers and the records, which installers place and write as they like, and
    members that could not be read or are named so that they leave the environment, which other
    gates tell of. What a source distribution installs is not known before it is built.
    """
    if wheel.kind is ArtifactKind.SDIST:
        return
    files = [member for member in wheel.members if member.digests and _stays(member.name)]
    for member in files:
        if placed := _placed(member):
            yield placed
    occupied = {str(parent) for one in files for parent in PurePosixPath(one.name).parents}
    for name in (one.name.rstrip("/") for one in wheel.members if one.is_dir):
        if name not in occupied and _stays(name) and ".data" not in name:
            yield Expected(LIBRARY, f"{name}/", "")


def _placed(member: Member) -> Expected | None:
    name, digest = without_scheme(member.name), member.digests.get("sha256", "")
    first, _, rest = name.partition("/")
    if first.endswith(dist_info.SUFFIX) and rest.startswith(_OF_INSTALLERS):
        return None
    if not first.endswith(".data"):
        return Expected(LIBRARY, name, digest)
    scheme, _, path = rest.partition("/")
    if scheme not in _SCHEMES or not path:
        return None
    return Expected(_SCHEMES[scheme], path, digest if scheme == "data" else "")


def _stays(name: str) -> bool:
    """Whether a member's name is a plain path below where it is installed."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name
