"""Forges source distributions from data, good ones by default; the same data, the same bytes."""

from __future__ import annotations

import gzip
import io
import tarfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_DATE = 1709208000

PYPROJECT = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'


@dataclass(slots=True)
class Sdist:
    """One sdist to forge; what is left out is right.

    - ``files``: members below the top-level directory, by default a small package.
    - ``top``: the top-level directory, by default ``<name>-<version>``.
    - ``pkg_info``: PKG-INFO, by default made from the name; None for none.
    - ``beside``: members by their whole names, outside of the directory.
    - ``odd``: members as tarfile describes them, for what no file's content says.
    - ``file_name``: by default ``<name>-<version>.tar.gz``.
    """

    name: str = "demo"
    version: str = "1.0"
    files: Mapping[str, bytes | str] | None = None
    top: str | None = None
    pkg_info: str | None = ""
    beside: Mapping[str, bytes | str] = field(default_factory=dict)
    odd: Sequence[tarfile.TarInfo] = ()
    file_name: str | None = None

    @property
    def stem(self) -> str:
        """``<name>-<version>``, the name normalized."""
        return f"{self.name.replace('-', '_').lower()}-{self.version}"

    def write(self, directory: Path) -> Path:
        """Write the sdist into *directory* and return its path."""
        path = directory / (self.file_name or f"{self.stem}.tar.gz")
        plain = io.BytesIO()
        with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for name, data in self.content().items():
                archive.addfile(_info(name, len(data)), io.BytesIO(data))
            for info in self.odd:
                archive.addfile(info)
        path.write_bytes(gzip.compress(plain.getvalue(), mtime=0))
        return path

    def content(self) -> dict[str, bytes]:
        """Return the members' bytes by their names."""
        return {
            name: data.encode() if isinstance(data, str) else data
            for name, data in self._members().items()
        }

    def _members(self) -> dict[str, bytes | str]:
        top = self.top if self.top is not None else self.stem
        files = dict(self._files() if self.files is None else self.files)
        if self.pkg_info is not None:
            files["PKG-INFO"] = self.pkg_info or metadata(self.name, self.version)
        prefix = f"{top}/" if top else ""
        return {**{f"{prefix}{name}": data for name, data in files.items()}, **self.beside}

    def _files(self) -> dict[str, bytes | str]:
        module = self.name.replace("-", "_").lower()
        return {
            "pyproject.toml": PYPROJECT,
            f"{module}/__init__.py": f'__version__ = "{self.version}"\n',
        }


def metadata(name: str, version: str, *more: str) -> str:
    """Return PKG-INFO for a project, with *more* fields."""
    lines = [
        "Metadata-Version: 2.4",
        f"Name: {name}",
        f"Version: {version}",
        "Summary: An sdist for tests",
        *more,
        "Description-Content-Type: text/markdown",
    ]
    return "\n".join(lines) + "\n\n# It is described\n"


def _info(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = size, _DATE, 0o644
    return info


def odd(name: str, kind: bytes, link: str = "") -> tarfile.TarInfo:
    """Return a member of another kind: a link, a device, a FIFO."""
    info = _info(name, 0)
    info.type, info.linkname = kind, link
    return info
