"""Which files of a project a requirement means: those of one version, or some by their tags."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import parse_sdist_filename
from packaging.version import Version

from release_tests.archive.requirements import comparable_requirement
from release_tests.errors import SelectionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packaging.requirements import Requirement

    from release_tests.index.page import IndexFile

_MOST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Offer:
    """A file of a version; ``tags`` as in its name (``py3-none-any``), None for an sdist."""

    file: IndexFile
    version: Version
    tags: str | None


@dataclass(frozen=True, slots=True)
class Choice:
    """The files that were asked for, and what the version has besides."""

    version: Version
    taken: tuple[IndexFile, ...]
    left: tuple[IndexFile, ...]


def read_requirement(text: str) -> Requirement:
    """Read a name with an optional version specifier; raise SelectionError for anything more."""
    try:
        requirement = comparable_requirement(text)
    except ValueError as error:
        raise SelectionError(
            f"{text!r} is no requirement: {error}", remedy="Write it as `name==1.2.3`."
        ) from error
    if requirement.url or requirement.marker or requirement.extras:
        raise SelectionError(
            f"{text!r}: an address, a marker and extras choose no files of a release",
            remedy="Write the name and, if need be, a version: `name==1.2.3`.",
        )
    return requirement


def choose(
    requirement: Requirement, files: Iterable[IndexFile], patterns: Sequence[str] = ()
) -> Choice:
    """Choose the highest version that matches, and of it every wheel and sdist.

    With *patterns* only the wheels are chosen whose tags match one of them.
    Pre-releases count only when they are asked for or there is nothing else, yanked files only
    under a pinned version (PEP 592). Raises SelectionError, listing what there is.
    """
    offers = [offer for file in files if (offer := _offer(file)) is not None]
    version = _version(requirement, offers)
    mine = [offer for offer in offers if offer.version == version]
    if not _pinned(requirement):
        mine = [offer for offer in mine if not offer.file.yanked]
    taken = [offer for offer in mine if _matches(offer, patterns)]
    if not taken:
        raise _no_wheel(requirement, version, mine, patterns)
    return Choice(
        version,
        tuple(sorted((offer.file for offer in taken), key=lambda file: file.name)),
        tuple(offer.file for offer in mine if offer not in taken),
    )


def _version(requirement: Requirement, offers: Iterable[Offer]) -> Version:
    pinned = _pinned(requirement)
    versions = {offer.version for offer in offers if pinned or not offer.file.yanked}
    matching = list(requirement.specifier.filter(versions))
    if matching:
        return max(matching)
    known = sorted({offer.version for offer in offers}, reverse=True)
    raise SelectionError(
        f"no version matches {requirement}",
        remedy=f"There is: {_few(map(str, known))}." if known else "It has no file at all.",
    )


def _no_wheel(
    requirement: Requirement, version: Version, offers: Iterable[Offer], patterns: Sequence[str]
) -> SelectionError:
    tags = sorted({offer.tags for offer in offers if offer.tags is not None})
    return SelectionError(
        f"no wheel of {requirement.name} {version} has tags like {', '.join(patterns)}",
        remedy=f"There is: {_few(tags)}." if tags else "There is no wheel of it at all.",
    )


def _offer(file: IndexFile) -> Offer | None:
    """Read version and tags off the file's name; None when it is no wheel and no sdist."""
    stem, dot, kind = file.name.rpartition(".")
    words = stem.split("-")
    try:
        if dot and kind == "whl":
            return Offer(file, Version(words[1]), "-".join(words[-3:])) if words[4:] else None
        return Offer(file, parse_sdist_filename(file.name)[1], None)
    except ValueError:  # no version, no sdist's name, or more digits than Python converts
        return None


def _pinned(requirement: Requirement) -> bool:
    return any(
        part.operator == "===" or (part.operator == "==" and not part.version.endswith(".*"))
        for part in requirement.specifier
    )


def _matches(offer: Offer, patterns: Sequence[str]) -> bool:
    tags = offer.tags
    if not patterns or tags is None:
        return not patterns
    return any(fnmatch.fnmatchcase(tags, pattern) for pattern in patterns)


def _few(names: Iterable[str]) -> str:
    shown = list(names)
    more = len(shown) - _MOST_SHOWN
    return ", ".join(shown[:_MOST_SHOWN]) + (f" and {more} more" if more > 0 else "")
