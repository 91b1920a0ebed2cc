"""A project page of the simple API, in either of its two forms, as a list of files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from pypi_simple import DistributionPackage, ProjectPage
from pypi_simple.errors import UnsupportedRepoVersionError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import httpx

JSON = "application/vnd.pypi.simple.v1+json"
HTML = ("application/vnd.pypi.simple.v1+html", "text/html")
ACCEPT = f"{JSON}, {HTML[0]};q=0.2, {HTML[1]};q=0.1"

_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\]|^\.")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class PageError(ValueError):
    """What the index sent is no project page of the simple API."""


@dataclass(frozen=True, slots=True)
class Described:
    """Where an index serves a file's core metadata (PEP 658), and their SHA-256 if it says it."""

    url: str
    sha256: str | None

    def __post_init__(self) -> None:
        """Refuse digests that are none."""
        _check_sha256(self.url, self.sha256)


@dataclass(frozen=True, slots=True)
class IndexFile:
    """One file that an index announces; ``size`` in bytes, ``sha256`` in lower-case hex.

    ``uploaded`` is aware. All three, and ``requires_python``, are None when the index does not say.
    ``metadata`` is None where it does not serve any. ``name`` is safe to be used as a file name.
    """

    name: str
    url: str
    sha256: str | None
    size: int | None = None
    yanked: bool = False
    uploaded: datetime | None = None
    requires_python: str | None = None
    metadata: Described | None = None
    yanked_because: str = ""

    def __post_init__(self) -> None:
        """Refuse what could leave its directory, and digests that are none."""
        if not self.name or _UNSAFE.search(self.name):
            raise PageError(f"a file is announced with the unusable name {self.name!r}")
        _check_sha256(self.name, self.sha256)


def _check_sha256(what: str, sha256: str | None) -> None:
    if sha256 is not None and not _SHA256.fullmatch(sha256):
        raise PageError(f"{what}: {sha256!r} is announced as its SHA-256")


def parse(project: str, response: httpx.Response) -> list[IndexFile]:
    """Return the files on the page of *project*; raise PageError when it is none."""
    kind = response.headers.get("content-type", "text/html").partition(";")[0].strip().lower()
    try:
        if kind == JSON:
            page = ProjectPage.from_json_data(response.json(), str(response.url))
        elif kind in HTML:
            page = _html(project, response)
        else:
            raise PageError(f"it is of the type {kind}")
    except RecursionError as error:
        raise PageError("it is nested too deeply to be read") from error
    except (UnsupportedRepoVersionError, UnicodeDecodeError, ValueError) as error:
        raise PageError(str(error)) from error
    return [_file(package) for package in page.packages]


def _html(project: str, response: httpx.Response) -> ProjectPage:
    text = response.text
    page = ProjectPage.from_html(project, text, str(response.url))
    if not page.packages and not _mentions(project, text):
        # The login page of a proxy is HTML as well, and not an empty project.
        raise PageError("it is HTML that lists no file and does not name the project")
    return page


def _mentions(project: str, text: str) -> bool:
    words = map(re.escape, canonicalize_name(project).split("-"))
    return re.search("[-_.]+".join(words), text, re.IGNORECASE) is not None


def _file(package: DistributionPackage) -> IndexFile:
    return IndexFile(
        name=package.filename.strip(),
        url=package.url,
        sha256=_sha256(package.digests),
        size=package.size,
        yanked=package.is_yanked,
        uploaded=_aware(package.upload_time),
        requires_python=package.requires_python,
        metadata=_described(package),
        yanked_because=package.yanked_reason or "",
    )


def _described(package: DistributionPackage) -> Described | None:
    if not package.has_metadata:
        return None
    return Described(package.metadata_url, _sha256(package.metadata_digests or {}))


def _sha256(digests: Mapping[str, str]) -> str | None:
    digest = digests.get("sha256")
    return digest.lower() if digest else None


def _aware(moment: datetime | None) -> datetime | None:
    """Return a time with its zone; the simple API's times are in UTC (PEP 700)."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
