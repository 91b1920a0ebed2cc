"""Where an index is: by its name in twine's own table or in ``.pypirc``, or by addresses.

No host name of an index is written in this project; whoever needs one asks here.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from release_tests import pip_settings
from release_tests.errors import PolicyError
from release_tests.redaction import without_credentials

if TYPE_CHECKING:
    from collections.abc import Mapping

Role = Literal["staging", "production"]

DEFAULT_REPOSITORY: Mapping[Role, str] = {"staging": "testpypi", "production": "pypi"}


class IndexSettings(Protocol):
    """What a policy says of an index (``release_tests.policy.IndexPolicy`` is one)."""

    @property
    def repository(self) -> str | None:
        """Its name in twine's table or in ``.pypirc``."""

    @property
    def upload_url(self) -> str | None:
        """Where files are uploaded."""

    @property
    def simple_url(self) -> str | None:
        """The root of its simple API."""


@dataclass(frozen=True, slots=True)
class Location:
    """One index: ``upload_url`` for an index known by address, ``repository`` by name.

    Exactly one of the two is set; ``target`` is where uploads arrive in either case.
    ``simple_url`` ends with a slash and may hold credentials; ``str()`` never shows them.
    """

    name: str
    upload_url: str | None
    simple_url: str
    repository: str | None
    target: str = ""

    def __str__(self) -> str:
        """Its role and how it is known, without credentials."""
        return f"{self.name} ({self.repository or without_credentials(self.upload_url or '')})"


def locate(role: Role, settings: IndexSettings) -> Location:
    """Return where the index of *role* is; raise PolicyError when the settings do not tell."""
    where = f"tool.release-gates.indexes.{role}"
    _refuse_contradictions(where, settings)
    if settings.upload_url is not None:
        upload, repository = settings.upload_url, None
    else:
        repository = settings.repository or DEFAULT_REPOSITORY[role]
        upload = _registered(where, repository)
    simple = settings.simple_url or simple_url_of(upload)
    if simple is None:
        raise PolicyError(
            f"{where}: the simple API of {without_credentials(upload)} cannot be told from it",
            remedy="Add `simple-url`, the root that installers are given as index URL.",
        )
    given = None if repository else upload
    return Location(role, given, _with_slash(simple), repository, upload)


def pip_index_url(environ: Mapping[str, str] | None = None) -> str:
    """Return the simple API that pip here is set up for: its settings, else PyPI by its name."""
    if url := pip_settings.options(environ).get("index-url"):
        return _with_slash(url)
    from twine.utils import DEFAULT_REPOSITORY as TABLE_ENTRY  # noqa: PLC0415 - 130 ms

    url = simple_url_of(TABLE_ENTRY)
    assert url is not None, TABLE_ENTRY  # noqa: S101 - twine's own table, held by a test
    return url


def simple_url_of(upload_url: str) -> str | None:
    """Return the simple API beside an upload address ending in ``/legacy/``, else None."""
    parts = urlsplit(upload_url)
    path = parts.path.rstrip("/")
    if not path.endswith("/legacy"):
        return None
    host = parts.netloc.removeprefix("upload.")
    path = path.removesuffix("legacy") + "simple/"
    return parts._replace(netloc=host, path=path, query="", fragment="").geturl()


def same_place(one: str, other: str) -> bool:
    """Say whether two addresses are one, however they are spelled and whoever asks there."""
    return _place(one) == _place(other)


def _place(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2].lower()
    # One index may take both http and https; and servers resolve what a path spells otherwise.
    bare = host.removesuffix(":80").removesuffix(":443").removesuffix(".")
    return bare, posixpath.normpath(f"/{unquote(parts.path).lstrip('/')}")


def _refuse_contradictions(where: str, settings: IndexSettings) -> None:
    upload = settings.upload_url
    if upload is not None and settings.repository is not None:
        raise PolicyError(
            f"{where}: `upload-url` and `repository` both say where the index is",
            remedy="Keep one: `repository` for a name of .pypirc, `upload-url` for an address.",
        )
    if upload is not None and _userinfo(urlsplit(upload)):
        raise PolicyError(
            f"{where}.upload-url: holds credentials, which would be seen in the process list",
            remedy="Name the variable with the token by `token-env`, the user by `username`.",
        )
    if settings.simple_url is not None and upload is None and settings.repository is None:
        # Reading from one index and uploading to the default one is never what was meant.
        raise PolicyError(
            f"{where}: `simple-url` stands alone, so that uploads would go to another index",
            remedy="Add `upload-url` or `repository` of the same index.",
        )


def _registered(where: str, repository: str) -> str:
    """Return the upload address of *repository* in twine's table with ``.pypirc`` read."""
    import configparser  # noqa: PLC0415 - start-up

    from twine.exceptions import TwineException  # noqa: PLC0415 - 130 ms
    from twine.utils import DEFAULT_CONFIG_FILE, get_config  # noqa: PLC0415

    try:
        table = get_config(DEFAULT_CONFIG_FILE)
    except (OSError, ValueError, configparser.Error, TwineException) as error:
        # The parser's own words quote the line, which may be the one with the password.
        line = f", line {error.lineno}" if hasattr(error, "lineno") else ""
        raise PolicyError(
            f"{DEFAULT_CONFIG_FILE}{line}: cannot be read ({type(error).__name__})",
            remedy="Mend or remove the file.",
        ) from None
    found = table.get(repository, {}).get("repository")
    if not found:
        raise PolicyError(
            f"{where}: no repository `{repository}` in twine's table or in {DEFAULT_CONFIG_FILE}",
            remedy=f"Known here: {', '.join(sorted(table))}. Or use `upload-url`.",
        )
    return found


def _userinfo(parts: SplitResult) -> bool:
    return "@" in parts.netloc


def _with_slash(url: str) -> str:
    return url if url.endswith("/") else url + "/"
