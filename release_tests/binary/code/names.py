"""What is kept of the uses of an extension: the names of functions, and how many places."""

from __future__ import annotations

from collections import Counter

MOST_PLACES = 3
"""So many places of each extension are kept."""

_MOST = 1000
"""So many names are kept; the rest counts as unnamed."""


def most_common(names: Counter[str]) -> tuple[tuple[str, int], ...]:
    """Return names and numbers, the most frequent first, the empty name for what has none."""
    kept = Counter(dict(names.most_common(_MOST)))
    kept[""] += sum(names.values()) - sum(kept.values())
    return tuple(
        (name, count)
        for name, count in sorted(kept.items(), key=lambda item: (-item[1], item[0]))
        if count > 0
    )
