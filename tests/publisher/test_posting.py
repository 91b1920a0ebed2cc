"""What is posted is what twine's own command would post, and the process loads no more for it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from requests_toolbelt import MultipartDecoder

import release_tests
from publisher.credentials import Login
from publisher.environment import for_twine
from publisher.mishaps.wire import Answer, Request, serving
from publisher.sending.sender import Sender
from release_tests.archive.digest import sha256_of
from release_tests.index.locations import locate
from release_tests.policy import IndexPolicy
from release_tests.process import run
from tests.forge import Wheel
from tests.forge_sdist import Sdist

LOGIN = Login("someone", "an-odd-secret", "nowhere")
METADATA = """\
Metadata-Version: 2.4
Name: Demo.Project
Version: 1.0
Summary: Übersicht
Keywords: one,two
Author-email: Some One <someone@example.com>
Classifier: Programming Language :: Python :: 3
Classifier: Operating System :: OS Independent
Requires-Dist: one>=1
Requires-Dist: two; extra == "more"
Provides-Extra: more
Requires-Python: >=3.9
Project-URL: Home, https://example.com/?a=1&b="2"
Project-URL: Changes, https://example.com/changes
License-Expression: MIT
License-File: LICENSE
Description-Content-Type: text/markdown; charset=UTF-8

# Demo

--a line like a boundary--\r
déjà vu
"""


def by_twine(url: str, path: Path) -> None:
    """Have twine's command upload the file."""
    words = [sys.executable, "-m", "twine", "upload", "--non-interactive", "--repository-url", url]
    environ = for_twine(LOGIN, os.environ)
    run([*words, "--disable-progress-bar", str(path)], deadline=60, env=environ)


def by_us(url: str, path: Path) -> None:
    """Have our process upload the file."""
    location = locate("staging", IndexPolicy(upload_url=url, simple_url=url))
    sender = Sender(location, LOGIN, os.environ, 1)
    try:
        assert sender.send(path, sha256_of(path), 60, lambda *_: None).taken
    finally:
        sender.close()


def parts(request: Request) -> list[tuple[bytes, bytes, bytes]]:
    """Return the parts of a form: how each is named, of what type it is, and what it holds."""
    found = MultipartDecoder(request.body, request.headers["content-type"]).parts
    return [
        (it.headers[b"Content-Disposition"], it.headers.get(b"Content-Type", b""), it.content)
        for it in found
    ]


def headers(request: Request) -> dict[str, str]:
    """Return what may be compared: a boundary is made up, and the length hangs on it."""
    made_up = {"content-type", "content-length"}
    return {name: value for name, value in request.headers.items() if name not in made_up}


@pytest.mark.parametrize("what", ["wheel", "large wheel", "sdist"])
def test_the_form_is_that_of_twines_command(tmp_path: Path, what: str) -> None:
    """Every part and every header is what twine's own command sends; parts have no order there."""
    big = {"demo_project/data": os.urandom(300_000)} if what == "large wheel" else None
    forged = (
        Sdist(name="demo_project", pkg_info=METADATA)
        if what == "sdist"
        else Wheel(name="demo_project", metadata=METADATA, files=big)
    )
    path = forged.write(tmp_path)
    with serving(lambda _: Answer()) as wire:
        by_twine(f"{wire.url}/", path)
        by_us(f"{wire.url}/", path)
    twines, ours = wire.seen
    assert sorted(parts(ours)) == sorted(parts(twines))
    assert parts(ours)[-1][2] == path.read_bytes()
    assert len(parts(ours)) > 20
    assert headers(ours) == headers(twines)
    assert int(ours.headers["content-length"]) == len(ours.body)


def loaded(environ: dict[str, str]) -> str:
    """Return what Python says of all that the process loads, in this environment."""
    environ = environ | {"PYTHONPATH": str(Path(release_tests.__file__).resolve().parents[1])}
    words = [sys.executable, "-P", "-X", "importtime", "-m", "publisher.sending", "1"]
    words += ["--non-interactive", "--repository-url", "http://127.0.0.1:9/"]
    return run(words, deadline=60, env=environ).stderr


def test_no_keyring_is_loaded_where_the_token_was_given() -> None:
    """Programs of others, which a keyring may bring, stay out of the process with the token."""
    quiet = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    given = for_twine(LOGIN, os.environ) | quiet
    sought = for_twine(Login(None, None, "nowhere"), os.environ) | quiet
    assert "keyring.core" not in loaded(given)
    assert "twine.auth" in loaded(given)
    assert "keyring.core" in loaded(sought)
