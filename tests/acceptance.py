"""What PyPI refuses, row by row, as data: which rule foretells it, or why nothing here can.

The ids are those of the project's list of PyPI's refusals. The rows stand in the order in which
the index looks, so that of two defects the one of the earlier row is its answer; but M1 to M9 are
one stage, and so are M10 to M17: there the field decides (``place``).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row: the rules that foretell it, and what else does, or why not all of it is foretold."""

    id: str
    rules: tuple[str, ...] = ()
    otherwise: str = ""


def _row(name: str, *rules: str, otherwise: str = "") -> Refusal:
    return Refusal(name, rules, otherwise)


_PLAN = "the publisher's plan"
_NOT = "not foretold"

ROWS = (
    _row("F2", "META009"),
    _row("M18", "META027"),
    _row("M1", "META010"),
    _row("M2", "META011"),
    _row("M3", "META012"),
    _row("M4", "META013"),
    _row("M5", "META014"),
    _row("M6", "META015"),
    _row("M7", "META016", "META001"),
    _row("M8", "META017"),
    _row("M9", "META018"),
    _row("M10", "META019"),
    _row("M11", "META020"),
    _row("M12", "META021"),
    _row("M13", "META022"),
    _row("M14", "META023"),
    _row("M15", "META024"),
    _row("M16", "META025"),
    _row("M17", "META026"),
    _row("P1", "NAME011"),
    _row("P2", "REL017", otherwise=_NOT),
    _row("M19", "META003"),
    _row("N1", "NAME005"),
    _row("N2", "NAME006"),
    _row("Q1", "NAME009", "NAME010"),
    _row("Q2", otherwise=_PLAN),
    _row("D1", "REL003", otherwise=_PLAN),
    _row("D2", otherwise=_NOT),
    _row("D3", otherwise=_PLAN),
    _row("D4", "REL015"),
    _row("A2", "ZIP011"),
    _row("A3", "ZIP007"),
    _row("A4", "STR037", "STR001", "STR003", "VER001", "NAME001"),
    _row("A5", "STR101", "STR103"),
    _row("A6", "ZIP102"),
    _row("A7", "ZIP032", "ZIP103"),
    _row("A8", "ZIP025"),
    _row("Z1", "ZIP015"),
    _row("Z2", "ZIP016"),
    _row("Z3", "ZIP013"),
    _row("Z4", "ZIP017"),
    _row("Z5", "ZIP004", "ZIP005"),
    _row("Z6", "ZIP019"),
    _row("Z7", "ZIP020"),
    _row("Z8", "ZIP021"),
    _row("Z9", "ZIP022"),
    _row("Z10", "ZIP003"),
    _row("Z11", "ZIP023"),
    _row("Z12", "ZIP024"),
    _row("W1", "NAME001"),
    _row("W2", "NAME007"),
    _row("W3", "META006", "NAME002"),
    _row("W4", "VER002"),
    _row("W5", "STR031"),
    _row("W6", "REC001", "REC011"),
    _row("W7", "REC003", "REC004"),
    _row("W8", "STR011", "STR032"),
    _row("W9", "STR004"),
    _row("W10", "NAME008"),
    _row("B2", "NAME101"),
    _row("B3", "STR105"),
    _row("T1", otherwise=_NOT),
)

UNNUMBERED = frozenset(("ZIP001", "ZIP002", "ZIP101"))
"""Rules of PyPI's that no row names: a file that is no archive, or cannot be read at all."""

_STAGES = (
    frozenset(f"M{number}" for number in range(1, 10)),
    frozenset(f"M{number}" for number in range(10, 18)),
)
_OVER_THE_OTHERS = ("metadata-version", "name", "version")


def place(rule: str, where: str) -> tuple[int, int, str]:
    """Return what sorts findings of rules of the rows as the index comes upon them.

    Of a stage the index names one field: the first of three that decide over the others, or else
    the first by the alphabet. *where* ends with the field, as findings about the form have it.
    """
    rows = [at for at, row in enumerate(ROWS) if rule in row.rules]
    at = rows[-1] if _is_parted(where) else rows[0]
    row = ROWS[at].id
    for stage in _STAGES:
        if row in stage:
            first = next(at for at, row in enumerate(ROWS) if row.id in stage)
            return (first, *_turn(where))
    return (at, *(_turn(where) if row == "M18" else (0, "")))


def _is_parted(file_name: str) -> bool:
    """Whether a wheel's file name says where WHEEL is, which is looked for before the rest."""
    return file_name.count("-") > 1


def _turn(where: str) -> tuple[int, str]:
    field = where.rpartition(", ")[2]
    if field in _OVER_THE_OTHERS:
        return _OVER_THE_OTHERS.index(field), ""
    return len(_OVER_THE_OTHERS), field
