"""What is installed in an environment, as its files say: nothing of the environment is run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from release_tests.archive.metadata import parse_metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.archive.metadata import CoreMetadata
    from release_tests.sandbox.environment import Sandbox

_MOST_BYTES = 4 << 20


def installed(sandbox: Sandbox) -> dict[str, str]:
    """Return the version of each distribution, by its normalized name, in alphabetical order."""
    every = (metadata.raw for metadata in metadata_in(sandbox))
    found = {canonicalize_name(one.get("name", "")): one.get("version", "") for one in every}
    return {str(name): version for name, version in sorted(found.items()) if name}


def metadata_in(sandbox: Sandbox) -> Iterator[CoreMetadata]:
    """Yield the metadata of each distribution; what is no file, or too large, is left out."""
    for site in sandbox.sites:
        for place in sorted(site.glob("*.dist-info/METADATA")):
            if place.is_file() and place.stat().st_size <= _MOST_BYTES:
                yield parse_metadata(place.read_bytes())
