"""Nothing is resolved, downloaded or unpacked twice over workers, Pythons, gates and artifacts."""

from __future__ import annotations

import hashlib
import time
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest

from tests.forge import Wheel, package
from tests.index.wire import Answer, serving

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.index.wire import Request
    from tests.plugin.conftest import Sessions

SECONDS = {"base-1.0-py3-none-any.whl": 2.0}
"""So long an answer with a file takes, that two who ask at the same time cannot miss each other.

Of the last one so long that another installer could start, and come as far, meanwhile.
"""
SECONDS_FOR_ANOTHER = 0.3
WHEELS = ("base-1.0-py3-none-any.whl", "shared-1.0-py3-none-any.whl")


@dataclass
class Cached:
    """An index that lets clients keep what it serves as PyPI does.

    Pages may be kept for ten minutes and are known again by their ETag; files never change. Without
    *headers* it says nothing of this, as simple servers of files do. It counts what it sends.
    """

    directory: Path
    headers: bool = True
    sent: Counter[str] = field(default_factory=Counter)

    def __call__(self, request: Request) -> Answer:
        """Answer a request for a project's page, or for a file of it."""
        name = request.path.strip("/").rpartition("/")[2]
        if request.path.endswith("/"):
            return self._page(name, request)
        self.sent[name] += 1
        time.sleep(SECONDS.get(name, SECONDS_FOR_ANOTHER))
        path = self.directory / name.removesuffix(".metadata")
        body = path.read_bytes() if path.name == name else _metadata(path)
        forever = {"Cache-Control": "max-age=365000000, immutable, public"}
        return Answer(
            body=body,
            kind="application/octet-stream",
            headers=forever if self.headers else {},
        )

    def _page(self, project: str, request: Request) -> Answer:
        files = sorted(self.directory.glob(f"{project}-*"))
        links = "".join(map(_link, files))
        body = f"<!DOCTYPE html><html><body>{links}</body></html>".encode()
        tag = f'"{hashlib.sha256(body).hexdigest()}"'
        headers = {"Cache-Control": "max-age=600, public", "ETag": tag} if self.headers else {}
        if request.headers.get("if-none-match") == tag:
            return Answer(304, headers=headers)
        self.sent[f"{project}/"] += 1
        return Answer(200 if files else 404, body, headers=headers)


def _link(path: Path) -> str:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    described = f'data-core-metadata="sha256={hashlib.sha256(_metadata(path)).hexdigest()}"'
    return f'<a href="/files/{path.name}#sha256={digest}" {described}>{path.name}</a>'


def _metadata(wheel: Path) -> bytes:
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(next(name for name in archive.namelist() if name.endswith("METADATA")))


def requiring(other: str, name: str) -> Wheel:
    """Return a wheel that requires another project."""
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\nRequires-Dist: {other}\n"
    return Wheel(name=name, metadata=metadata, files=package(name))


@dataclass(frozen=True)
class Run:
    """What an index saw of a session: what it sent, what it was asked, and for how many Pythons."""

    sent: Counter[str]
    asked: Counter[str]
    pythons: int
    seen: str


@pytest.fixture
def run_with(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., Run]:
    """Two artifacts share a dependency; two workers try each on two Pythons, for all gates."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    served = tmp_path / "served"
    Wheel(name="base").write(served)
    requiring("base", "shared").write(served)
    Wheel(name="shared", version="0.9").write(served)
    for name in ("one", "two"):
        sessions.forge(requiring("shared", name))

    def run(installer: str, *, headers: bool) -> Run:
        index = Cached(served, headers)
        with serving(index) as wire:
            monkeypatch.setenv("PIP_INDEX_URL", f"{wire.url}/simple/")
            monkeypatch.delenv("PIP_NO_INDEX", raising=False)
            result = sessions.run("--installer", installer, "-n", "2", "-m", "runs_code")
        assert result.ret == 0
        pythons = {
            trial["interpreter"]["version"]
            for row in sessions.last().artifacts[0].rows
            for trial in cast("list[Any]", row.details.get("trials", []))
        }
        asked = Counter(request.path for request in wire.seen)
        seen = "\n".join(f"{request.path} {dict(request.headers)}" for request in wire.seen)
        return Run(index.sent, asked, len(pythons), seen)

    return run


@pytest.mark.parametrize(
    ("installer", "unpacked"), [("pip", ()), ("uv", ("base", "shared", "one", "two"))]
)
def test_each_file_and_page_is_sent_once(
    run_with: Callable[..., Run], tmp_path: Path, installer: str, unpacked: tuple[str, ...]
) -> None:
    """By an index that says what to keep; uv unpacks each once, into its cache, pip none there."""
    run = run_with(installer, headers=True)
    described = (f"{wheel}.metadata" for wheel in WHEELS)
    assert run.asked["/simple/shared/"] <= run.pythons, "resolved once on each Python"
    assert run.sent == dict.fromkeys(("base/", "shared/", *WHEELS, *described), 1), run.seen
    kept = (tmp_path / "cache/release-gates" / installer).rglob("*.dist-info/METADATA")
    names = Counter(path.parent.name.partition("-")[0] for path in kept)
    assert names == dict.fromkeys(unpacked, 1)


@pytest.mark.parametrize("installer", ["pip", "uv"])
def test_an_index_need_not_say_what_to_keep(run_with: Callable[..., Run], installer: str) -> None:
    """Files are sent once even so; pages, and what describes files, once on each Python."""
    run = run_with(installer, headers=False)
    assert {name: run.sent[name] for name in WHEELS} == dict.fromkeys(WHEELS, 1), run.seen
    assert max(run.sent.values()) <= run.pythons, run.seen
