"""The compiled members of a wheel, each with what it is for.

An extension module is told by its name or by what it exports, and by lying where an import
statement could find it. Whatever else is compiled is a library, a program or data.
"""

from __future__ import annotations

import keyword
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from release_tests.archive.plan import without_scheme
from release_tests.binary.facts import Binary, Image, Role
from release_tests.gates.compiled import suffixes
from release_tests.gates.compiled.suffixes import Suffix

if TYPE_CHECKING:
    from release_tests.archive.facts import ArtifactFacts

_BUNDLES = (".libs", ".dylibs")
_SYMBOLS = (".dSYM", ".debug")
"""Directories and files that hold debug information of others, in the form of code."""

_ASIDE = frozenset(("test", "tests", "testing", "testdata", "fixtures", "data"))


class Kind(StrEnum):
    """What a compiled member is for."""

    MODULE = "extension module"
    LIBRARY = "library"
    PROGRAM = "program"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Compiled:
    """One compiled member: ``path`` is where it is installed, ``stem`` the module's own name."""

    name: str
    path: str
    kind: Kind
    binary: Binary
    stem: str = ""
    suffix: Suffix = field(default_factory=Suffix)

    @property
    def images(self) -> tuple[Image, ...]:
        """The member's images, one of each architecture."""
        return self.binary.images

    @property
    def file_name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def folder(self) -> str:
        """The directory that it is installed into, empty for the root of site-packages."""
        return self.path.rpartition("/")[0]

    @property
    def is_bundled(self) -> bool:
        """Whether a repair tool put it there: ``x.libs``, ``.dylibs``."""
        return any(part.endswith(_BUNDLES) for part in self.path.split("/")[:-1])

    @property
    def is_aside(self) -> bool:
        """Whether it lies among tests or data, where also what nobody loads may lie."""
        return lies_aside(self.path)


def lies_aside(path: str) -> bool:
    """Whether a path leads among tests or data; the name of a scheme of ``.data`` is no place."""
    parts = path.lower().split("/")[:-1]
    is_scheme = bool(parts) and parts[0].endswith(".data")
    return not _ASIDE.isdisjoint(parts[2:] if is_scheme else parts)


def compiled(wheel: ArtifactFacts) -> list[Compiled]:
    """Return the compiled members in the archive's order; none where nobody read them."""
    binaries = wheel.binaries or {}
    return [_member(name, binary) for name, binary in binaries.items()]


def is_module_name(path: str) -> bool:
    """Whether an interpreter would take a file for an extension module by its name alone."""
    split = suffixes.split(path.rpartition("/")[2])
    if split is None or not split[0].isidentifier() or not _importable(path):
        return False
    return not split[1].is_plain or path.lower().endswith(".pyd")


def _member(name: str, binary: Binary) -> Compiled:
    path = without_scheme(name)
    split = suffixes.split(path.rpartition("/")[2])
    if split is not None and _is_module(path, binary, *split):
        return Compiled(name, path, Kind.MODULE, binary, *_told_debug(path, binary, *split))
    return Compiled(name, path, _other(path, binary), binary)


def _is_module(path: str, binary: Binary, stem: str, suffix: Suffix) -> bool:
    named = not suffix.is_plain or path.lower().endswith(".pyd")
    initialises = any(image.inits for image in binary.images)
    shared = all(image.role is Role.SHARED and not image.managed for image in binary.images)
    return (named or initialises) and shared and stem.isidentifier() and _importable(path)


def _told_debug(path: str, binary: Binary, stem: str, suffix: Suffix) -> tuple[str, Suffix]:
    """Tell ``x_d.pyd``, which is ``x`` for debug builds of Windows' Python, from a module ``x_d``.

    Only the function that initialises it does.
    """
    name = stem.removesuffix("_d")
    begun = {init.partition("_")[2] for image in binary.images for init in image.inits}
    if name == stem or not path.lower().endswith(".pyd") or stem in begun or name not in begun:
        return stem, suffix
    return name, replace(suffix, text=f"_d.{suffix.text}".rstrip("."), debug=True)


def _importable(path: str) -> bool:
    parents = path.split("/")[:-1]
    return all(part.isidentifier() and not keyword.iskeyword(part) for part in parents)


def _other(path: str, binary: Binary) -> Kind:
    if any(part.endswith(_SYMBOLS) for part in path.split("/")):
        return Kind.DATA
    roles = {image.role for image in binary.images if not image.managed}
    if Role.SHARED in roles:
        return Kind.LIBRARY
    return Kind.PROGRAM if Role.EXECUTABLE in roles else Kind.DATA
