"""The rules of the gate ``install``."""

from __future__ import annotations

from release_tests.gates.rules import Rule

RULES: tuple[Rule, ...] = ()
