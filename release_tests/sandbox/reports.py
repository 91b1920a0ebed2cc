"""Reads what a probe reported; a report is written beside hostile code, so nothing is assumed."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from release_tests.sandbox.observed import ImportReport, ImportState, Raised, Warned

if TYPE_CHECKING:
    from collections.abc import Iterable


def believed(report: Path, nonce: str) -> dict[str, Any] | None:
    """Return the report if it is there and one of this very probe."""
    try:
        found = json.loads(report.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and found.get("nonce") == nonce else None


def decoded(
    module: str, report: dict[str, Any], prefix: Path, output: str, stderr: str = ""
) -> ImportReport | None:
    """Return what is reported of an import in *prefix*; None if it is no such report."""
    try:
        raised = _raised(report.get("error"), prefix)
        ending = _text(report.get("ending", ""))
        locations = [*map(_text, report.get("locations", ()))]
        return ImportReport(
            module,
            _state(raised, ending),
            float(report["seconds"]),
            raised=raised,
            version=_optional(report.get("version")),
            witnessed=report.get("witnessed") is True,
            locations=tuple(shown(path, prefix) for path in locations),
            inside=raised is not None or _inside(locations, prefix),
            ending=ending,
            output=output,
            stderr=stderr,
            warnings=tuple(_warned(told, prefix) for told in report.get("warnings", ())),
            libraries=tuple(shown(_text(path), prefix) for path in report.get("libraries", ())),
            attributes=_attributes(report.get("attributes", {})),
            unresolved=tuple(map(_text, report.get("unresolved", ()))),
            loading=tuple(shown(_text(why), prefix) for why in report.get("loading", ()) if why),
        )
    except (KeyError, TypeError, ValueError, OverflowError, OSError, AttributeError):
        return None


def shown(text: str, prefix: Path) -> str:
    """Return *text* with paths below the environment's prefix, which is gone afterwards.

    The directory of installed packages is ``site-packages`` on every Python.
    """
    return re.sub(rf"{re.escape(str(prefix))}/(?:lib/python3\.\d+t?/(?=site-packages/))?", "", text)


def _state(raised: Raised | None, ending: str) -> ImportState:
    if raised is not None:
        return ImportState.RAISED
    return ImportState.ENDED if ending else ImportState.IMPORTED


def _raised(error: object, prefix: Path) -> Raised | None:
    if error is None:
        return None
    if not isinstance(error, dict):
        raise TypeError(error)
    return Raised(
        _text(error["type"]),
        shown(_text(error["message"]), prefix),
        shown(_text(error["traceback"]), prefix),
        _optional(error["missing"]) or "",
        tuple(shown(_text(cause), prefix) for cause in error.get("causes", ())),
    )


def _warned(told: list[Any], prefix: Path) -> Warned:
    category, message, file, line = told
    return Warned(
        _text(category), shown(_text(message), prefix), shown(_text(file), prefix), int(line)
    )


def _attributes(found: dict[str, Any]) -> dict[str, str | None]:
    """Return those that are there: the text of each, None for anything but a string."""
    return {_text(name): _optional(text) for name, (there, text) in found.items() if there}


def _inside(locations: Iterable[str], prefix: Path) -> bool:
    root = prefix.resolve()
    # Not by Path.resolve, which raises where links go round in a circle.
    resolved = [Path(os.path.realpath(path)) for path in locations]
    return bool(resolved) and all(path.is_relative_to(root) for path in resolved)


def _optional(value: object) -> str | None:
    return None if value is None else _text(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    # What is no character could not be written anywhere later.
    return value.encode("utf-8", "backslashreplace").decode("utf-8")
