"""Debian's ``gh`` as a second client of the stand-in, which so is held against it, too.

It speaks https only, so the stand-in has a certificate of its own, by SSL_CERT_FILE.
"""

from __future__ import annotations

import json
import os
import shutil
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from publisher.errors import Conflict
from publisher.github import token
from publisher.mishaps.github.shapes import FULL
from publisher.mishaps.github.standin import standing_in
from publisher.mishaps.github.state import WRITER, Repository
from publisher.redaction import Redactor
from release_tests.github import GitHubPolicy
from release_tests.index.transport import open_client
from release_tests.index.way import Way
from release_tests.process import Completed, run
from tests.publisher.github.scene import TAG, WHEEL, Scene

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.publisher.scene import Clock

pytestmark = [
    pytest.mark.skipif(shutil.which("gh") is None, reason="gh is not installed"),
    pytest.mark.skipif(shutil.which("openssl") is None, reason="makes the certificate"),
]
CERTIFICATE = (
    *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
    *("-nodes", "-subj", "/CN=github", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"),
)


def keep_token(home: Path, host: str, secret: str) -> None:
    """Let ``gh`` be logged in at a host."""
    settings = home / ".config" / "gh"
    settings.mkdir(parents=True, exist_ok=True)
    (settings / "hosts.yml").write_text(
        f'"{host}":\n    oauth_token: {secret}\n    user: me\n    git_protocol: https\n'
    )


@dataclass
class Pair:
    """The publisher and ``gh``, at one repository."""

    scene: Scene
    certificate: Path

    def gh(self, *words: str) -> Completed:
        """Run ``gh``, which has nothing of this machine's but its own program."""
        host = self.scene.github.url.removeprefix("https://")
        # Not by GH_ENTERPRISE_TOKEN, which gh shows the host of the files, too.
        keep_token(self.certificate.parent, host, WRITER)
        environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.certificate.parent),
            "GH_HOST": host,
            "SSL_CERT_FILE": str(self.certificate),
            "GH_NO_UPDATE_NOTIFIER": "1",
        }
        return run(
            ["gh", *words, "--repo", f"{host}/{FULL}"],
            deadline=60,
            env=environ,
            cwd=self.certificate.parent,
        )


@pytest.fixture
def pair(clock: Clock, tmp_path: Path) -> Iterator[Pair]:
    """Return both, at a stand-in that speaks https; its files are on a host of another name."""
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    places = ("-keyout", str(key), "-out", str(certificate))
    run([*CERTIFICATE, *places], deadline=60, env=os.environ)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    held = Repository(clock)
    held.commit("Begin")
    with (
        standing_in(held, tls) as github,
        open_client(github.api_url, Way(trusted=str(certificate))) as client,
    ):
        github.files_url = github.files_url.replace("127.0.0.1", "localhost")
        yield Pair(Scene(github, clock, tmp_path, client), certificate)


def test_gh_sees_what_the_publisher_made(pair: Pair) -> None:
    """The release, and the very bytes of its file."""
    pair.scene.make()
    seen = json.loads(pair.gh("release", "view", TAG, "--json", "assets,isDraft,name").stdout)
    assert (seen["isDraft"], seen["name"]) == (False, "Demo 1.0")
    assert [one["name"] for one in seen["assets"]] == [WHEEL]
    into = pair.certificate.parent / "downloaded"
    pair.gh("release", "download", TAG, "--dir", str(into))
    assert (into / WHEEL).read_bytes() == b"bytes"


def test_what_gh_published_is_completed(pair: Pair) -> None:
    """A release that a maintainer made by hand gets the files, and keeps its words."""
    pair.gh("release", "create", TAG, "--title", "By hand", "--notes", "Ours", "--target", "main")
    pair.scene.make()
    release = pair.scene.only()
    assert pair.scene.contents(release) == {WHEEL: b"bytes"}
    assert (release.title, release.body) == ("By hand", "Ours")


def test_what_gh_attached_is_compared(pair: Pair) -> None:
    """The same bytes are skipped, others are a conflict."""
    file = pair.scene.file(WHEEL)
    pair.gh("release", "create", TAG, "--title", "t", "--notes", "n", str(file.path))
    assert pair.scene.make().given == ()
    with pytest.raises(Conflict):
        pair.scene.make(pair.scene.intent(pair.scene.file(WHEEL, b"other")))


def test_a_draft_of_gh_is_somebody_elses(pair: Pair) -> None:
    """It is taken where the policy says so, and published with what was attached by hand."""
    path = pair.scene.file("manual.pdf", b"pdf").path
    words = ("--draft", "--title", "Mine", "--notes", "Still writing")
    pair.gh("release", "create", TAG, *words, str(path))
    with pytest.raises(Conflict, match="somebody else"):
        pair.scene.make()
    pair.scene.make(pair.scene.intent(adopts=True))
    release = pair.scene.only()
    assert pair.scene.contents(release) == {"manual.pdf": b"pdf", WHEEL: b"bytes"}
    assert (release.draft, release.body) == (False, "Still writing")


def test_a_draft_of_the_publisher_is_published_by_gh(pair: Pair) -> None:
    """Where the policy leaves that to a maintainer; the next run finds it whole."""
    intent = pair.scene.intent(stays_draft=True)
    pair.scene.make(intent)
    pair.gh("release", "edit", TAG, "--draft=false", "--tag", TAG)
    assert not pair.scene.only().draft
    assert pair.scene.make(intent).given == ()


def test_the_token_that_gh_keeps_is_found(tmp_path: Path) -> None:
    """For the host of the policy only; a variable of the policy's own rules it out."""
    keep_token(tmp_path, "github.example.com", "gho_kept")
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    redact = Redactor()

    def found(host: str, policy: GitHubPolicy) -> token.Token | None:
        return token.find(policy, host, environ=environ, directories=(), redact=redact)

    kept = found("github.example.com", GitHubPolicy())
    assert kept is not None
    assert (kept.secret, kept.origin) == ("gho_kept", "`gh auth token`")
    assert "gho_kept" not in redact("gho_kept") + repr(kept)
    assert found("other.example.com", GitHubPolicy()) is None
    assert found("github.example.com", GitHubPolicy(token_env="MINE")) is None
