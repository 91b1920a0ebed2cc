"""How an index is reached: what pip here is told of proxies and certificates."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from release_tests import pip_settings

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Way:
    """How an index is reached: by which proxy, trusting which certificates, with which of its own.

    None leaves each to the environment. ``trusted`` is a file or a directory, ``own`` a file with
    certificate and key.
    """

    proxy: str | None = None
    trusted: str | None = None
    own: str | None = None


def pips_way(environ: Mapping[str, str] | None = None) -> Way:
    """Return how pip here, with its configuration and these variables, reaches an index."""
    environ = os.environ if environ is None else environ
    options = pip_settings.options(environ)
    proxy, trusted = options.get("proxy"), options.get("cert")
    if proxy is None:
        # requests lets these outweigh what its caller says; with a proxy, pip has it ignore them.
        trusted = environ.get("REQUESTS_CA_BUNDLE") or environ.get("CURL_CA_BUNDLE") or trusted
    elif "://" not in proxy:
        proxy = f"http://{proxy}"
    return Way(proxy, trusted, options.get("client-cert"))


def trust(way: Way) -> ssl.SSLContext | bool:
    """Return what a server's certificate is held against; True for httpx's own way."""
    if way.trusted is None and way.own is None:
        return True
    if way.trusted is None:
        context = httpx.create_ssl_context()
    elif Path(way.trusted).is_dir():
        context = ssl.create_default_context(capath=way.trusted)
    else:
        context = ssl.create_default_context(cafile=way.trusted)
    if way.own is not None:
        context.load_cert_chain(way.own)
    return context
