"""What is taken over from this machine's pip configuration, and what is not."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from release_tests.errors import CommandFailed
from release_tests.pip_settings import parse
from release_tests.policy import InstallPolicy
from release_tests.process import run
from release_tests.sandbox.settings import InstallSettings, read_settings

if TYPE_CHECKING:
    from pathlib import Path

_INDEX = "http://127.0.0.1:9/simple/"


def _environ(tmp_path: Path, configuration: str = "", **variables: str) -> dict[str, str]:
    path = tmp_path / "pip.conf"
    path.write_text(configuration)
    fixed = {"HOME": str(tmp_path), "PIP_CONFIG_FILE": str(path), "PATH": os.environ["PATH"]}
    return fixed | variables


def test_takes_the_index_over_from_the_file(tmp_path: Path) -> None:
    """An index, more than one place to look, and time-outs come from pip's own files."""
    environ = _environ(
        tmp_path,
        f"[global]\nindex-url = {_INDEX}\nfind-links =\n    /a\n    /b\ntimeout = 7\n",
    )
    taken = read_settings(InstallPolicy(), environ).for_pip()
    assert taken["PIP_INDEX_URL"] == _INDEX
    assert taken["PIP_FIND_LINKS"] == "/a /b"
    assert taken["PIP_TIMEOUT"] == "7"


def test_the_later_place_holds_as_in_pip(tmp_path: Path) -> None:
    """The install section outweighs the global one, and the environment both."""
    environ = _environ(
        tmp_path,
        "[install]\nretries = 2\ntimeout = 2\n[global]\nretries = 1\ntimeout = 1\n",
        PIP_DEFAULT_TIMEOUT="3",
    )
    options = read_settings(InstallPolicy(), environ).options
    assert options["retries"] == "2"
    assert options["timeout"] == "3"


@pytest.mark.parametrize(
    ("file", "variables"),
    [
        ("", {"PIP_QUIET": "1"}),
        ("", {"PIP_QUIET": "3", "PIP_VERBOSE": "1"}),
        ("[global]\nquiet = 2\n", {}),
        ("[config]\nquiet = 1\n", {}),
        ("[global]\nverbose = 3\n", {}),
    ],
)
def test_a_quiet_pip_has_the_same_settings(
    tmp_path: Path, file: str, variables: dict[str, str]
) -> None:
    """How much pip is to say, in a variable or a file, hides none of its settings."""
    environ = _environ(tmp_path, f"{file}[install]\nindex-url = {_INDEX}\n", **variables)
    options = read_settings(InstallPolicy(), environ | {"PIP_PROXY": "http://p:1"}).options
    assert (options.get("index-url"), options.get("proxy")) == (_INDEX, "http://p:1")


def test_leaves_preferences_where_they_are(tmp_path: Path) -> None:
    """Constraints, targets, pre-releases and other commands' options do not leak in."""
    environ = _environ(
        tmp_path,
        "[global]\nno-compile = true\n[install]\ntarget = /x\n[download]\nindex-url = http://x/\n",
        PIP_CONSTRAINT="/c.txt",
        PIP_PRE="1",
        PIP_REQUIRE_VIRTUALENV="1",
    )
    taken = read_settings(InstallPolicy(), environ)
    assert not {"no-compile", "target", "constraint", "pre", "index-url"} & set(taken.options)
    assert "PIP_CONSTRAINT" not in taken.for_pip()


def test_the_policys_index_holds(tmp_path: Path) -> None:
    """An index in the policy replaces this machine's, even where none is to be asked."""
    environ = _environ(tmp_path, PIP_INDEX_URL="http://127.0.0.1:1/", PIP_NO_INDEX="1")
    taken = read_settings(InstallPolicy(index_url=_INDEX), environ)
    assert taken.options["index-url"] == _INDEX
    assert "no-index" not in taken.options


def test_further_indexes_come_from_the_policy_alone(tmp_path: Path) -> None:
    """What this machine adds to the index is not what users have; what they are told of is."""
    environ = _environ(tmp_path, PIP_EXTRA_INDEX_URL="http://127.0.0.1:1/")
    assert "extra-index-url" not in read_settings(InstallPolicy(), environ).options
    taken = read_settings(InstallPolicy(extra_indexes=("http://a/", "http://b/")), environ)
    assert taken.for_pip()["PIP_EXTRA_INDEX_URL"] == "http://a/ http://b/"
    assert taken.for_uv()["UV_INDEX"] == "http://a/ http://b/"


def test_uv_is_told_what_pip_is_told(tmp_path: Path) -> None:
    """Index, places, certificate, proxy and time-outs go by uv's own names."""
    environ = _environ(
        tmp_path,
        PIP_INDEX_URL=_INDEX,
        PIP_FIND_LINKS="/a /b",
        PIP_CERT="/ca.pem",
        PIP_PROXY="http://p:1",
        PIP_TIMEOUT="7",
        PIP_RETRIES="2",
        PIP_TRUSTED_HOST="h",
        PIP_NO_INDEX="1",
        UV_INDEX="http://canary/",
        UV_CONSTRAINT="/canary",
    )
    taken = read_settings(InstallPolicy(), environ)
    said = taken.for_uv()
    del said["UV_CACHE_DIR"]
    assert said == {
        "UV_NO_CONFIG": "1",
        "UV_DEFAULT_INDEX": _INDEX,
        "UV_FIND_LINKS": "/a,/b",
        "SSL_CERT_FILE": "/ca.pem",
        "HTTP_PROXY": "http://p:1",
        "HTTPS_PROXY": "http://p:1",
        "UV_HTTP_TIMEOUT": "7",
        "UV_HTTP_RETRIES": "2",
        "UV_INSECURE_HOST": "h",
    }
    assert taken.uv_options() == ("--no-index",)


