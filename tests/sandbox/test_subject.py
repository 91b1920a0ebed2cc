"""What the importing process tells of a module, function by function, in the test's own process.

In a clean environment nothing can measure it; the whole of it is tried there by other tests.
"""

from __future__ import annotations

import types
import warnings
from typing import TYPE_CHECKING

import pytest

from release_tests.sandbox import installer
from release_tests.sandbox.inside import alone, judge, probe, subject
from release_tests.sandbox.pip import Pip
from release_tests.sandbox.uv import Uv

if TYPE_CHECKING:
    from pathlib import Path


class Hostile(Exception):
    """An exception whose message cannot be had."""

    def __str__(self) -> str:
        """Raise."""
        raise RuntimeError("no message for you")


class Odd(types.ModuleType):
    """A module that raises whatever it is asked for."""

    def __getattr__(self, name: str) -> object:
        """Raise what is no Exception."""
        raise SystemExit(name)


def caught(error: BaseException, cause: BaseException | None = None) -> BaseException:
    """Return *error* after it was raised, from *cause*."""
    try:
        raise error from cause  # noqa: TRY301 - so that it has a traceback
    except BaseException as raised:  # noqa: BLE001 - any kind is told of
        return raised


def test_an_exception_is_told_with_its_causes() -> None:
    """Type, message, traceback, the module that is missing, and what it was raised from."""
    told = subject._told(  # noqa: SLF001 - the parts are what is tested here
        caught(ModuleNotFoundError("No module named 'x'", name="x"), caught(ValueError("first")))
    )
    assert told["type"] == "ModuleNotFoundError"
    assert told["missing"] == "x"
    assert told["causes"] == ["ValueError: first"]
    assert "raise error from cause" in told["traceback"]


def test_an_exception_that_hides_its_message_is_told_all_the_same() -> None:
    """Its own code is not trusted to work."""
    assert subject._text(Hostile()) == "(its message cannot be shown)"  # noqa: SLF001


def test_only_as_many_causes_are_told_as_anybody_reads() -> None:
    """A chain without an end is cut."""
    error: BaseException = ValueError("0")
    for at in range(30):
        error = caught(ValueError(str(at)), error)
    assert len(subject._causes(error)) == 10  # noqa: SLF001


def test_a_version_is_a_string_or_none() -> None:
    """What is no string, or raises, is no version."""
    module = types.ModuleType("demo")
    versions = []
    for value in ("1.0", 1.0, None):
        module.__dict__["__version__"] = value
        versions.append(subject._version_attribute(module))  # noqa: SLF001
    assert versions == ["1.0", None, None]
    assert subject._version_attribute(Odd("odd")) is None  # noqa: SLF001


def test_an_attribute_is_there_or_not() -> None:
    """Dotted names are followed; text is told, anything else is only there."""
    module = types.SimpleNamespace(version=types.SimpleNamespace(cuda=None, git="abc"))
    found = [
        subject._attribute(module, name)  # noqa: SLF001
        for name in ("version.git", "version.cuda", "version.hip", "other.git")
    ]
    assert found == [[True, "abc"], [True, None], [False, None], [False, None]]


def test_a_module_lies_in_a_file_or_in_directories() -> None:
    """A namespace package has no file; a module that raises lies nowhere."""
    module = types.ModuleType("demo")
    assert subject._locations(module) == []  # noqa: SLF001
    module.__dict__["__path__"] = ["/one", "/two"]
    assert subject._locations(module) == ["/one", "/two"]  # noqa: SLF001
    module.__file__ = "/one/demo.py"
    assert subject._locations(module) == ["/one/demo.py"]  # noqa: SLF001
    assert subject._locations(Odd("odd")) == []  # noqa: SLF001


def test_a_library_that_cannot_be_loaded_is_told_why(tmp_path: Path) -> None:
    """The loader's own words, and the names that nobody has."""
    path = tmp_path / "libdemo.so"
    path.write_bytes(b"no library")
    assert "libdemo.so" in subject._loaded(str(path))  # noqa: SLF001
    names = ["malloc", "certainly_no_such_function"]
    assert subject._unresolved(names, [str(path)]) == names[1:]  # noqa: SLF001
    assert subject._unresolved([], []) == []  # noqa: SLF001


def test_a_script_ends_well_only_by_its_own_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``sys.exit(0)`` at its own level does; a failure, or an exit from what it calls, does not."""
    monkeypatch.setattr("sys.argv", ["before"])
    monkeypatch.setitem(__import__("sys").modules, "__main__", types.ModuleType("__main__"))
    script = tmp_path / "script.py"
    script.write_text("import sys\nsys.exit(0)\n")
    subject._run_script(str(script))  # noqa: SLF001
    for body in ("raise SystemExit(3)", "import helper_that_is_not_there"):
        script.write_text(body)
        with pytest.raises((SystemExit, ModuleNotFoundError)):
            subject._run_script(str(script))  # noqa: SLF001


def test_warnings_are_recorded_with_their_places() -> None:
    """Kind, text, file and line, as they come."""
    with warnings.catch_warnings():
        recorded = subject._recorded_warnings()  # noqa: SLF001
        warnings.warn("old", DeprecationWarning, stacklevel=1)
    ((kind, message, file, line),) = recorded
    assert (kind, message, file) == ("DeprecationWarning", "old", __file__)
    assert line > 0
    subject._flush()  # noqa: SLF001


def test_what_runs_inside_can_be_loaded_by_any_python() -> None:
    """Loading it does nothing, and both installers do all that the protocol asks of them."""
    assert callable(probe.main)
    assert callable(judge.judge)
    assert callable(alone.carry_out)
    asked = {name for name in vars(installer.Installer) if not name.startswith("_")}
    assert asked <= set(dir(Pip)) & set(dir(Uv))
