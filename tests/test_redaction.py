"""Addresses are shown without who may use them, in whatever form they are written."""

from __future__ import annotations

import time

import pytest

from release_tests.redaction import redacted, redacted_proxy, without_credentials


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://user:secret@host/x", "https://***@host/x"),
        ("https://user:sec@ret@host/x", "https://***@host/x"),
        ("https://secret@host", "https://***@host"),
        ("https://user:sec'r\"et@host", "https://***@host"),
        ("https://user:sec/ret@host/x", "https://***@host/x"),
        ("https://user:secret@[::1]:8080/", "https://***@[::1]:8080/"),
        ("user:secret@127.0.0.1:9", "***@127.0.0.1:9"),
        ("HTTPS_PROXY=user:sec@ret@host:9 used", "HTTPS_PROXY=***@host:9 used"),
        ("{'proxy': 'user:secret@host:9'}", "{'proxy': '***@host:9'}"),
        ("https://a:secret@h,https://b:secret@i", "https://***@h,https://***@i"),
        ("one\nhttps://a:secret@h/\ttwo", "one\nhttps://***@h/\ttwo"),
    ],
)
def test_credentials_are_masked(text: str, shown: str) -> None:
    """With a scheme and without, with an `@` in the password, in a list and in a sentence."""
    assert redacted(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "see https://host/@scope/x@1.0",
        "https://host:8080/x@y",
        "git+https://host/project@main",
        "demo @ file:///x/demo.whl",
        "somebody@example.org",
        "10:30:00 and C:\\x, no address",
    ],
)
def test_anything_else_stays(text: str) -> None:
    """An `@` in a path, in a revision or in an address of mail is none of credentials."""
    assert redacted(text) == text


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("secret@host:9", "***@host:9"),
        ("user:secret@host:9", "***@host:9"),
        ("http://user:sec@ret@host:9", "http://***@host:9"),
        ("host:9", "host:9"),
    ],
)
def test_a_proxy_needs_no_scheme(address: str, shown: str) -> None:
    """What is known to be a proxy's address has credentials before any `@`."""
    assert redacted_proxy(address) == shown


def test_an_address_is_used_without_credentials() -> None:
    """User and password are taken out of one address; the rest is as it was."""
    assert without_credentials("https://a:b@c@host:1/x?y") == "https://host:1/x?y"


@pytest.mark.parametrize("hostile", ["a:b,", "//a:", "@", "a:b@", "[='"])
def test_long_words_take_linear_time(hostile: str) -> None:
    """A megabyte without a blank, from a program that is not trusted, holds nobody up."""
    began = time.perf_counter()
    redacted(hostile * (1_000_000 // len(hostile)) + "@")
    assert time.perf_counter() - began < 5
