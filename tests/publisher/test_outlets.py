"""What Python and libraries say by themselves is redacted like everything else."""

from __future__ import annotations

import io
import logging
import sys
import threading
import warnings
from types import SimpleNamespace

import pytest

from publisher.environment import withdraw
from publisher.log import Log
from publisher.outlets import guarded
from publisher.redaction import Redactor
from publisher.sending.answer import whole_words
from release_tests.policy import IndexesPolicy, IndexPolicy, Policy
from release_tests.process import ordinary

SECRET = "c4n4ry-0123456789"


@pytest.fixture
def stream() -> io.StringIO:
    """Return where the log goes."""
    return io.StringIO()


@pytest.fixture
def console(stream: io.StringIO) -> Log:
    """Return a log that knows the secret."""
    redact = Redactor()
    redact.register(SECRET)
    return Log(redact, stream)


def _die() -> None:
    raise ValueError(SECRET)


def _thread() -> None:
    thread = threading.Thread(target=_die)
    thread.start()
    thread.join()


def _unraisable() -> None:
    sys.unraisablehook(SimpleNamespace(exc_value=ValueError(SECRET)))


def _warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning(SECRET, UserWarning, "somewhere", 1)


def _logged() -> None:
    logging.getLogger("somebody").warning("with %s", SECRET)


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (_thread, "[ERROR] a thread ended:\nTraceback"),
        (_unraisable, "[WARNING] passed over:\nValueError: ***"),
        (_warning, "[WARNING] UserWarning: ***"),
        (_logged, "[WARNING] somebody: with ***"),
    ],
    ids=["thread", "unraisable", "warning", "logged"],
)
def test_what_is_said_past_the_log_goes_through_it(
    console: Log, stream: io.StringIO, happens: object, said: str
) -> None:
    """A thread's end, what nobody can catch, warnings, and what libraries log."""
    assert callable(happens)
    with guarded(console):
        happens()
    assert said in stream.getvalue()
    assert SECRET not in stream.getvalue()


def test_afterwards_everything_is_as_it_was(console: Log, stream: io.StringIO) -> None:
    """Whoever has the process next says it in their own way."""
    before = threading.excepthook, sys.unraisablehook, warnings.showwarning
    with guarded(console):
        assert threading.excepthook is not before[0]
    assert (threading.excepthook, sys.unraisablehook, warnings.showwarning) == before
    _logged()
    assert stream.getvalue() == ""


def test_half_a_word_is_no_word() -> None:
    """A token that is cut in two would be known by nobody."""
    assert whole_words("one two c4n4") == "one two "
    assert whole_words("n4ry three", beginning=False) == " three"
    assert whole_words("c4n4") == ""


def test_secret_variables_are_taken_out_and_others_stay() -> None:
    """Those that the policy names, those by default, and how a CI system proves who it is."""
    named = IndexPolicy(token_env="MINE")
    policy = Policy(indexes=IndexesPolicy(staging=named, production=named))
    gone = ("MINE", "PYPI_API_TOKEN", "GH_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN")
    environ = dict.fromkeys((*gone, "RELEASE_GATES_NOTIFY"), SECRET) | {"PATH": "/bin"}
    withdraw(environ, policy)
    assert environ == {"PATH": "/bin"}


def test_a_program_that_needs_little_is_given_little() -> None:
    """Where things are and which language is spoken, and what is asked for besides."""
    environ = {
        "PATH": "/bin",
        "LC_ALL": "C",
        "XDG_CONFIG_HOME": "/c",
        "TOKEN": SECRET,
        "PIP_A": "b",
    }
    assert ordinary(environ) == {"PATH": "/bin", "LC_ALL": "C", "XDG_CONFIG_HOME": "/c"}
    assert ordinary(environ, "PIP_") == ordinary(environ) | {"PIP_A": "b"}
