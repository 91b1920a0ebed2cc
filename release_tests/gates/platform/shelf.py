"""The libraries that lie in the wheel: by their names, by their paths, and who loads whom."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from release_tests.gates.compiled.members import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from release_tests.binary.facts import Image
    from release_tests.gates.compiled.members import Compiled

_HERE = ("$ORIGIN", "${ORIGIN}", "@loader_path")


@dataclass(slots=True)
class Shelf:
    """What is in the wheel; names are compared in small letters where Windows is meant."""

    members: tuple[Compiled, ...]
    folded: bool = False
    _named: dict[str, list[Compiled]] = field(default_factory=dict)
    _paths: set[str] = field(default_factory=set)
    _inherited: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Note every name that a loader could ask for."""
        for member in self.members:
            self._paths.add(member.path)
            names = {member.file_name, *(base(image.name) for image in member.images)}
            for name in names - {""}:
                self._named.setdefault(self._key(name), []).append(member)
            rpaths = (path for image in member.images for path in image.rpaths)
            self._inherited.update(filter(None, (expanded(member, path) for path in rpaths)))

    def find(self, library: str) -> list[Compiled]:
        """Return the members that are called so, by file name, SONAME or install name."""
        return self._named.get(self._key(base(library)), [])

    def leads_to(self, member: Compiled, image: Image, library: str) -> bool:
        """Whether the loader finds the library by the member's own search path.

        A DT_RPATH also counts for what is loaded by the file that has it, so that of any file in
        the wheel is taken to count.
        """
        if library.startswith(_HERE):
            return expanded(member, library) in self._paths
        places = (expanded(member, path) for path in (*image.runpaths, *image.rpaths))
        found = {*filter(None, places), *self._inherited}
        return any(posixpath.join(at, base(library)) in self._paths for at in found)

    def loaded(self) -> set[str]:
        """Return the names of the members that are loaded with the modules, themselves included.

        Where there is no module, every library and program is one that somebody loads.
        """
        roots = [one for one in self.members if one.kind is Kind.MODULE and not one.is_aside]
        if not roots:
            kinds = (Kind.LIBRARY, Kind.PROGRAM)
            return {one.name for one in self.members if one.kind in kinds and not one.is_aside}
        return self._closure(roots)

    def _closure(self, roots: Iterable[Compiled]) -> set[str]:
        waiting = list(roots)
        found = {one.name for one in waiting}
        while waiting:
            member = waiting.pop()
            for name in {name for image in member.images for name in image.needed}:
                new = [one for one in self.find(name) if one.name not in found]
                found |= {one.name for one in new}
                waiting += new
        return found

    def _key(self, name: str) -> str:
        return name.lower() if self.folded else name


def expanded(member: Compiled, path: str) -> str:
    """Return the path inside the wheel that one relative to the member means, empty for none."""
    for here in _HERE:
        if path == here or path.startswith(f"{here}/"):
            return posixpath.normpath(posixpath.join(member.folder, path[len(here) + 1 :]))
    return ""


def base(library: str) -> str:
    """Return the last part of a library's name."""
    return library.rpartition("/")[2]
