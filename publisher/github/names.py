"""What GitHub calls a file: some characters are replaced when it is attached to a release."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_REPLACED = re.compile(r"[^A-Za-z0-9_+@-]+")


def shown(name: str) -> str:
    """Return the name that GitHub gives to a file called *name*.

    Seen of it: what is no letter, digit or one of ``_+@-.`` becomes a dot, runs of them one, and a
    leading dot gets ``default`` before it.
    """
    replaced = re.sub(r"[^A-Za-z0-9._+@-]+", ".", name)
    if replaced != name:
        replaced = re.sub(r"\.{2,}", ".", replaced)
    return f"default{replaced}" if replaced.startswith(".") else replaced


def form(name: str) -> str:
    """Return what two names have in common that GitHub may not keep apart."""
    return _REPLACED.sub(".", shown(name)).rstrip(".")


def alike(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return the pairs of *names* that would be one at GitHub."""
    known: dict[str, str] = {}
    pairs = []
    for name in names:
        other = known.setdefault(form(name), name)
        if other != name:
            pairs.append((other, name))
    return pairs