def test_resolves_relative_places_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative directory or certificate is meant from where the harness was started."""
    monkeypatch.chdir(tmp_path)
    environ = _environ(tmp_path, PIP_FIND_LINKS="wheels http://127.0.0.1:9/", PIP_CERT="ca.pem")
    options = read_settings(InstallPolicy(), environ).options
    assert options["find-links"] == f"{tmp_path}/wheels http://127.0.0.1:9/"
    assert options["cert"] == f"{tmp_path}/ca.pem"


def test_takes_proxies_and_certificates_for_pip(tmp_path: Path) -> None:
    """Proxies in both spellings and certificate bundles reach pip, and nothing else does."""
    network = {"HTTPS_PROXY": "http://p:1", "no_proxy": "127.0.0.1", "SSL_CERT_FILE": "/ca"}
    taken = read_settings(InstallPolicy(), _environ(tmp_path, GITHUB_TOKEN="canary", **network))
    assert dict(taken.variables) == network
    assert "canary" not in str(taken.for_pip())


def test_pip_reads_no_file_with_them(tmp_path: Path) -> None:
    """With these settings pip itself knows of no configuration but what was taken over."""
    environ = _environ(tmp_path, "[global]\nno-cache-dir = true\n[install]\ntarget = /x\n")
    taken = read_settings(InstallPolicy(), environ).for_pip()
    command = [sys.executable, "-P", "-m", "pip", "config", "list"]
    listed = run(command, deadline=60, env=environ | taken).stdout
    assert "target" not in listed
    assert "no-cache-dir" not in listed


def test_shows_no_credentials(tmp_path: Path) -> None:
    """What is shown for the evidence has the addresses without who may use them."""
    environ = _environ(
        tmp_path,
        PIP_INDEX_URL="https://me:canary@c/",
        HTTP_PROXY="http://u:canary@proxy:8",
    )
    policy = InstallPolicy(extra_indexes=("https://me:canary@a/", "https://canary@b/"))
    shown = read_settings(policy, environ).shown()
    assert shown["index-url"] == "https://***@c/"
    assert shown["extra-index-url"] == "https://***@a/ https://***@b/"
    assert shown["HTTP_PROXY"] == "http://***@proxy:8"


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "all_proxy", "PIP_PROXY"])
@pytest.mark.parametrize("value", ["bob:can@ary@127.0.0.1:9", "canary@127.0.0.1:9"])
def test_shows_no_credentials_of_a_proxy_without_a_scheme(
    tmp_path: Path, name: str, value: str
) -> None:
    """A proxy is also written as `user:password@host:port`."""
    shown = read_settings(InstallPolicy(), _environ(tmp_path, **{name: value})).shown()
    assert "***@127.0.0.1:9" in shown.values()
    assert "ary" not in " ".join(shown.values())


def test_says_when_pip_cannot_read_its_own_file(tmp_path: Path) -> None:
    """A broken configuration is shown as pip shows it, and not passed over."""
    with pytest.raises(CommandFailed, match="config list"):
        read_settings(InstallPolicy(), _environ(tmp_path, "no section\n"))


def test_asks_the_pip_that_virtualenv_brings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a pip beside the harness the configuration is read all the same."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    environ = _environ(tmp_path, f"[global]\nindex-url = {_INDEX}\n")
    assert read_settings(InstallPolicy(), environ).options["index-url"] == _INDEX


def test_reads_what_pip_prints() -> None:
    """Lines that are no options of these sections are passed over."""
    lines = ["WARNING: something", "site.cert='/x'", "global.cert='/y'", ":env:.pre='1'", ""]
    assert parse(lines) == [("cert", "/y")]
    assert parse(["global.cert='/y'", "install.cert=''"]) == [("cert", "/y")]


def test_without_any_configuration_pips_defaults_hold() -> None:
    """Nothing taken over means that pip reads nothing and decides for itself."""
    assert set(InstallSettings().for_pip()) == {"PIP_CONFIG_FILE", "PIP_CACHE_DIR"}


@pytest.mark.parametrize(
    ("index", "trusted", "expected"),
    [
        ("http://127.0.0.1:8080/simple/", "", "127.0.0.1:8080"),
        (
            "http://user:secret@localhost/simple/",
            "mirror.example.com",
            "mirror.example.com localhost",
        ),
        ("https://127.0.0.1:8080/simple/", "", None),
        ("http://mirror.example.com/simple/", "", None),
    ],
)
def test_pip_keeps_what_this_machine_serves(index: str, trusted: str, expected: str | None) -> None:
    """Only over plain http, where nothing is checked that could be given up."""
    options = {"index-url": index} | ({"trusted-host": trusted} if trusted else {})
    settings = InstallSettings(options)
    assert settings.for_pip().get("PIP_TRUSTED_HOST") == expected
    assert settings.shown().get("trusted-host", "") == trusted
