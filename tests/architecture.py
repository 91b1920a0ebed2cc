"""Reads who imports and who calls what, everywhere in a tree of source files.

An import counts wherever it stands: at the top, in a function, or for a type checker only.
"""

from __future__ import annotations

import ast
import graphlib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Module:
    """A module: what it imports and what it calls, by full dotted names."""

    name: str
    imports: frozenset[str]
    calls: frozenset[str]


@dataclass(frozen=True, slots=True)
class Part:
    """A module or a package (a pattern), and the others that it may import.

    An ``alone`` part is that module only, without what lies in the package.
    """

    pattern: str
    may: tuple[str, ...] = ()
    alone: bool = False

    def holds(self, name: str) -> bool:
        """Whether the module called *name* belongs to this part."""
        inside = not self.alone and fnmatchcase(name, f"{self.pattern}.*")
        return inside or fnmatchcase(name, self.pattern)


@dataclass(frozen=True, slots=True)
class Reserved:
    """What only the modules that match ``to`` may import, or call: patterns of dotted names."""

    what: tuple[str, ...]
    to: tuple[str, ...]


Tree = dict[str, Module]


def read(root: Path, packages: Sequence[str]) -> Tree:
    """Return every module of *packages*, which lie in *root*, by name."""
    files = {
        _name(path.relative_to(root)): path
        for package in packages
        for path in sorted((root / package).rglob("*.py"))
    }
    return {name: _module(name, path, files) for name, path in files.items()}


def _name(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def _module(name: str, path: Path, known: Mapping[str, Path]) -> Module:
    syntax = ast.parse(path.read_text(encoding="utf-8"))
    package = name if path.stem == "__init__" else name.rpartition(".")[0]
    names = dict(_bound(syntax, package))
    calls = {_full(node.func, names) for node in ast.walk(syntax) if isinstance(node, ast.Call)}
    return Module(name, frozenset(_imports(syntax, package, known)), frozenset(calls - {""}))


def _imports(syntax: ast.AST, package: str, known: Mapping[str, Path]) -> Iterator[str]:
    for node in ast.walk(syntax):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = _source(node, package)
            for alias in node.names:
                inner = f"{source}.{alias.name}"
                yield inner if inner in known else source


def _bound(syntax: ast.AST, package: str) -> Iterator[tuple[str, str]]:
    """Yield the names that imports bind, and what each stands for."""
    for node in ast.walk(syntax):
        if isinstance(node, ast.Import):
            for alias in node.names:
                whole = alias.name if alias.asname else alias.name.partition(".")[0]
                yield alias.asname or whole, whole
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name, f"{_source(node, package)}.{alias.name}"


def _source(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    base = package.split(".")[: len(package.split(".")) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])


def _full(node: ast.expr, names: Mapping[str, str]) -> str:
    """Return the full name of what is called; empty where it is nothing imported."""
    if isinstance(node, ast.Name):
        return names.get(node.id, "")
    if isinstance(node, ast.Attribute) and (base := _full(node.value, names)):
        return f"{base}.{node.attr}"
    return ""


def misdirected(tree: Tree, parts: Sequence[Part]) -> list[str]:
    """Return every import of ours that no part allows."""
    return [
        f"{module.name} imports {target}"
        for module in tree.values()
        for target in sorted(module.imports & tree.keys())
        if not _allowed(module.name, target, parts)
    ]


def _allowed(name: str, target: str, parts: Sequence[Part]) -> bool:
    mine, theirs = _part(name, parts), _part(target, parts)
    if mine is None or theirs is None:
        return False
    return mine == theirs or theirs.pattern in mine.may


def _part(name: str, parts: Sequence[Part]) -> Part | None:
    return next((part for part in parts if part.holds(name)), None)


def unplaced(tree: Tree, parts: Sequence[Part]) -> list[str]:
    """Return the modules that belong to no part."""
    return [name for name in tree if _part(name, parts) is None]


def trespassing(tree: Tree, reserved: Reserved) -> list[str]:
    """Return every import and call of what is reserved to others."""
    return [
        f"{module.name} uses {used}"
        for module in tree.values()
        if not any(fnmatchcase(module.name, owner) for owner in reserved.to)
        for used in sorted(module.imports | module.calls)
        if any(fnmatchcase(used, what) for what in reserved.what)
    ]


def cycle(tree: Tree) -> list[str]:
    """Return the modules of an import cycle, or nothing."""
    graph = {name: module.imports & tree.keys() - {name} for name, module in tree.items()}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return list(error.args[1])
    return []
