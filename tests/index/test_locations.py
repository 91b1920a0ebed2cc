"""Indexes are known by name through twine's table, or by the policy's addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from twine.utils import DEFAULT_REPOSITORY, TEST_REPOSITORY

from release_tests.errors import CommandFailed, PolicyError
from release_tests.index.locations import (
    Role,
    locate,
    pip_index_url,
    same_place,
    simple_url_of,
)
from release_tests.policy import IndexPolicy
from release_tests.redaction import without_credentials

if TYPE_CHECKING:
    from pathlib import Path

UPLOAD = "http://127.0.0.1:8081/legacy/"
SIMPLE = "http://127.0.0.1:8081/simple/"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty home directory."""
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("role", "name", "upload"),
    [("staging", "testpypi", TEST_REPOSITORY), ("production", "pypi", DEFAULT_REPOSITORY)],
)
@pytest.mark.usefixtures("home")
def test_the_defaults_are_known_by_name(role: Role, name: str, upload: str) -> None:
    """Without a policy, staging and production are twine's two; readers have their own host."""
    location = locate(role, IndexPolicy())
    assert (location.repository, location.upload_url) == (name, None)
    assert location.simple_url == upload.replace("upload.", "").replace("/legacy/", "/simple/")
    assert str(location) == f"{role} ({name})"


def test_a_name_of_pypirc_is_found(home: Path) -> None:
    """Another name is looked up in .pypirc, which may also move the two known ones."""
    (home / ".pypirc").write_text(
        f"[distutils]\nindex-servers = mine\n[mine]\nrepository = {UPLOAD}\n"
    )
    location = locate("staging", IndexPolicy(repository="mine"))
    assert (location.repository, location.simple_url) == ("mine", SIMPLE)


def test_addresses_of_the_policy_are_taken() -> None:
    """An index known by address needs no name."""
    settings = IndexPolicy(upload_url="http://127.0.0.1:8081/", simple_url=SIMPLE.rstrip("/"))
    location = locate("production", settings)
    assert (location.upload_url, location.simple_url) == ("http://127.0.0.1:8081/", SIMPLE)
    assert location.repository is None


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (IndexPolicy(upload_url=UPLOAD, repository="mine"), "both say"),
        (IndexPolicy(upload_url="http://joe:secret@host/legacy/"), "process list"),
        (IndexPolicy(simple_url=SIMPLE), "stands alone"),
        (IndexPolicy(upload_url="http://127.0.0.1:8081/"), "Add `simple-url`"),
        (IndexPolicy(repository="nobody-knows"), "no repository `nobody-knows`.*testpypi"),
    ],
)
@pytest.mark.usefixtures("home")
def test_settings_that_do_not_tell_are_errors(settings: IndexPolicy, words: str) -> None:
    """What is missing or contradicts itself names the key, and never a secret."""
    with pytest.raises(PolicyError, match=f"(?s)staging.*{words}") as caught:
        locate("staging", settings)
    assert "secret" not in str(caught.value)


def test_a_pypirc_that_cannot_be_read_is_an_error(home: Path) -> None:
    """A broken .pypirc is named, since twine would stumble over it too."""
    (home / ".pypirc").write_text("password = hunter2\n")
    with pytest.raises(PolicyError, match=r"pypirc, line 1") as caught:
        locate("staging", IndexPolicy())
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("upload", "simple"),
    [
        ("https://upload.index.example/legacy/", "https://index.example/simple/"),
        ("https://index.example/legacy", "https://index.example/simple/"),
        ("https://index.example/team/legacy/?x=1", "https://index.example/team/simple/"),
        ("https://index.example/upload/", None),
    ],
)
def test_the_simple_api_is_beside_the_upload_address(upload: str, simple: str | None) -> None:
    """It is derived where the address follows the usual form, and only there."""
    assert simple_url_of(upload) == simple


def test_credentials_are_taken_out_of_addresses() -> None:
    """An address may be shown without user and password."""
    assert without_credentials("https://a:b@host:1/x?y") == "https://host:1/x?y"


def test_pip_is_asked_in_its_own_order(tmp_path: Path) -> None:
    """The variable outweighs [install], which outweighs [global]; else PyPI by its name."""
    config = tmp_path / "pip.conf"
    config.write_text("[global]\nindex-url = http://one/\n[install]\nindex_url = http://two\n")
    alone = {"HOME": str(tmp_path), "XDG_CONFIG_DIRS": str(tmp_path / "none")}
    named = alone | {"PIP_CONFIG_FILE": str(config)}
    assert pip_index_url(named | {"PIP_INDEX_URL": "http://three"}) == "http://three/"
    assert pip_index_url(named) == "http://two/"
    other = tmp_path / "other.conf"
    other.write_text("[global]\nindex-url = http://one/\n")
    assert pip_index_url(alone | {"PIP_CONFIG_FILE": str(other)}) == "http://one/"
    nothing = pip_index_url(alone | {"PIP_CONFIG_FILE": "/dev/null"})
    assert nothing == simple_url_of(DEFAULT_REPOSITORY)


def test_a_configuration_that_pip_cannot_read_is_an_error(tmp_path: Path) -> None:
    """The gates would install from somewhere else than is fetched from, if it were passed over."""
    config = tmp_path / "pip.conf"
    config.write_text("broken")
    with pytest.raises(CommandFailed, match="config list"):
        pip_index_url({"HOME": str(tmp_path), "PIP_CONFIG_FILE": str(config)})


def test_the_user_file_of_pip_is_read(tmp_path: Path) -> None:
    """The file in the user's configuration directory counts."""
    place = tmp_path / "config" / "pip"
    place.mkdir(parents=True)
    (place / "pip.conf").write_text("[global]\nindex-url = http://mine/simple\n")
    environ = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    assert pip_index_url(environ) == "http://mine/simple/"


@pytest.mark.parametrize(
    "other",
    [
        "http://index.example.com/simple",
        "https://INDEX.example.com:443/simple/",
        "https://someone:secret@index.example.com/simple/",
        "https://index.example.com./simple/",
        "https://index.example.com//simple//",
        "https://index.example.com/other/../simple/",
        "https://index.example.com/%73imple/",
    ],
)
def test_one_place_is_one_however_it_is_spelled(other: str) -> None:
    """Staging that is production under another spelling would be published to before any yes."""
    assert same_place("https://index.example.com/simple/", other)


@pytest.mark.parametrize(
    "other", ["https://index.example.com/", "https://index.example.com:8443/simple/"]
)
def test_other_paths_and_ports_are_other_places(other: str) -> None:
    """Several indexes may be on one host."""
    assert not same_place("https://index.example.com/simple/", other)
