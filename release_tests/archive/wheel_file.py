"""The file WHEEL of a dist-info directory, parsed; a pure function of its bytes."""

from __future__ import annotations

import email.parser
import email.policy
from dataclasses import dataclass

from release_tests.archive import excess


@dataclass(frozen=True, slots=True)
class WheelFile:
    """What WHEEL says; every field as written, each value of a repeated one in its order.

    ``beyond`` says why nothing was parsed, empty if it was.
    """

    version: tuple[str, ...] = ()
    generator: tuple[str, ...] = ()
    root_is_purelib: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    build: tuple[str, ...] = ()
    problem: str = ""
    beyond: str = ""


def parse_wheel_file(data: bytes) -> WheelFile:
    """Parse WHEEL; never raises, ``problem`` says where the bytes make no headers."""
    if reason := excess.of_headers(data):
        return WheelFile(beyond=reason)
    problem = ""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        text, problem = data.decode("utf-8", "replace"), f"it is not UTF-8: {error}"
    message = email.parser.HeaderParser(policy=email.policy.compat32).parsestr(text)
    if not problem and (defects := message.defects or _body(message.get_payload())):
        problem = f"a line is no `Field: value`: {defects}"
    return WheelFile(
        version=_all(message, "Wheel-Version"),
        generator=_all(message, "Generator"),
        root_is_purelib=_all(message, "Root-Is-Purelib"),
        tags=_all(message, "Tag"),
        build=_all(message, "Build"),
        problem=problem,
    )


def _body(payload: object) -> str:
    return payload.strip()[:80] if isinstance(payload, str) else ""


def _all(message: email.message.Message, name: str) -> tuple[str, ...]:
    return tuple(str(value).strip() for value in message.get_all(name, []))
