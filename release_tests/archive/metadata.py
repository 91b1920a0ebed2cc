"""Core metadata, parsed by the packaging library; a pure function of its bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.metadata import ExceptionGroup as MetadataErrors
from packaging.metadata import InvalidMetadata, Metadata, RawMetadata, parse_email
from packaging.utils import canonicalize_name

from release_tests.archive.names import parse_version

if TYPE_CHECKING:
    from packaging.version import Version

KNOWN_VERSIONS = ("1.0", "1.1", "1.2", "2.1", "2.2", "2.3", "2.4", "2.5")


@dataclass(frozen=True, slots=True)
class InvalidField:
    """A field that the core metadata specification does not allow as it stands."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class CoreMetadata:
    """METADATA as read; ``unparsed`` are fields unknown, repeated, or not decodable."""

    raw: RawMetadata
    unparsed: dict[str, list[str]]
    invalid: tuple[InvalidField, ...]

    @property
    def name(self) -> str:
        """The normalized project name, empty if there is none."""
        return canonicalize_name(self.raw.get("name", ""))

    @property
    def version(self) -> Version | None:
        """The version, None if there is none or it is not PEP 440."""
        return parse_version(self.raw.get("version", ""))

    @property
    def requires_python(self) -> str:
        """Requires-Python as written, empty if there is none."""
        return self.raw.get("requires_python", "")


def parse_metadata(data: bytes) -> CoreMetadata:
    """Parse METADATA or PKG-INFO; never raises."""
    raw, unparsed = parse_email(data)
    return CoreMetadata(raw, unparsed, tuple(_invalid(raw)))


def _invalid(raw: RawMetadata) -> list[InvalidField]:
    try:
        Metadata.from_raw(raw, validate=True)
    except MetadataErrors as group:
        return [_field(error) for error in group.exceptions]
    except (ValueError, RecursionError, MemoryError) as error:
        # Too many digits, or nested too deeply; for a licence the latter is a MemoryError.
        return [InvalidField("", f"a field cannot be parsed: {error}")]
    return []


def _field(error: Exception) -> InvalidField:
    field = error.field if isinstance(error, InvalidMetadata) else ""
    return InvalidField(field, str(error))
