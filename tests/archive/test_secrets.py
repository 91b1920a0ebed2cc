"""What looks like a secret, and what only speaks of one."""

from __future__ import annotations

import base64
import subprocess
import sys
import tracemalloc
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release_tests.archive import limits
from release_tests.archive.facts import Secret, Untold
from release_tests.archive.hoard import Hoard
from release_tests.archive.reader import read_artifact, read_wheel
from release_tests.archive.secrets import LONGEST, secrets_in
from release_tests.gates import structure
from release_tests.policy import Policy
from tests import forge
from tests.forge_sdist import Sdist
from tests.gates.cases import secrets

if TYPE_CHECKING:
    import random
    from pathlib import Path


def _joined(*parts: str) -> str:
    return "".join(parts)


_LETTERS = secrets.letters(40)
_AWS_SECRET = secrets.letters(40, seed=9)
_ESCAPED = secrets.private_key().replace("\n", "\\n")
_IN_C = "\n".join(f'"{line}\\n"' for line in secrets.private_key("EC").splitlines())

TRUE: dict[str, tuple[str, str]] = {
    "pkcs8": ("private key", secrets.private_key()),
    "rsa": ("private key", secrets.private_key("RSA")),
    "ec": ("private key", secrets.private_key("EC", size=121)),
    "ed25519": ("private key", secrets.private_key(size=48)),
    "openssh": ("private key", secrets.private_key("OPENSSH")),
    "encrypted": ("private key", secrets.private_key("ENCRYPTED")),
    "encrypted pkcs1": (
        "private key",
        f"{secrets.header('RSA')}\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES\n\n{secrets.body()}",
    ),
    "pgp": ("private key", f"{secrets.header('PGP', 'BLOCK')}\n\n{secrets.body()}"),
    "pgp with a version": (
        "private key",
        f"{secrets.header('PGP', 'BLOCK')}\nVersion: GnuPG v2\n\n{secrets.body()}",
    ),
    "windows": ("private key", secrets.private_key().replace("\n", "\r\n")),
    "in python": ("private key", f'KEY = """{secrets.private_key()}"""'),
    "in json": ("private key", f'{{"private_key": "{_ESCAPED}"}}'),
    "in json in json": ("private key", secrets.private_key().replace("\n", "\\\\n")),
    "in c": ("private key", _IN_C),
    "indented": ("private key", secrets.private_key().replace("\n", "\n        ")),
    "index": ("upload token", f"password = {secrets.upload_token()}"),
    "index in a url": ("upload token", f"https://__token__:{secrets.upload_token()}@index"),
    "github": ("GitHub", _joined("gh", "p_", secrets.letters(36))),
    "github server": ("GitHub", _joined("TOKEN='gh", "s_", secrets.letters(36), "'")),
    "github fine": ("GitHub", _joined("github", "_pat_", secrets.letters(82))),
    "gitlab": ("GitLab", _joined("glp", "at-", secrets.letters(20))),
    "aws": ("AWS", f"aws_access_key_id={secrets.aws_id()}\naws_secret_access_key={_AWS_SECRET}\n"),
    "npm": ("npm", _joined("//registry/:_authToken=np", "m_", secrets.letters(36))),
    "slack": ("Slack", _joined("xo", "xb-", "1234567890", "-", secrets.letters(24))),
}

