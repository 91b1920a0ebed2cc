"""What lies among the tests: keys and settings are there to be seen, and nothing trusts them."""

from __future__ import annotations

import re

_DIRECTORIES = frozenset(
    ("test", "tests", "testing", "testdata", "test_data", "selftest", "selftests")
)
_STAND_IN = re.compile(r"(dummy|fake|mock).*|fixtures?")
_MODULE = re.compile(r"(tests?([_-].*)?|.*[_-]tests?)\.py\Z")


def among_tests(member: str) -> bool:
    """Say whether the member lies in a directory of tests, or is a module of them."""
    *directories, name = member.split("/")
    within = any(_is_of_tests(directory.lower()) for directory in directories)
    return within or _MODULE.match(name) is not None


def _is_of_tests(directory: str) -> bool:
    return directory in _DIRECTORIES or _STAND_IN.fullmatch(directory) is not None
