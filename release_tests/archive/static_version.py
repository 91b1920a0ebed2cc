"""The version that a Python file states, read from its syntax tree; nothing is executed."""

from __future__ import annotations

import ast
import functools
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION_FILES = ("__init__", "_version", "version", "__about__", "__version__", "_about")
"""Stems of the files of a package that may state its version."""

_DEDICATED = ("_version", "version")
_MAIN_NAME = "__version__"


@dataclass(frozen=True, slots=True)
class StatedVersion:
    """A version assigned as a literal: the variable, its value, and the line."""

    variable: str
    value: str
    line: int


def stated_versions(source: bytes, stem: str) -> list[StatedVersion]:
    """Return the versions that the module *stem* states at its top level, in order.

    ``__version__`` counts everywhere; ``version`` in files that exist to state one. Assignments
    of anything but a string literal state nothing, and neither does source that is not Python.
    """
    tree = parsed(source)
    if tree is None:
        return []
    names = (_MAIN_NAME, "version") if stem in _DEDICATED else (_MAIN_NAME,)
    return [
        StatedVersion(name, value, line) for name, value, line in _literals(tree) if name in names
    ]


def parsed(source: bytes) -> ast.Module | None:
    """Return the syntax tree, or None where this interpreter finds none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _literals(tree: ast.Module) -> Iterator[tuple[str, str, int]]:
    for node in tree.body:
        targets = _targets(node)
        value = getattr(node, "value", None)
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield from ((name, value.value, node.lineno) for name in targets)


def _targets(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return [node.target.id]
    return []


def defines(source: bytes, attribute: str) -> bool | None:
    """Whether a module defines *attribute* at its top level; None where its syntax cannot tell.

    It cannot tell where names are made at run time: a star import, ``__getattr__``, ``exec``,
    ``globals()`` or ``sys.modules``.
    """
    names = _names(source)
    return None if names is None else attribute in names


@functools.lru_cache(maxsize=4)  # hundreds of entry points may lead into one module
def _names(source: bytes) -> frozenset[str] | None:
    tree = parsed(source)
    if tree is None or any(sign in source for sign in _DYNAMIC):
        return None
    bound: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            return None
        bound.update(_bound(node))
    return frozenset(bound)


_DYNAMIC = (b"__getattr__", b"exec(", b"globals(", b"sys.modules", b"vars(", b"locals(")


def _bound(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
