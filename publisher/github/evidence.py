"""The evidence of the gates as a file of the release: the same runs make the same bytes."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING

from publisher.errors import Refused
from release_tests.evidence.store import EVIDENCE, RUN, SUMMARY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_NAME = re.compile(r"release-evidence-\d{8}T\d{6}Z-[0-9a-f]{6}\.zip")
_EPOCH = (1980, 1, 1, 0, 0, 0)


def is_evidence(name: str) -> bool:
    """Whether a file of a release is evidence by its name."""
    return _NAME.fullmatch(name) is not None


def pack(run_id: str, evidence_dirs: Sequence[Path], into: Path) -> Path:
    """Pack what the run left, but for the tests' own report, and return the archive in *into*.

    The run is looked for in all *evidence_dirs*, of which there is one at least, and nowhere else.

    Stored, not compressed, and without times, so that it is the same wherever it is made.
    Raises Refused when the record is not there any more.
    """
    places = [one / run_id for one in evidence_dirs]
    run = next((one for one in places if one.is_dir()), places[0])
    into.mkdir(parents=True, exist_ok=True)
    archive = into / f"release-evidence-{run_id}.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as out:
        for name in (RUN, EVIDENCE, SUMMARY):
            out.writestr(_entry(f"{run_id}/{name}"), _read(run / name))
    return archive


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    return entry


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refused(
            f"{path}: the evidence cannot be read any more: {error.strerror or error}",
            remedy="Put the gates to the files again, or say `evidence = false` in "
            "[tool.release-gates.github].",
        ) from error
