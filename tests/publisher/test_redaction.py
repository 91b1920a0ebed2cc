"""No secret is shown, in whatever form and by whatever way."""

from __future__ import annotations

import base64
import json
import re
import textwrap
from html import escape
from urllib.parse import quote, quote_plus

import pytest

from publisher.redaction import Redactor

SECRET = 'c4n4ry/"and+more of it\\'


@pytest.fixture
def redact() -> Redactor:
    """Return a redactor that knows the secret."""
    it = Redactor()
    it.register(SECRET, "joe")
    return it


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET, safe=""),
        base64.b64encode(f"joe:{SECRET}".encode()).decode(),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
        base64.b64encode(f"x-access-token:{SECRET}:x".encode()).decode(),
        base64.b64encode(f"12 {SECRET} 1".encode()).decode(),
        quote(SECRET),
        re.sub("%..", lambda match: match[0].lower(), quote_plus(SECRET)),
        escape(SECRET),
        json.dumps({"password": SECRET}),
        json.dumps(json.dumps({"password": SECRET})),
        json.dumps(f"{SECRET[:12]}\n  {SECRET[12:]}"),
        repr({"password": SECRET}),
        f"http://joe:{quote(SECRET, safe='')}@host/",
        f"\x1b[1m{SECRET[:9]}\x1b[0m{SECRET[9:]}",
        "\n    ".join(textwrap.wrap(base64.b64encode(f"joe:{SECRET}".encode()).decode(), 10)),
    ],
)
def test_every_form_of_a_secret_is_hidden(redact: Redactor, form: str) -> None:
    """As it is, as it is sent, quoted, coloured or wrapped: it is replaced."""
    shown = redact(f"before {form} after")
    assert "***" in shown
    assert "c4n4ry" not in shown
    assert base64.b64encode(f"joe:{SECRET}".encode()).decode()[:12] not in shown
    for before in range(3):
        assert base64.b64encode(b"." * before + SECRET.encode()).decode()[4:16] not in shown
    assert shown.startswith("before ")
    assert shown.endswith(" after")


def test_tracebacks_are_redacted(redact: Redactor) -> None:
    """An error that quotes a secret, or is caused by one that does, is shown without it."""
    with pytest.raises(RuntimeError) as caught:
        _fail()
    shown = redact.traceback(caught.value)
    assert "c4n4ry" not in shown
    assert "cannot use ***" in shown
    assert "JSONDecodeError" in shown


def _fail() -> None:
    try:
        json.loads(SECRET)
    except ValueError as error:
        raise RuntimeError(f"cannot use {SECRET}") from error


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("token pypi-AgEIcHlwaS5vcmcCJGFi used", "token *** used"),
        ("from https://me:you@host/simple/", "from https://***@host/simple/"),
        ("via bob:hunter2@127.0.0.1:9", "via ***@127.0.0.1:9"),
        ("in pypi-publishing-pipeline-2026/dist", "in pypi-publishing-pipeline-2026/dist"),
        ("bell \x07 and null \x00", "bell \\x07 and null \\x00"),
        ("two\nlines\tstay", "two\nlines\tstay"),
    ],
)
def test_what_nobody_registered_is_known_by_its_form(text: str, shown: str) -> None:
    """Tokens that twine minted, credentials in addresses, and control characters."""
    assert Redactor()(text) == shown


def test_an_empty_secret_hides_nothing() -> None:
    """No token is not a reason to mask every gap."""
    redact = Redactor()
    redact.register("", "joe")
    assert redact("as it is") == "as it is"
