"""The page docs/installers.md: written from what was measured, and read again to compare."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.installers.corpus import CORPUS
from tests.installers.measure import INSTALLERS, ROOT, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PAGE = ROOT / "docs" / "installers.md"
REGENERATE = "python -m tests.installers"
_WORDS = {True: "takes it", False: "refuses"}

_HEAD = f"""\
# What installers make of forged archives

Each line is a small wheel, forged to be wrong in the one thing that it says; see
[the corpus](../tests/installers/corpus.py). The first column after it has the rules by which the
gates stop it, the others what the installers do: `pip install --target`, `uv pip install
--target`, and installer's functions without and with validation of RECORD. Where any of them
refuses a file, so do the gates; a test holds that, and this page, current.
Written by `{REGENERATE}`, measured with {{versions}}.
"""


def page(verdicts: Mapping[str, Verdict], versions: Mapping[str, str]) -> str:
    """Return the page."""
    named = ", ".join(f"{name} {version}" for name, version in versions.items())
    return "".join([_HEAD.format(versions=named), *_sections(verdicts)])


def _sections(verdicts: Mapping[str, Verdict]) -> Iterator[str]:
    for title, table in CORPUS.items():
        yield f"\n## {title}\n\n"
        yield _line("", "gates", *INSTALLERS)
        yield _line(*["---"] * (2 + len(INSTALLERS)))
        for name in table:
            verdict = verdicts[name]
            rules = ", ".join(f"[{rule}](rules/{rule}.md)" for rule in verdict.rules) or "pass"
            yield _line(name, rules, *(_WORDS[verdict.taken[who]] for who in INSTALLERS))


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


def read(text: str) -> dict[str, Verdict]:
    """Return what a page says: the verdicts by the name of the archive."""
    found = {}
    for line in text.splitlines():
        if not line.startswith("| "):
            continue
        name, rules, *answers = (cell.strip() for cell in line.strip("|").split("|"))
        if set(answers) <= set(_WORDS.values()):
            taken = dict(zip(INSTALLERS, (word == _WORDS[True] for word in answers), strict=True))
            found[name] = Verdict(taken, tuple(re.findall(r"\[(\w+)\]", rules)))
    return found


def versions_of(text: str) -> str:
    """Return the versions with which a page was measured, as it names them."""
    found = re.search(r"measured with (.*)\.$", text, re.MULTILINE)
    return found[1] if found else "no versions at all"


def write(verdicts: Mapping[str, Verdict], versions: Mapping[str, str], path: Path = PAGE) -> None:
    """Write the page to *path*."""
    path.write_text(page(verdicts, versions), encoding="utf-8")
