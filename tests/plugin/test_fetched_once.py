"""Nothing is resolved, downloaded or unpacked twice over workers, Pythons, gates and artifacts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import pytest

from tests.forge import Wheel
from tests.index.cached import Cached, requiring
from tests.index.wire import serving

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.plugin.conftest import Sessions

SECONDS = {"base-1.0-py3-none-any.whl": 2.0}
"""So long an answer with a file takes, that two who ask at the same time cannot miss each other.

Of the last one so long that another installer could start, and come as far, meanwhile.
"""
SECONDS_FOR_ANOTHER = 0.3
WHEELS = ("base-1.0-py3-none-any.whl", "shared-1.0-py3-none-any.whl")


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
        index = Cached(served, headers, SECONDS, SECONDS_FOR_ANOTHER)
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
