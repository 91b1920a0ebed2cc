"""What a smoke test is: a test of the project's own that is run where the wheel is installed."""

from __future__ import annotations

from dataclasses import dataclass

from release_tests.decoding import key, seconds, text, texts, variables


@dataclass(frozen=True, slots=True, kw_only=True)
class Smoke:
    """One smoke test, as the policy declares it."""

    run: str = key(
        text,
        "A Python file, or a directory of tests that pytest runs; from the directory of the policy "
        "file. Required.",
        default="",
        required=True,
    )
    env: tuple[tuple[str, str], ...] = key(
        variables, "Variables that it gets, beside the few that everything gets.", default=()
    )
    preload: tuple[str, ...] = key(
        texts,
        "Libraries for `LD_PRELOAD`: a path from the directory of the policy file, or the name of "
        "a library that something in the environment brings.",
        default=(),
    )
    requirements: tuple[str, ...] = key(
        texts,
        "What is installed for it, as in `pytest>=8`; a directory of tests gets pytest anyway.",
        default=(),
    )
    without: tuple[str, ...] = key(
        texts,
        "Distributions that are taken out of the environment for it, because they do not work "
        "there. The evidence says so.",
        default=(),
    )
    deadline: float = key(seconds, "Seconds for it.", default=600.0)
