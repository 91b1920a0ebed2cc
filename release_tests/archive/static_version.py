"""The version that a Python file states, read from its syntax tree; nothing is executed."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from release_tests.archive.binding import bound_anew, bound_by

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
    of anything but a string literal state nothing, and neither does source that is not Python, nor
    a literal that is only there until the module binds the name anew.
    """
    tree = parsed(source)
    if tree is None:
        return []
    names = (_MAIN_NAME, "version") if stem in _DEDICATED else (_MAIN_NAME,)
    found = [StatedVersion(*literal) for literal in _literals(tree) if literal[0] in names]
    anew = bound_anew(tree, [node for node in tree.body if _states(node)]) if found else {}
    return [stated for stated in found if anew.get(stated.variable, 0) < stated.line]


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
        value = _value_of(node)
        if isinstance(value, str):
            yield from ((name, value, node.lineno) for name in _targets(node))


def _states(node: ast.stmt) -> bool:
    return bool(_targets(node)) and isinstance(_value_of(node), str)


def _value_of(node: ast.stmt) -> object:
    value = getattr(node, "value", None)
    return value.value if isinstance(value, ast.Constant) else None


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
    return defined(source, frozenset([attribute])).get(attribute, False)


def defined(source: bytes, names: frozenset[str], *, parse: bool = True) -> dict[str, bool | None]:
    """Return for each of *names* what ``defines`` says of it, having looked at the source once.

    Without *parse* it is told from its words alone: a name that is none of them is not defined,
    and of the others nothing can be told.
    """
    if any(sign in source for sign in _DYNAMIC):
        return dict.fromkeys(names)
    if not parse:
        return _among_words(source, names)
    tree = parsed(source)
    bound = None if tree is None else _all_bound(tree)
    return dict.fromkeys(names) if bound is None else {name: name in bound for name in names}


def _among_words(source: bytes, names: frozenset[str]) -> dict[str, bool | None]:
    if _STAR.search(source) or not source.isascii():
        return dict.fromkeys(names)
    words = {found for match in _WORD.finditer(source) if (found := match[0].decode()) in names}
    return {name: None if name in words else False for name in names}


def _all_bound(tree: ast.Module) -> set[str] | None:
    bound: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            return None
        bound.update(bound_by(node))
    return bound


_DYNAMIC = (b"__getattr__", b"exec(", b"globals(", b"sys.modules", b"vars(", b"locals(")
_STAR = re.compile(rb"import[ \t\\\r\n(]*\*")
_WORD = re.compile(rb"\w+")
