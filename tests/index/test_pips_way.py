"""What is fetched is fetched as pip here would: by its proxy and with its certificates."""

from __future__ import annotations

import os
import shutil
import ssl
from typing import TYPE_CHECKING

import pytest

from release_tests.errors import IndexUnavailable
from release_tests.index.release import pips_index
from release_tests.index.transport import open_client
from release_tests.index.way import Way, pips_way
from release_tests.process import run
from tests.index.wire import Answer, Request, html_page, no_sleep, serving

if TYPE_CHECKING:
    from pathlib import Path

NAME = "demo-1.0-py3-none-any.whl"
PAGE = html_page(f'<a href="{NAME}#sha256={"ab" * 32}">{NAME}</a>')
CERTIFICATE = (
    *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
    *("-nodes", "-subj", "/CN=index", "-addext", "subjectAltName=IP:127.0.0.1"),
)


def environ(place: Path, **options: object) -> dict[str, str]:
    """Return the variables of a machine whose pip is configured so, and in no other way."""
    lines = [
        "[global]",
        *(f"{name.replace('_', '-')} = {value}" for name, value in options.items()),
    ]
    place.mkdir(exist_ok=True)
    (place / "pip.conf").write_text("\n".join(lines))
    return {"HOME": str(place), "PIP_CONFIG_FILE": str(place / "pip.conf")}


def fetched(variables: dict[str, str]) -> list[str]:
    """Return the files of a project on the index that pip is set up for."""
    with pips_index(variables) as index:
        index.sleep = no_sleep
        return [file.name for file in index.files("demo")]


@pytest.mark.parametrize("form", ["http://bob:hunter2@{}", "bob:hunter2@{}"])
def test_pips_proxy_is_used(tmp_path: Path, form: str) -> None:
    """An index that only the proxy can reach is reached, with the proxy's credentials."""
    index = "http://index.invalid/simple/"

    def answer(request: Request) -> Answer:
        return PAGE if request.path == f"{index}demo/" else Answer(404)

    with serving(answer) as wire:
        proxy = form.format(wire.url.removeprefix("http://"))
        assert fetched(environ(tmp_path, index_url=index, proxy=proxy)) == [NAME]
    assert wire.seen[0].headers["proxy-authorization"].startswith("Basic ")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes the certificate")
@pytest.mark.parametrize("option", ["cert", "REQUESTS_CA_BUNDLE"])
def test_pips_certificates_are_trusted(tmp_path: Path, option: str) -> None:
    """An index with a certificate of one's own is believed where pip is told of it, only there."""
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    places = ("-keyout", str(key), "-out", str(certificate))
    run([*CERTIFICATE, *places], deadline=60, env=os.environ)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    told = {option: str(certificate)}
    with serving(lambda _: PAGE, tls) as wire:
        with pytest.raises(IndexUnavailable, match=r"(?is)certificate.*REQUESTS_CA_BUNDLE"):
            fetched(environ(tmp_path, index_url=wire.url))
        if option == "cert":
            variables = environ(tmp_path / "told", index_url=wire.url, **told)
        else:
            variables = environ(tmp_path / "told", index_url=wire.url) | told
        assert fetched(variables) == [NAME]


@pytest.mark.parametrize(
    "way",
    [
        Way(proxy="gopher://bob:hunter2@127.0.0.1:9"),
        Way(proxy="http://bob:hunter2@127.0.0.1:port"),
        Way(trusted="/nowhere/ca.pem"),
        Way(own="/nowhere/own.pem"),
    ],
)
def test_a_way_that_makes_no_sense_is_an_error(way: Way) -> None:
    """A proxy that nobody speaks, or a file that is not there, is named, without a password."""
    with pytest.raises(IndexUnavailable, match="no connection can be set up") as caught:
        open_client("http://index.invalid/", way)
    assert "hunter2" not in str(caught.value)


def test_the_environment_decides_where_pip_is_not_told(tmp_path: Path) -> None:
    """Without any option of pip nothing is prescribed to the client."""
    assert pips_way({"HOME": str(tmp_path), "PIP_CONFIG_FILE": os.devnull}) == Way()