FALSE: dict[str, str] = {
    "nothing": "",
    "the words": "the private key; tokens of pypi-, ghp_, glpat-, AKIA, npm_ and xoxb-",
    "header alone": secrets.header(),
    "header in c": f'const char *begin = "{secrets.header()}\\n";\nconst char *end = "";',
    "headers in a table": f'["{secrets.header()}", "{secrets.header("RSA")}"]',
    "header in a pattern": f"re.compile(rb'{secrets.header('(RSA )?')}\\\\s*(.*)')",
    "header and end": f"{secrets.header()}\n{secrets.header().replace('BEGIN', 'END')}",
    "header and words": f"{secrets.header()}\nNote: put the key here\n",
    "documentation": f"{secrets.header()}\nMIIEvQIBADANBg...\n",
    "abbreviated": f"{secrets.header()}\n{secrets.letters(54)}...fvY4\n",
    "public key": secrets.private_key().replace("PRIVATE", "PUBLIC"),
    "certificate": secrets.private_key().replace("PRIVATE KEY", "CERTIFICATE"),
    "short index token": _joined("pypi", "-AgEIcHlwaS5vcmc"),
    "name that begins like it": f"pypi-attestations-{secrets.letters(60)}",
    "within a word": _joined("x_gh", "p_", secrets.letters(36)),
    "too long for github": _joined("gh", "p_", secrets.letters(80)),
    "github with letters to fill in": _joined("gh", "p_", "x" * 36),
    "gitlab with letters to fill in": _joined("glp", "at-", "X" * 20),
    "aws id alone": f"X-Amz-Credential={secrets.aws_id()}%2F20190101%2Fus-east-1%2Fs3",
    "aws id and a digest": f"{secrets.aws_id()} {'0a' * 32}",
    "aws documentation": _joined("AKIA", "IOSFODNN7", "EXAMPLE\n", _LETTERS[:33], "EXAMPLE\n"),
    "base64 of anything": base64.b64encode(bytes(range(256))).decode(),
}


@pytest.mark.parametrize("name", TRUE)
def test_secret(name: str) -> None:
    """A secret is found once, where it begins, whatever it is written in."""
    kind, text = TRUE[name]
    (hit,) = secrets_in("demo.txt", f"one\ntwo {text} end\n".encode())
    assert kind in hit.kind
    assert (hit.member, hit.line) == ("demo.txt", 2)


@pytest.mark.parametrize("name", FALSE)
def test_no_secret(name: str) -> None:
    """What only speaks of secrets, or is none, is not accused."""
    assert list(secrets_in("demo.txt", FALSE[name].encode())) == []


@pytest.mark.parametrize("name", TRUE)
def test_what_is_needed_to_tell_fits_into_the_overlap(name: str) -> None:
    """A secret's first bytes are enough to find it, so one between two chunks is not missed."""
    _, text = TRUE[name]
    assert list(secrets_in("demo.txt", text.encode()[:LONGEST]))


