"""Tokens that nobody else has, servers that shout them back, and a look at wherever they are."""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import re
import secrets
import textwrap
import threading
import time
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from publisher.mishaps.github.faults import LOST
from publisher.mishaps.wire import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from publisher.mishaps.wire import Request

_LEAST = 10
UPLOADS, ITSELF = ("-m", "publisher.sending"), ("-m", "publisher")


def hatch(role: str) -> str:
    """Return a token in which everything that is quoted anywhere stands at its beginning."""
    return f'{role[:2]}/"+\\&{secrets.token_hex(16)}'


def spellings(token: str, username: str) -> dict[str, str]:
    """Return how a server may give a token back, by what it did."""
    pair = base64.b64encode(f"{username}:{token}".encode()).decode()
    return {
        "plain": token,
        "Basic": pair,
        "base64": base64.b64encode(token.encode()).decode(),
        "beside": base64.b64encode(f"x-access-token:{token} ".encode()).decode(),
        "url-safe": base64.urlsafe_b64encode(f".{token}".encode()).decode(),
        "quoted": quote(token),
        "quoted whole": quote_plus(token),
        "JSON": json.dumps({"token": token}),
        "JSON twice": json.dumps(json.dumps({"token": token})),
        "HTML": escape(token),
        "repr": repr({"token": token}),
        "address": f"https://{username}:{quote(token, safe='')}@host.example.com/",
        "wrapped": "\n      ".join(textwrap.wrap(f"{pair} {token}", 13)),
    }


def traces(token: str, text: str) -> list[str]:
    """Return what of a token stands in a text, whole or in part, as it is or spelled otherwise."""
    bare = re.sub(r"\s|\\n|\\", "", text)
    marks = {token[-_LEAST:], token[6:20]}
    for before in range(3):
        whole = base64.b64encode(b"." * before + token.encode())
        marks.add(whole[-24:-8].decode())
    return sorted(mark for mark in marks if mark in bare)


def shouting(status: int, token: str, username: str) -> Answer:
    """Return a refusal that gives back the token in every spelling, also in its status line."""
    told = spellings(token, username)
    body = "\n".join(f"{way}: {text}" for way, text in told.items())
    reason = f"no, {told['Basic']} {token}"
    return Answer(status, body.encode(), "text/plain", reason=reason)


@dataclass
class Mood:
    """How an index behaves towards uploads of files: None where it takes them."""

    token: str
    username: str
    status: int | None = None
    cut: bool = False
    seconds: float = 0.0

    def struck(self, request: Request) -> Answer | None:
        """Return what it answers in its mood; None where it is in none."""
        if request.method != "POST" or b'name="content"' not in request.body:
            return None
        time.sleep(self.seconds)
        if self.cut:
            return LOST
        return shouting(self.status, self.token, self.username) if self.status else None


@dataclass
class Watch:
    """What processes showed while somebody looked: by command line, whose tokens it had."""

    tokens: Mapping[str, str]
    below: str
    seen: set[tuple[tuple[str, ...], str, str]] = field(default_factory=set)
    commands: set[tuple[str, ...]] = field(default_factory=set)

    def look(self) -> None:
        """Look at every process whose environment says that it is of this run."""
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                words = _read(process, "cmdline")
                variables = _read(process, "environ")
                # In between it may have become another program, with another environment.
                if words == _read(process, "cmdline") and self.below in str((words, variables)):
                    self._note(tuple(words), "\n".join(words), "\n".join(variables))

    def _note(self, words: tuple[str, ...], command: str, variables: str) -> None:
        self.commands.add(words)
        for role, token in self.tokens.items():
            for where, text in (("command line", command), ("environment", variables)):
                if traces(token, text):
                    self.seen.add((words, where, role))

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Look again and again."""
        over = threading.Event()

        def watch() -> None:
            while not over.wait(0.01):
                self.look()

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def leaks(self) -> list[str]:
        """Return who had what it must not have."""
        return [
            f"{role} in the {where} of {' '.join(words)[:160]}"
            for words, where, role in sorted(self.seen)
            if where == "command line" or not self._may(words, role)
        ]

    def _may(self, words: tuple[str, ...], role: str) -> bool:
        """Whether a process may have a token: the publisher, and what uploads for one index."""
        pairs = set(itertools.pairwise(words))
        if UPLOADS in pairs:
            return f"/{role}/" in " ".join(words)
        return ITSELF in pairs or "cli.run()" in " ".join(words)


def _read(process: Path, name: str) -> list[str]:
    return (process / name).read_bytes().decode(errors="replace").split("\0")


def in_files(place: Path, tokens: Mapping[str, str]) -> list[str]:
    """Return which files below *place* hold which token."""
    return [
        f"{role} in {path.relative_to(place)}"
        for path in sorted(place.rglob("*"))
        if path.is_file() and path.name != ".env"
        for role, token in tokens.items()
        if traces(token, path.read_bytes().decode(errors="replace"))
    ]
