"""Trials fetch one at a time, and none fetches what another one has resolved."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

from release_tests.sandbox.fetching import Errand
from release_tests.sandbox.observed import INSTALL, Step, StepState
from release_tests.sandbox.pip_report import page_of
from release_tests.sandbox.progress import SILENT, Heartbeat

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DONE, FAILED = Step(INSTALL, StepState.OK), Step(INSTALL, StepState.FAILED)
SECONDS = 30.0


def fetching(errand: Errand, log: list[str]) -> Callable[[Callable[[], None]], Step]:
    """Return what fetches, and keeps a page."""

    def fetch(over: Callable[[], None]) -> Step:
        log.append("fetched")
        errand.keep("page")
        over()
        return DONE

    return fetch


def taking(log: list[str], step: Step) -> Callable[[Path], Step]:
    """Return what takes the page that was kept, and ends with *step*."""

    def again(page: Path) -> Step:
        log.append(page.read_text())
        return step

    return again


def test_the_same_is_fetched_once(tmp_path: Path) -> None:
    """The second with the same words gets the page of the first, in another process, too."""
    log: list[str] = []
    for _ in range(2):
        errand = Errand(tmp_path, ("pip", "3.13", "numpy"))
        assert errand.run(fetching(errand, log), taking(log, DONE), SILENT) == DONE
    assert log == ["fetched", "page"]


def test_other_words_are_another_errand(tmp_path: Path) -> None:
    """Another Python takes other files, and asks for itself."""
    log: list[str] = []
    for python in ("3.9", "3.13"):
        errand = Errand(tmp_path, ("pip", python, "numpy"))
        errand.run(fetching(errand, log), taking(log, DONE), SILENT)
    assert log == ["fetched", "fetched"]


def test_no_verdict_hangs_on_what_was_kept(tmp_path: Path) -> None:
    """Where the page is not enough, it is fetched as if there was none."""
    log: list[str] = []
    errand = Errand(tmp_path, ("pip",))
    errand.keep("page")
    assert errand.run(fetching(errand, log), taking(log, FAILED), SILENT) == DONE
    assert log == ["page", "fetched"]


def test_the_next_begins_when_the_one_before_has_all(tmp_path: Path) -> None:
    """It waits as long as another one fetches, and no longer: not for what is installed of it."""
    fetches, may_end, installs = threading.Event(), threading.Event(), threading.Event()

    def slow(over: Callable[[], None]) -> Step:
        fetches.set()
        may_end.wait(SECONDS)
        over()
        assert installs.wait(SECONDS), "the second began while the first still installs"
        return DONE

    def second(_: Callable[[], None]) -> Step:
        assert may_end.is_set(), "the second waited for the first"
        installs.set()
        return DONE

    first = Errand(tmp_path, ("one",))
    ended: list[Step] = []
    thread = threading.Thread(
        target=lambda: ended.append(first.run(slow, taking([], DONE), SILENT))
    )
    thread.start()
    assert fetches.wait(SECONDS)
    threading.Timer(0.2, may_end.set).start()
    assert Errand(tmp_path, ("two",)).run(second, taking([], DONE), SILENT) == DONE
    thread.join()
    assert ended == [DONE]


def test_who_waits_for_its_turn_can_be_ended(tmp_path: Path) -> None:
    """What the heartbeat raises, as after Ctrl-C, ends the wait."""

    def interrupted() -> None:
        raise KeyboardInterrupt

    def fetch(_: Callable[[], None]) -> Step:
        with pytest.raises(KeyboardInterrupt):
            Errand(tmp_path, ("two",)).run(
                lambda _: DONE, taking([], DONE), Heartbeat(print, "it", heed=interrupted)
            )
        return DONE

    assert Errand(tmp_path, ("one",)).run(fetch, taking([], DONE), SILENT) == DONE


def resolved(url: str, *, direct: bool = False) -> dict[str, Any]:
    """Return an entry of pip's report."""
    info = {"url": url, "archive_info": {"hashes": {"sha256": "0" * 64}}}
    return {"is_direct": direct, "download_info": info, "metadata": {}}


def test_a_page_links_what_pip_took_from_the_index(tmp_path: Path) -> None:
    """With its digest; the artifact itself, which is named by its address, is not among it."""
    entries = [
        resolved("file:///dist/demo-1.0-py3-none-any.whl", direct=True),
        resolved("https://files.example.com/a&b/dep-1.0-py3-none-any.whl"),
    ]
    report = tmp_path / "report.json"
    report.write_text(json.dumps({"version": "1", "install": entries}))
    assert page_of(report) == (
        "<!DOCTYPE html>\n"
        f'<a href="https://files.example.com/a&amp;b/dep-1.0-py3-none-any.whl#sha256={"0" * 64}">'
        "dep-1.0-py3-none-any.whl</a>"
    )


@pytest.mark.parametrize("text", [None, "", '{"install": [', "[]", '{"install": [{}]}', '{"a": 1}'])
def test_half_a_report_is_none(tmp_path: Path, text: str | None) -> None:
    """One that is missing, still being written or of another kind says nothing yet."""
    report = tmp_path / "report.json"
    if text is not None:
        report.write_text(text)
    assert page_of(report) is None