@pytest.mark.parametrize("method", [forge.STORED, forge.DEFLATED])
@pytest.mark.parametrize("shift", [0, 1, 200, 500, LONGEST, LONGEST + 100])
def test_across_chunks(tmp_path: Path, method: int, shift: int) -> None:
    """A secret that lies across the border of two chunks is found once, on the right line."""
    token = secrets.upload_token().encode()
    border = limits.CHUNK_OUT
    lines = b"word \n" * (border // 6)
    text = lines[: border - shift] + b"\n" + token + b"\n" + b"more\n" * (2 << 20)
    path = forge.Wheel(files={"demo.txt": text}, method=method).write(tmp_path)
    facts = read_wheel(path)
    assert [(hit.member, hit.line) for hit in facts.secrets] == [
        ("demo.txt", text[: text.index(token)].count(b"\n") + 1)
    ]
    assert facts.faults == ()


def test_binaries_are_not_searched(tmp_path: Path) -> None:
    """What a program's constants look like is not judged."""
    data = b"\x7fELF\0" + secrets.private_key().encode()
    assert read_wheel(forge.Wheel(files={"a.so": data}).write(tmp_path)).secrets == ()


def test_many_examples_are_passed_over_in_one_pass(tmp_path: Path) -> None:
    """The time that a member takes does not grow with the square of what is found in it."""
    text = (secrets.header() + "\n" + "A" * 64 + "EXAMPLE\n") * 20_000 + secrets.private_key()
    facts = read_wheel(forge.Wheel(files={"demo.txt": text}).write(tmp_path))
    assert [hit.line for hit in facts.secrets] == [40_001]


@pytest.mark.parametrize("words", ["", "words " * 1000], ids=["one piece", "many pieces"])
def test_of_many_secrets_in_a_member_the_first_of_each_kind_are_told(
    tmp_path: Path, words: str
) -> None:
    """The others are counted, in a member of one piece and of many, and hide no other kind."""
    key = secrets.header() + "\n" + "A" * 64 + f"\n{words}\n"
    files = {"demo.txt": key * 2000 + secrets.upload_token() + "\n"}
    facts = read_wheel(forge.Wheel(files=files, method=forge.STORED).write(tmp_path))
    assert [hit.line for hit in facts.secrets] == [*range(1, 3 * limits.SECRETS, 3), 6001]
    assert facts.untold == (Untold("a private key", among_tests=False, count=1990),)


@pytest.mark.parametrize("kind", [forge.Wheel, Sdist])
def test_of_many_secrets_in_an_archive_the_first_are_told(
    tmp_path: Path, kind: type[forge.Wheel | Sdist]
) -> None:
    """The others are counted, and those of tests by themselves, as they mean less."""
    text = secrets.upload_token() + "\n"
    files = {f"demo/{number:03}.txt": text * 2 for number in range(300)}
    files |= {f"demo/tests/{number}.txt": text for number in range(5)}
    facts = read_artifact(kind(files=files).write(tmp_path))
    rest = (Untold("an upload token of a package index", among_tests=False, count=500),)
    assert facts.untold == rest
    below = [f"demo/{at // 2:03}.txt" for at in range(limits.SECRETS_ALL)]
    found = [hit.member.removeprefix("demo-1.0/") for hit in facts.secrets]
    assert found == [*below, *(f"demo/tests/{number}.txt" for number in range(5))]
    *_, last = structure.check(facts, Policy())
    assert (last.rule, last.found) == ("STR019", "500 lines")


@given(st.lists(st.integers(1, 9999), max_size=600, unique=True), st.randoms())
def test_what_is_told_does_not_depend_on_the_order(lines: list[int], chance: random.Random) -> None:
    """Threads find secrets in any order; the first by place are told, all others counted."""
    hoard = Hoard()
    chance.shuffle(lines)
    for line in lines:
        hoard.add(Secret("demo.txt", line, "a key"))
    hoard.count(Secret("demo.txt", 1, "a key"))
    assert [hit.line for hit in hoard.told()] == sorted(lines)[: limits.SECRETS_ALL]
    (more,) = hoard.untold()
    assert more.count == len(lines) - len(hoard.told()) + 1


def test_secrets_that_are_not_told_take_no_memory() -> None:
    """However many are found, no more is kept than what is told of the archive."""
    hoard = Hoard()
    tracemalloc.start()
    for line in range(10_000):
        hoard.add(Secret("demo.txt", 10_000 - line, "a key"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 200 * limits.KIB
    assert [hit.line for hit in hoard.told()] == [*range(1, limits.SECRETS_ALL + 1)]


@pytest.mark.parametrize("between", ["\\n", "\\", "\\\\n", "\n", "+", "\\ "])
def test_what_stands_between_lines_is_read_in_one_way(between: str) -> None:
    """However a key's lines seem to be joined, a body that does not follow is given up at once."""
    text = (secrets.header() + between * 90 + "!") * 50
    script = "import sys; from release_tests.archive.secrets import secrets_in; "
    script += "assert not list(secrets_in('demo.txt', sys.stdin.buffer.read()))"
    subprocess.run([sys.executable, "-c", script], input=text.encode(), check=True, timeout=20)


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    """Whatever the bytes, each hit names the member and a line that there is."""
    for hit in secrets_in("demo", secrets.header().encode() + data):
        assert 1 <= hit.line <= data.count(b"\n") + 1
