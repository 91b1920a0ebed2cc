"""What ``pip download`` says that it downloaded, as a page of links that pip finds just that by."""

from __future__ import annotations

import html
import re
from pathlib import Path
from urllib.parse import unquote

from release_tests.archive.digest import sha256_of

_HAS = re.compile(r"^\s*(?:Saved|File was already downloaded) (?P<path>\S.*)$", re.MULTILINE)
_PAGE = "<!DOCTYPE html>\n"


def page_of(said: str, directory: Path, asked: str) -> str | None:
    """Return the page of what lies in *directory*, of which the artifact that was *asked* is taken.

    None where something has still to be built: that takes more than these files; or where a file is
    not there that was named. Each link has the file's SHA-256, which pip compares: another trial's
    code can write there.
    """
    names = {Path(found["path"].strip()).name for found in _HAS.finditer(said)}
    files = [directory / name for name in sorted(names)]
    if not all(path.suffix == ".whl" and path.is_file() for path in files):
        return None
    own = Path(unquote(asked.partition("#")[0])).name
    for path in files:
        if path.name == own:
            path.unlink()
    return _PAGE + "\n".join(_link(path) for path in files if path.name != own)


def _link(path: Path) -> str:
    address = f"{path.resolve().as_uri()}#sha256={sha256_of(path)}"
    return f'<a href="{html.escape(address)}">{html.escape(path.name)}</a>'
