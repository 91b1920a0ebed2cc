"""The index that pip on this machine is set up for, read as pip reads it."""

from __future__ import annotations

import configparser
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SECTIONS = ("global", "install")


def configured_index_url(environ: Mapping[str, str]) -> str | None:
    """Return the ``index-url`` that ``pip install`` would use here, None when nothing is set.

    The order is pip's own: the variable PIP_INDEX_URL, then ``[install]``, then ``[global]``,
    each from the last configuration file that has it.
    """
    if url := environ.get("PIP_INDEX_URL", "").strip():
        return url
    found: dict[str, str] = {}
    for path in _files(environ):
        found |= _index_urls(path)
    return next((found[name] for name in reversed(_SECTIONS) if name in found), None)


def _index_urls(path: Path) -> dict[str, str]:
    """Return the ``index-url`` of each section of *path*; a file that cannot be read has none."""
    parser = configparser.RawConfigParser()
    try:
        parser.read(path, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError):
        return {}
    urls = {
        name: parser.get(name, key).strip()
        for name in _SECTIONS
        for key in ("index_url", "index-url")
        if parser.has_option(name, key)
    }
    return {name: url for name, url in urls.items() if url}


def _files(environ: Mapping[str, str]) -> Iterator[Path]:
    """Yield pip's configuration files, the strongest last."""
    named = environ.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return
    yield from _system_files(environ)
    yield from _user_files(environ)
    yield Path(sys.prefix) / _file_name()
    if named:
        yield Path(named)


def _system_files(environ: Mapping[str, str]) -> Iterator[Path]:
    if os.name == "nt":
        yield Path(environ.get("PROGRAMDATA", "C:\\ProgramData")) / "pip" / "pip.ini"
        return
    if sys.platform == "darwin":
        yield Path("/Library/Application Support/pip/pip.conf")
    for root in reversed((environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(os.pathsep)):
        yield Path(root) / "pip" / "pip.conf"
    yield Path("/etc/pip.conf")


def _user_files(environ: Mapping[str, str]) -> Iterator[Path]:
    home = Path(environ.get("HOME") or Path.home())
    yield home / ("pip" if os.name == "nt" else ".pip") / _file_name()
    if os.name == "nt":
        yield Path(environ.get("APPDATA", home)) / "pip" / "pip.ini"
    elif sys.platform == "darwin" and (home / "Library/Application Support/pip").is_dir():
        yield home / "Library/Application Support/pip/pip.conf"
    else:
        yield Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "pip" / "pip.conf"


def _file_name() -> str:
    return "pip.ini" if os.name == "nt" else "pip.conf"
