"""A published release onto this machine: its files, checked against the index, in a cache."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

from release_tests.archive.digest import sha256_of
from release_tests.errors import SelectionError
from release_tests.index import choice
from release_tests.index.locations import pip_index_url
from release_tests.index.progress import Reporter, reporter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from release_tests.index.page import IndexFile
    from release_tests.index.simple import SimpleIndex


def fetch_release(
    requirement: str,
    tags: Sequence[str] = (),
    cache: Path | None = None,
    index: SimpleIndex | None = None,
    progress: Reporter | None = None,
) -> list[Path]:
    """Fetch every file of the release that *requirement* means, and return their paths.

    *requirement* is a name with an optional specifier; *tags* are patterns for the tag part of
    the file names (``*x86_64``), any of which may match; *index* is by default the one that pip
    is set up for; *progress* by default standard error. A file in the *cache* is hashed again,
    not fetched again. Raises SelectionError, IndexUnavailable and DigestMismatch.
    """
    wanted = choice.read_requirement(requirement)
    with contextlib.ExitStack() as stack:
        source = index or stack.enter_context(pips_index())
        report = progress or stack.enter_context(reporter(sys.stderr))
        files = source.files(wanted.name)
        if not files:
            raise SelectionError(
                f"{source.url} has no project `{wanted.name}`", remedy="Check the name."
            )
        chosen = choice.choose(wanted, files, tags)
        _announce(wanted.name, chosen, report)
        root = cache or default_cache()
        return [obtain(file, root, source, report) for file in chosen.taken]


def obtain(
    file: IndexFile, cache: Path, source: SimpleIndex, report: Reporter, most: int | None = None
) -> Path:
    """Fetch *file* into the *cache*, of at most *most* bytes, and return its path there.

    What lies there already is hashed again, not fetched again. Raises SelectionError when the
    index announces no SHA-256, and what ``release_tests.index.download.fetch`` raises.
    """
    if file.sha256 is None:
        raise SelectionError(
            f"{file.name}: {source.url} announces no SHA-256 for it",
            remedy="Its bytes cannot be checked. Download it by hand and use --wheel.",
        )
    from release_tests.index import download  # noqa: PLC0415 - 400 ms

    place = cache / file.sha256
    kept = place / file.name
    if _digest(kept) == file.sha256:
        report.note(f"in the cache: {file.name}")
        return kept
    said = report.file(file.name)
    return download.fetch(file, place, said, client=source.client, sleep=source.sleep, most=most)


def pips_index(environ: Mapping[str, str] | None = None) -> SimpleIndex:
    """Return the index that pip is set up for here, reached as pip reaches it."""
    # 400 ms that other runs need not pay.
    from release_tests.index import simple, transport, way  # noqa: PLC0415

    url = pip_index_url(environ)
    return simple.SimpleIndex(url, transport.open_client(url, way.pips_way(environ)))


def default_cache() -> Path:
    """Return where fetched files are kept: by digest, in this user's cache directory."""
    import platformdirs  # noqa: PLC0415 - start-up

    return platformdirs.user_cache_path("release-gates") / "files"


def _announce(name: str, chosen: choice.Choice, report: Reporter) -> None:
    left = f", {len(chosen.left)} left out by their tags" if chosen.left else ""
    report.note(f"{name} {chosen.version}: {len(chosen.taken)} file(s){left}")


def _digest(kept: Path) -> str:
    """Return the digest of a file in the cache, empty when there is none that can be read."""
    with contextlib.suppress(OSError):
        return sha256_of(kept)
    return ""
