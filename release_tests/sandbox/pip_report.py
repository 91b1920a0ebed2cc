"""What pip says in its report that it takes, as a page of links that it finds just that by.

The format is pip's installation report (https://pip.pypa.io/en/stable/reference/installation-report/).
It is written when all is downloaded, and before anything is installed.
"""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def page_of(report: Path) -> str | None:
    """Return the page; None where there is no whole report yet, or none that is understood.

    What was required by its address, as the artifact itself, is not on it.
    """
    try:
        told = json.loads(report.read_text("utf-8"))
        return "\n".join(_links(told["install"]))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def _links(installed: list[dict[str, Any]]) -> Iterator[str]:
    yield "<!DOCTYPE html>"
    for one in installed:
        if one["is_direct"]:
            continue
        where = one["download_info"]
        address = f"{where['url']}#sha256={where['archive_info']['hashes']['sha256']}"
        yield f'<a href="{html.escape(address)}">{html.escape(where["url"].rpartition("/")[2])}</a>'
