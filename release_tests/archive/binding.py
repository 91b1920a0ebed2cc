"""Which names a module binds, and where, told from its syntax tree; nothing is executed."""

from __future__ import annotations

import ast
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def bound_by(node: ast.AST) -> Iterator[str]:
    """Yield the names that this node alone binds, not those within it."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id


def bound_anew(tree: ast.Module, without: Iterable[ast.stmt]) -> dict[str, float]:
    """Return the last line on which a module binds each name, statements in *without* aside.

    Functions that declare a name global bind it at any time, so their line is infinite. Branches
    that a constant of the module closes bind nothing.
    """
    last: dict[str, float] = {}
    for node in _of_module(tree, {*map(id, without)}):
        line = getattr(node, "lineno", 0)
        last |= {name: max(line, last.get(name, 0)) for name in bound_by(node)}
    declared = (node for node in ast.walk(tree) if isinstance(node, ast.Global))
    return last | {name: math.inf for node in declared for name in node.names}


def _of_module(tree: ast.Module, without: set[int]) -> Iterator[ast.AST]:
    """Yield the nodes that are run in the module's own scope, but those in *without*."""
    constants = _constants(tree)
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if id(node) not in without:
            yield node
            waiting += [] if isinstance(node, _SCOPES) else _within(node, constants)


def _constants(tree: ast.Module) -> dict[str, bool]:
    """Return the truth of the names that the module binds to a constant at its top level."""
    return {
        target.id: bool(node.value.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _within(node: ast.AST, constants: Mapping[str, bool]) -> Iterable[ast.AST]:
    truth = _truth(node.test, constants) if isinstance(node, ast.If) else None
    if not isinstance(node, ast.If) or truth is None:
        return ast.iter_child_nodes(node)
    return node.body if truth else node.orelse


def _truth(test: ast.expr, constants: Mapping[str, bool]) -> bool | None:
    """Return whether a constant, or its negation, holds; None where that cannot be told."""
    turned = False
    while isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        turned, test = not turned, test.operand
    if isinstance(test, ast.Name) and test.id in constants:
        return constants[test.id] is not turned
    return None
