"""Writes the pages that say what the code says: rules, policy, options, exit codes.

``python docs/generate.py`` writes them; with ``--check`` it changes nothing, names every page
that is not what the code says now, and exits with 1 if there is one.
"""  # noqa: INP001 - a script beside the pages that it writes

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent))  # a checkout need not be installed

from pages import commands, policy, rules  # noqa: E402 - after the path is set

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


def pages() -> dict[str, str]:
    """Return every generated page: its path below docs, and its text."""
    return rules.pages() | {
        "policy.md": policy.policy(),
        "options.md": commands.options(),
        "exit-codes.md": commands.exit_codes(),
    }


def stale(folder: Path, wanted: Mapping[str, str]) -> list[str]:
    """Return the pages in *folder* that are missing, out of date, or without a rule."""
    changed = [name for name, text in wanted.items() if _text_of(folder / name) != text]
    return sorted([*changed, *_orphans(folder, wanted)])


def write(folder: Path, wanted: Mapping[str, str]) -> list[str]:
    """Make *folder* hold the *wanted* pages, and return those that changed."""
    changed = stale(folder, wanted)
    for name in changed:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name in wanted:
            path.write_text(wanted[name], encoding="utf-8")
        else:
            path.unlink()
    return changed


def _orphans(folder: Path, wanted: Mapping[str, str]) -> Iterator[str]:
    for path in (folder / rules.FOLDER).glob("*.md"):
        name = f"{rules.FOLDER}/{path.name}"
        if name not in wanted:
            yield name


def _text_of(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def main(arguments: Sequence[str]) -> int:
    """Write or check the pages, and return the exit code."""
    parser = argparse.ArgumentParser(description="Write the pages that are made from the code.")
    parser.add_argument("--check", action="store_true", help="write nothing; name stale pages")
    parser.add_argument("--into", type=Path, default=DOCS, metavar="DIR", help="default: docs")
    options = parser.parse_args(arguments)
    changed = (stale if options.check else write)(options.into, pages())
    for name in changed:
        sys.stdout.write(f"{'stale' if options.check else 'written'}: {options.into / name}\n")
    if options.check and changed:
        sys.stdout.write("Run `python docs/generate.py` and commit what it writes.\n")
    return 1 if options.check and changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
