"""What in a member looks like a secret: private keys and tokens that let others publish.

A pattern asks for the secret itself, not for its name: the header of a key alone, as libraries
that read keys contain it, is nothing; a key's header followed by its body is, unless dots
abbreviate the body, as documentation does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from release_tests.archive.facts import Secret

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

PRIVATE_KEY = "a private key"

_BREAK = rb"(?:\\{1,4}+[nr]?|[\s\"'+,]){1,64}+"
"""What stands between two lines of a key: also when they are strings of a program or of JSON.

There is one way to read it, and no way back: however long it is, it is looked at once.
"""

_BODY = (
    rb"(?:[A-Za-z0-9+/=]{40,256}+(?!\.)|(?:Proc-Type|DEK-Info|Version|Comment|Hash): ?[^\s\"\\])"
)

_PATTERNS: tuple[tuple[str, tuple[bytes, ...], re.Pattern[bytes]], ...] = (
    (
        PRIVATE_KEY,
        (b"PRIVATE KEY",),
        re.compile(rb"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----" + _BREAK + _BODY),
    ),
    (
        "an upload token of a package index",
        (b"pypi-",),
        re.compile(rb"\bpypi-Ag[A-Za-z0-9_-]{50,}"),
    ),
    (
        "a GitHub token",
        (b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_", b"github_pat_"),
        re.compile(
            rb"(?<![A-Za-z0-9_])gh[pousr]_[A-Za-z0-9]{36}\b|\bgithub_pat_[A-Za-z0-9_]{60,}\b"
        ),
    ),
    ("a GitLab token", (b"glpat-",), re.compile(rb"\bglpat-[A-Za-z0-9_-]{20,}")),
    (
        "an AWS access key with its secret",  # its id alone is none, and stands in signed URLs
        (b"AKIA",),
        re.compile(
            rb"\bAKIA[0-9A-Z]{16}\b.{1,120}?(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])",
            re.DOTALL,
        ),
    ),
    ("an npm token", (b"npm_",), re.compile(rb"\bnpm_[A-Za-z0-9]{36}\b")),
    (
        "a Slack token",
        (b"xoxa-", b"xoxb-", b"xoxp-", b"xoxr-", b"xoxs-"),
        re.compile(rb"\bxox[abprs]-[0-9]{8,}-[A-Za-z0-9-]{20,}"),
    ),
)

SIGNS = tuple(sign for _, signs, _ in _PATTERNS for sign in signs)
"""Where none of them stands, there is no secret; most of them are in hardly any member."""

_DOCUMENTED = (b"EXAMPLE",)
"""Vendors mark the keys of their own documentation with this word."""

_FILLED = 16
"""So many equal letters at its end are no part of a token that somebody drew by lot."""

LONGEST = 512
"""Bytes that a hit may span; neighbouring chunks are searched with this overlap."""


def secrets_in(
    member: str, data: bytes, line: int = 1, seen: Collection[bytes] = SIGNS
) -> Iterator[Secret]:
    """Yield what looks like a secret in *data*, whose first line has the number *line*.

    They come kind by kind, and those of a kind in the order of their lines. *seen* are the signs
    that stand in the data, where that is known.
    """
    for kind, signs, pattern in _PATTERNS:
        if any(sign in seen for sign in signs):
            yield from _of_kind(kind, pattern, member, data, line)


def _of_kind(
    kind: str, pattern: re.Pattern[bytes], member: str, data: bytes, line: int
) -> Iterator[Secret]:
    at = 0
    for hit in pattern.finditer(data):
        line += data.count(b"\n", at, hit.start())
        at = hit.start()
        if not _is_example(kind, hit[0]):
            yield Secret(member, line, kind)


def _is_example(kind: str, found: bytes) -> bool:
    """Say whether it stands for a secret only: marked as that, or one letter over and over."""
    filled = kind != PRIVATE_KEY and len(set(found[-_FILLED:])) == 1
    return filled or any(word in found for word in _DOCUMENTED)
