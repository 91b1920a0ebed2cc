"""File names of wheels and sdists, taken apart by the packaging library's own parsers."""

from __future__ import annotations

from packaging.utils import InvalidSdistFilename, parse_sdist_filename, parse_wheel_filename
from packaging.version import Version

from release_tests.archive.facts import BadName, SdistName, WheelName

SDIST_SUFFIX = ".tar.gz"
_ZIPPED = ".zip"
SDIST_SUFFIXES = (SDIST_SUFFIX, _ZIPPED)


def is_tar(file_name: str) -> bool:
    """Whether a file of this name, in any case, is an sdist as they are today."""
    return file_name.lower().endswith(SDIST_SUFFIX)


def is_sdist(file_name: str) -> bool:
    """Whether a file of this name, in any case, is an sdist, one of old in a ZIP archive too."""
    return file_name.lower().endswith(SDIST_SUFFIXES)


def parse_wheel_name(file_name: str) -> WheelName | BadName:
    """Take the name of a wheel apart; a name that is no wheel's comes back with the reason."""
    if not file_name.endswith(".whl"):
        return BadName("it does not end with `.whl`")
    try:
        name, version, build, tags = parse_wheel_filename(file_name)
    except ValueError as error:  # InvalidWheelFilename, or a number beyond all measure
        return BadName(str(error))
    raw_name, raw_version, *rest = file_name.split("-")
    return WheelName(
        raw_name=raw_name,
        raw_version=raw_version,
        name=name,
        version=version,
        build=rest[0] if build else "",
        tags=frozenset(tags),
    )


def parse_sdist_name(file_name: str) -> SdistName | BadName:
    """Take the name of an sdist apart; a name that is no sdist's comes back with the reason."""
    try:
        name, version = parse_sdist_filename(file_name)
    except InvalidSdistFilename as error:
        return BadName(str(error))
    stem = file_name.removesuffix(_ZIPPED).removesuffix(SDIST_SUFFIX)
    raw_name, _, raw_version = stem.rpartition("-")
    return SdistName(raw_name, raw_version, name, version)


def parse_version(text: str) -> Version | None:
    """Return the version, None if it is not PEP 440; never raises."""
    try:
        return Version(text)
    except ValueError:  # InvalidVersion, or a number with more digits than Python converts
        return None
