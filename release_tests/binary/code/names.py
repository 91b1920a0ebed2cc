"""The names of functions that use an extension, and how often."""

from __future__ import annotations

from collections import Counter

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
