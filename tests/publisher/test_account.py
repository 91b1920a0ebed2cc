"""What twine signs in with by itself is minted anew before it expires, by twine's own way."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import shutil
import ssl
import time
from typing import TYPE_CHECKING, Any

import pytest
import twine.utils

from publisher.credentials import Login
from publisher.environment import spends_identity
from publisher.index.lane import Lane
from publisher.index.target import IndexTarget
from publisher.sending.sender import Sender
from publisher.sending.uploader import serve
from release_tests.archive.digest import sha256_of
from release_tests.process import run
from tests.forge import Wheel
from tests.index.wire import Answer as Posted
from tests.index.wire import serving
from tests.publisher.minting import LIFETIME, Mint, identity
from tests.publisher.scene import Clock, artifact

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.publisher.scene import Scene

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="makes the certificate")
CERTIFICATE = (
    *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
    *("-nodes", "-subj", "/CN=mint", "-addext", "subjectAltName=IP:127.0.0.1"),
)


class Game:
    """An index on loopback that mints tokens, and a CI system whose identity it takes."""

    def __init__(self, place: Path, url: str, mint: Mint) -> None:
        """Take where wheels are forged, the index's address, and the index."""
        self.path = Wheel().write(place)
        self.url, self.mint = url, mint

    def answers(self, *waits: float, options: tuple[str, ...] = ()) -> list[dict[str, Any]]:
        """Return what comes of sending the file after each of these waits, in seconds."""
        told: list[dict[str, Any]] = []
        task = {"path": str(self.path), "sha256": sha256_of(self.path), "seconds": 30}

        def lines() -> Iterator[str]:
            for number, wait in enumerate(waits):
                while sum("status" in it for it in told) < number:
                    time.sleep(0.01)
                assert isinstance(self.mint.clock, Clock)
                self.mint.clock.sleep(wait)
                yield json.dumps({"task": number, **task})

        arguments = ["1", "--non-interactive", "--disable-progress-bar", *options]
        arguments += ["--repository-url", f"{self.url}/legacy/"]
        serve(arguments, lines(), lambda it: told.append(dict(it)), self.mint.clock)
        assert told[0] == {"ready": True}
        return [it for it in told if "status" in it]


@pytest.fixture
def game(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Game]:
    """Yield it all, over https: twine asks for tokens by no other way."""
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    places = ("-keyout", str(key), "-out", str(certificate))
    run([*CERTIFICATE, *places], deadline=60, env=os.environ)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    mint = Mint(Clock())
    with serving(mint.answer, tls) as wire, serving(mint.identity) as system:
        # Of the index that twine knows to mint tokens, only the address is another.
        monkeypatch.setattr(twine.utils, "DEFAULT_REPOSITORY", f"{wire.url}/legacy/")
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        monkeypatch.setenv("GITHUB_ACTIONS", "true")
        monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "the job's own")
        monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", system.url)
        monkeypatch.delenv("TWINE_PASSWORD", raising=False)
        yield Game(tmp_path, wire.url, mint)


def test_a_token_is_minted_anew_before_it_expires(game: Game) -> None:
    """Hours may lie between two files; within minutes the same token does for both."""
    answers = game.answers(0, 300, 400, 3600)
    assert [it["status"] for it in answers] == [200] * 4
    first, second, third, fourth = game.mint.uploads
    assert first == second
    assert len({second, third, fourth}) == 3
    assert len(game.mint.tokens) == 3


def test_a_token_that_expired_on_the_way_is_minted_once_more(game: Game) -> None:
    """How long it holds cannot be told, and a file may be longer on the line than that."""
    game.mint.lifetime = 200
    answers = game.answers(0, 250)
    assert [it["status"] for it in answers] == [200, 200]
    assert len(game.mint.tokens) == 2


def test_a_refusal_of_a_new_token_is_one(game: Game) -> None:
    """It is not expired, so another would be refused as well."""
    game.mint.lifetime = 0
    (answer,) = game.answers(30)
    assert answer["status"] == 403
    assert len(game.mint.tokens) == 1


@pytest.mark.parametrize(("wait", "status"), [(700, 200), (1000, 403)])
def test_a_token_that_cannot_be_minted_anew_is_used_while_it_holds(
    game: Game, wait: float, status: int
) -> None:
    """When it does not hold any more, the refusal says why there is no other."""
    game.mint.most = 1
    first, second = game.answers(0, wait)
    assert (first["status"], second["status"]) == (200, status)
    if status == 403:
        assert "signing in anew failed: TrustedPublishingFailure" in second["text"]
        assert "no corresponding publisher" in second["text"]


def test_a_token_that_was_given_is_never_looked_up_anew(game: Game) -> None:
    """Whoever named it wants that one, however long the release takes."""
    token = "pypi-AgEgiven"
    game.mint.tokens[token] = LIFETIME * 10
    answers = game.answers(0, LIFETIME * 2, LIFETIME * 20, options=("-u", "__token__", "-p", token))
    assert [it["status"] for it in answers] == [200, 200, 403]
    assert set(game.mint.tokens) == {token}


@pytest.mark.parametrize(
    ("environ", "token", "once"),
    [
        ({"GITLAB_CI": "true", "PYPI_ID_TOKEN": identity(1)}, None, True),
        ({"GITLAB_CI": "true", "PYPI_ID_TOKEN": identity(1)}, "given", False),
        ({"GITLAB_CI": "true"}, None, False),
        ({"GITHUB_ACTIONS": "true", "PYPI_ID_TOKEN": "?"}, None, False),
    ],
)
def test_an_identity_that_an_index_takes_once_is_known(
    environ: dict[str, str], token: str | None, once: bool,  # noqa: FBT001
) -> None:  # fmt: skip
    """It is kept for the upload: nothing is asked beforehand that would spend it."""
    assert spends_identity(Login(None, token, ""), environ) is once


def test_an_identity_that_an_index_takes_once_is_not_spent_on_a_question(scene: Scene) -> None:
    """Nothing is asked before the first file, and that is said."""
    it = artifact(scene.wheel())
    with serving(lambda _: Posted()) as wire:
        scene.urls["staging"] = wire.url
        place = dataclasses.replace(scene.index(), login=Login(None, None, ""))
        desk = dataclasses.replace(
            scene.desk, environ={"GITLAB_CI": "true", "TESTPYPI_ID_TOKEN": identity(1)}
        )
        with contextlib.closing(Sender(place.location, place.login, desk.environ, 1)) as sender:
            target = IndexTarget(place, Lane(place, sender, 1))
            assert list(target.preflight([it], [it], desk)) == []
    assert wire.seen == []
    assert f"a token for {target} is minted just before its first file" in scene.said
