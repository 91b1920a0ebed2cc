"""Core metadata, parsed by the packaging library; a pure function of its bytes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from packaging.metadata import ExceptionGroup as MetadataErrors
from packaging.metadata import InvalidMetadata, Metadata, RawMetadata, parse_email
from packaging.utils import canonicalize_name
from packaging.version import Version

from release_tests.archive import excess
from release_tests.archive.limits import KIB
from release_tests.archive.names import parse_version

if TYPE_CHECKING:
    from collections.abc import Iterator

_SMALL = 64 * KIB
_LICENSE_FILE_SINCE = Version("2.4")
_NEWER = " introduced in metadata version "
_VALID = {"metadata_version": "2.1", "name": "x", "version": "0"}


@dataclass(frozen=True, slots=True)
class InvalidField:
    """A field that the core metadata specification does not allow as it stands.

    ``field`` is written as in METADATA, in lower case, and empty where none can be named;
    ``newer`` says that only a later Metadata-Version has it; ``unparsed`` that it cannot even be
    parsed, which other readers may not survive.
    """

    field: str
    message: str
    newer: bool = False
    unparsed: bool = False


@dataclass(frozen=True, slots=True)
class CoreMetadata:
    """METADATA as read; ``unparsed`` are fields unknown, repeated, or not decodable.

    ``early_license_files`` are those of metadata older than 2.4, which had no such field: they
    are not among ``raw``, as twine sends nothing of them. ``beyond`` says why nothing was parsed,
    empty if it was.
    """

    raw: RawMetadata
    unparsed: dict[str, list[str]]
    invalid: tuple[InvalidField, ...]
    early_license_files: tuple[str, ...] = ()
    beyond: str = ""

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
    """Parse METADATA or PKG-INFO; never raises.

    Each gate asks about the files one after the other, so what is small is remembered of many.
    """
    return _of_many(data) if len(data) <= _SMALL else _of_one(data)


def _parsed(data: bytes) -> CoreMetadata:
    if reason := excess.of_headers(data):
        return CoreMetadata({}, {}, (), beyond=reason)
    raw, unparsed = parse_email(data)
    early = _take_early_license_files(raw, unparsed)
    return CoreMetadata(raw, unparsed, tuple(_invalid(raw)), early)


_of_one = lru_cache(maxsize=1)(_parsed)
_of_many = lru_cache(maxsize=64)(_parsed)


def _take_early_license_files(raw: RawMetadata, unparsed: dict[str, list[str]]) -> tuple[str, ...]:
    """Take License-File out of metadata that is older than the field, as twine does."""
    stated = parse_version(raw.get("metadata_version", "0"))
    if stated is None or stated >= _LICENSE_FILE_SINCE:
        return ()
    return (*raw.pop("license_files", ()), *unparsed.pop("license-file", ()))


def _invalid(raw: RawMetadata) -> Iterator[InvalidField]:
    try:
        errors = _errors(raw)
    except (ValueError, RecursionError, MemoryError):  # too many digits, or nested too deeply
        yield from _field_by_field(raw)
        return
    for error in errors:
        yield from _value_by_value(raw, error)


def _errors(raw: RawMetadata) -> list[InvalidField]:
    """Return what packaging says; it may raise ValueError or RecursionError over hostile values."""
    try:
        Metadata.from_raw(raw, validate=True)
    except MetadataErrors as group:
        return [_field(error) for error in group.exceptions]
    return []


def _field(error: Exception) -> InvalidField:
    field = error.field if isinstance(error, InvalidMetadata) else ""
    return InvalidField(field, str(error), newer=_NEWER in str(error))


def _field_by_field(raw: RawMetadata) -> Iterator[InvalidField]:
    stated = {key: raw[key] for key in _VALID if key in raw}  # type: ignore[literal-required]
    yield from _alone(stated, "")
    for key, value in raw.items():
        if key not in _VALID:
            yield from _alone({**_VALID, **_version_of(raw), key: value}, key.replace("_", "-"))


def _version_of(raw: RawMetadata) -> dict[str, str]:
    return {"metadata_version": raw["metadata_version"]} if "metadata_version" in raw else {}


def _alone(fields: dict[str, Any], shown: str) -> Iterator[InvalidField]:
    try:
        errors = _errors(cast("RawMetadata", fields))
    except (ValueError, RecursionError, MemoryError) as error:
        yield InvalidField(shown, f"a field cannot be parsed: {error}", unparsed=True)
        return
    for found in errors:
        if not shown or found.field != "metadata-version":
            yield found


def _value_by_value(raw: RawMetadata, error: InvalidField) -> Iterator[InvalidField]:
    """Yield the error for each value of a field that has several: packaging names one only."""
    values = raw.get(_LISTS.get(error.field, ""))
    if error.newer or not isinstance(values, list) or len(values) == 1:
        yield error
        return
    for value in values:
        fields = {**_VALID, "metadata_version": "2.5", _LISTS[error.field]: [value]}
        yield from (found for found in _alone(fields, error.field) if found.field == error.field)


_LISTS = {
    "dynamic": "dynamic",
    "import-name": "import_names",
    "import-namespace": "import_namespaces",
    "license-file": "license_files",
    "provides-extra": "provides_extra",
    "requires-dist": "requires_dist",
}
