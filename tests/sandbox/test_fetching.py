"""Trials fetch one at a time, and none fetches what another one has resolved."""

from __future__ import annotations

import hashlib
import html
import itertools
import threading
from typing import TYPE_CHECKING

import pytest

from release_tests.errors import Tampered
from release_tests.sandbox.fetching import Errand
from release_tests.sandbox.observed import INSTALL, Step, StepState
from release_tests.sandbox.pip_download import page_of
from release_tests.sandbox.progress import SILENT, Heartbeat

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DONE, FAILED = Step(INSTALL, StepState.OK), Step(INSTALL, StepState.FAILED)
SECONDS = 30.0


def fetching(errand: Errand, log: list[str]) -> Callable[[], Step | None]:
    """Return what fetches, keeps a page, and installs nothing."""

    def fetch() -> None:
        log.append("fetched")
        errand.keep("page")

    return fetch


def taking(log: list[str], step: Step) -> Callable[[str], Step]:
    """Return what takes the page that was kept, and ends with *step*."""

    def again(page: str) -> Step:
        log.append(page)
        return step

    return again


def installing(log: list[str]) -> Callable[[], Step]:
    """Return what installs without anything that was kept."""

    def install() -> Step:
        log.append("installed")
        return DONE

    return install


def test_the_same_is_fetched_once(tmp_path: Path) -> None:
    """The second with the same words gets the page of the first, in another process, too."""
    log: list[str] = []
    for _ in range(2):
        errand = Errand(tmp_path, ("pip", "3.13", "numpy"))
        step = errand.run(fetching(errand, log), taking(log, DONE), installing(log), SILENT)
        assert step == DONE
    assert log == ["fetched", "page", "page"]


def test_a_page_that_somebody_else_wrote_is_not_taken(tmp_path: Path) -> None:
    """Code of another trial can write there, and would have its own files installed."""
    log: list[str] = []
    errand = Errand(tmp_path, ("pip",))
    errand.keep("page")
    errand.resolved.write_text("<a href='file:///forged'>forged</a>")
    with pytest.raises(Tampered, match="something else wrote to it"):
        errand.run(fetching(errand, log), taking(log, DONE), installing(log), SILENT)
    assert log == []


def test_other_words_are_another_errand(tmp_path: Path) -> None:
    """Another Python takes other files, and asks for itself."""
    log: list[str] = []
    for python in ("3.9", "3.13"):
        errand = Errand(tmp_path, ("pip", python, "numpy"))
        errand.run(fetching(errand, log), taking(log, DONE), installing(log), SILENT)
    assert log == ["fetched", "page"] * 2


def test_no_verdict_hangs_on_what_was_kept(tmp_path: Path) -> None:
    """Where the page is not enough, it is installed as if there was none."""
    log: list[str] = []
    errand = Errand(tmp_path, ("pip",))
    errand.keep("page")
    errand.run(fetching(errand, log), taking(log, FAILED), installing(log), SILENT)
    assert log == ["page", "installed"]


def test_what_keeps_nothing_is_installed(tmp_path: Path) -> None:
    """Where what is fetched does not make a page, as with sources, nothing is taken from one."""
    log: list[str] = []
    errand = Errand(tmp_path, ("pip",))
    assert errand.run(lambda: None, taking(log, DONE), installing(log), SILENT) == DONE
    assert log == ["installed"]


def test_what_installs_along_is_the_step(tmp_path: Path) -> None:
    """As with uv, which fetches only what it installs: nothing is done again."""
    log: list[str] = []
    errand = Errand(tmp_path, ("uv",))
    assert errand.run(lambda: DONE, taking(log, DONE), installing(log), SILENT) == DONE
    assert log == []


def test_the_next_begins_when_the_one_before_has_all(tmp_path: Path) -> None:
    """It waits as long as another one fetches, and no longer: not for what is installed of it."""
    fetches, may_end, installs = threading.Event(), threading.Event(), threading.Event()

    def slow() -> None:
        fetches.set()
        may_end.wait(SECONDS)

    def install() -> Step:
        assert installs.wait(SECONDS), "the second began while the first still installs"
        return DONE

    def second() -> Step:
        assert may_end.is_set(), "the second waited for the first"
        installs.set()
        return DONE

    first = Errand(tmp_path, ("one",))
    ended: list[Step] = []
    thread = threading.Thread(
        target=lambda: ended.append(first.run(slow, taking([], DONE), install, SILENT))
    )
    thread.start()
    assert fetches.wait(SECONDS)
    threading.Timer(0.2, may_end.set).start()
    other = Errand(tmp_path, ("two",))
    assert other.run(second, taking([], DONE), installing([]), SILENT) == DONE
    thread.join()
    assert ended == [DONE]


def test_who_waits_for_its_turn_can_be_ended(tmp_path: Path) -> None:
    """What the heartbeat raises, as after Ctrl-C, ends the wait."""

    def interrupted() -> None:
        raise KeyboardInterrupt

    def fetch() -> Step:
        beat = Heartbeat(print, "it", heed=interrupted)
        with pytest.raises(KeyboardInterrupt):
            Errand(tmp_path, ("two",)).run(lambda: DONE, taking([], DONE), installing([]), beat)
        return DONE

    errand = Errand(tmp_path, ("one",))
    assert errand.run(fetch, taking([], DONE), installing([]), SILENT) == DONE


def downloaded(directory: Path, *names: str) -> str:
    """Put files there, and return what pip says of them, by turns new and not."""
    words = itertools.cycle(("Saved", "  File was already downloaded"))
    for name in names:
        (directory / name).write_bytes(b"")
    lines = [f"{word} {directory / name}" for word, name in zip(words, names, strict=False)]
    return "\n".join(["Collecting dep", *lines, "Successfully downloaded demo dep"])


def test_a_page_links_what_pip_downloaded(tmp_path: Path) -> None:
    """Not what others have, nor the artifact itself, which is named by its address and not kept."""
    own = "demo-1.0+a-py3-none-any.whl"
    said = downloaded(tmp_path, own, "a&b-1.0-py3-none-any.whl")
    (tmp_path / "other-1.0-py3-none-any.whl").write_bytes(b"")
    address = f"{(tmp_path.parent / own).as_uri()}#sha256={'0' * 64}"
    page = page_of(said, tmp_path, address)
    link = (
        f"{(tmp_path / 'a&b-1.0-py3-none-any.whl').as_uri()}#sha256={hashlib.sha256().hexdigest()}"
    )
    assert page == (
        f'<!DOCTYPE html>\n<a href="{html.escape(link)}">a&amp;b-1.0-py3-none-any.whl</a>'
    )
    assert not (tmp_path / own).exists()


@pytest.mark.parametrize("other", ["source-1.0.tar.gz", "gone-1.0-py3-none-any.whl"])
def test_there_is_no_page_where_files_are_not_all(tmp_path: Path, other: str) -> None:
    """Sources take more than they are, to be built; and nothing is promised that is not there."""
    said = downloaded(tmp_path, "dep-1.0-py3-none-any.whl", other)
    if other.startswith("gone"):
        (tmp_path / other).unlink()
    assert page_of(said, tmp_path, "demo") is None
