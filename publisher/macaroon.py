"""What a PyPI token says of itself, read without any network: for whom, which projects, how long.

A token is ``pypi-`` and a macaroon in the binary format of libmacaroons, version 2: a byte 2, then
packets of a type, a length (both as base-128 numbers) and data; sections end with a type 0. Its
caveats are JSON, each a restriction that holds together with all others. Nothing here proves that
the token is genuine: only the index can.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = "pypi-"

_VERSION = 2
_END, _LOCATION, _IDENTIFIER, _SIGNATURE = 0, 1, 2, 6
_MOST_SHIFT = 28


class NoMacaroon(ValueError):
    """The token is none, or damaged: cut, or with something else in it."""


@dataclass(frozen=True, slots=True)
class Restrictions:
    """What a token is restricted to.

    ``location`` is the host that it was made for. ``projects`` are names as they were written,
    None where none are named: it may still be restricted to projects by their numbers, which
    ``numbered`` says. ``until`` and ``since`` are Unix time, None where not limited.
    """

    location: str
    projects: frozenset[str] | None = None
    numbered: bool = False
    since: int | None = None
    until: int | None = None


def read(token: str) -> Restrictions:
    """Return what *token*, which begins with ``pypi-``, says of itself; raise NoMacaroon."""
    data = _decoded(token.removeprefix(PREFIX))
    if not data or data[0] != _VERSION:
        raise NoMacaroon("it is of an unknown form")
    head, *caveats = list(_sections(data[1:])) or [{}]
    if _IDENTIFIER not in head:
        raise NoMacaroon("it has no head")
    found = Restrictions(head.get(_LOCATION, b"").decode("utf-8", "replace"))
    for caveat in caveats:
        found = _restricted(found, caveat.get(_IDENTIFIER, b""))
    return found


def _decoded(text: str) -> bytes:
    try:
        padded = text + "=" * (-len(text) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoMacaroon("it holds characters that no token has, or was cut") from error


def _sections(data: bytes) -> Iterator[dict[int, bytes]]:
    """Yield the fields of the head, then those of each caveat."""
    offset, section = 0, dict[int, bytes]()
    while True:
        kind, offset = _number(data, offset)
        if kind != _END:
            length, offset = _number(data, offset)
            section[kind], offset = data[offset : offset + length], offset + length
            if offset > len(data):
                raise NoMacaroon("it was cut")
        elif section:
            yield section
            section = {}
        else:
            _require_signature(data, offset)
            return


def _require_signature(data: bytes, offset: int) -> None:
    kind, offset = _number(data, offset)
    length, offset = _number(data, offset)
    if kind != _SIGNATURE or offset + length != len(data):
        raise NoMacaroon("it was cut, or something follows it")


def _number(data: bytes, offset: int) -> tuple[int, int]:
    """Return the base-128 number at *offset*, and where it ends."""
    value = shift = 0
    while offset < len(data) and shift <= _MOST_SHIFT:
        byte = data[offset]
        offset += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004 - the bit that says that more follows
            return value, offset
        shift += 7
    raise NoMacaroon("it was cut")


def _restricted(found: Restrictions, caveat: bytes) -> Restrictions:
    """Return what holds with one more caveat; one of an unknown form restricts nothing we know."""
    try:
        stated = json.loads(caveat)
    except (ValueError, RecursionError):
        return found
    if isinstance(stated, list) and stated:
        return _numbered(found, stated)
    if isinstance(stated, dict):
        return _named(found, stated)
    return found


def _numbered(found: Restrictions, stated: list[Any]) -> Restrictions:
    """Take a caveat of today's form: its kind as a number, then its values."""
    match stated:
        case [0, int(until), int(since)]:
            return _within(found, since, until)
        case [1, [*names]]:
            return _only(found, names)
        case [2, [*_]]:
            return _by_number(found)
    return found


def _named(found: Restrictions, stated: dict[str, Any]) -> Restrictions:
    """Take a caveat of the form that tokens had until 2022."""
    match stated:
        case {"permissions": {"projects": [*names]}}:
            return _only(found, names)
        case {"nbf": int(since), "exp": int(until)}:
            return _within(found, since, until)
        case {"project_ids": [*_]}:
            return _by_number(found)
    return found


def _only(found: Restrictions, names: list[Any]) -> Restrictions:
    named = frozenset(str(name) for name in names)
    both = named if found.projects is None else named & found.projects
    return replace(found, projects=both)


def _within(found: Restrictions, since: int, until: int) -> Restrictions:
    latest = since if found.since is None else max(since, found.since)
    earliest = until if found.until is None else min(until, found.until)
    return replace(found, since=latest, until=earliest)


def _by_number(found: Restrictions) -> Restrictions:
    return replace(found, numbered=True)
