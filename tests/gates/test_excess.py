"""Small wheels that unfold to much: every gate answers soon, and says which limit was met."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from release_tests.archive import excess, limits
from release_tests.archive.limits import MIB
from tests import forge

if TYPE_CHECKING:
    from pathlib import Path

_SECONDS, _MEMORY = 12, 600 * MIB

_JUDGING = """
import importlib, json, resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[2]), int(sys.argv[2])))
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[3]), int(sys.argv[3])))
from release_tests.archive.reader import read_artifact
from release_tests.policy import Policy
facts = read_artifact(Path(sys.argv[1]))
gates = [importlib.import_module(f"release_tests.gates.{name}") for name in sys.argv[4:]]
found = [item for gate in gates for item in gate.check(facts, Policy())]
print(json.dumps(sorted({f"{item.rule} {item.message} {item.expected}" for item in found})))
"""
_GATES = ("filename", "archive", "record", "structure", "metadata", "version")
_HEAD = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"
_MARKDOWN = "Description-Content-Type: text/markdown\n"
_RST = "Description-Content-Type: text/x-rst\n"
_WHEEL = "Wheel-Version: 1.0\nGenerator: forge\nRoot-Is-Purelib: true\n"
_PARTS = ".".join(f"a{at}" for at in range(400))
_DEEP = "".join(" " * at + "* x\n\n" for at in range(2000))
_MANY = {f"demo/m{at}.txt": "" for at in range(15_000)}


def _with(files: dict[str, forge.Content], **fields: object) -> forge.Wheel:
    return forge.Wheel(files={**forge.package(), **files}, **fields)  # type: ignore[arg-type]


def _points(count: int, module: str) -> str:
    return "[x]\n" + "".join(f"x{at} = {module.format(at)}:f\n" for at in range(count))


def _metadata(*lines: str, body: str = "words") -> forge.Wheel:
    return forge.Wheel(metadata=f"{_HEAD}{''.join(lines)}\n{body}")


WHEELS: dict[str, tuple[forge.Wheel, tuple[str, ...]]] = {
    "tags": (
        forge.Wheel(wheel_file=f"{_WHEEL}Tag: {_PARTS}-{_PARTS}-{_PARTS}\n"),
        ("STR000", "more tags", f"at most {limits.TAGS}"),
    ),
    "lines of WHEEL": (
        forge.Wheel(wheel_file=_WHEEL + "Tag: py3-none-any\n" * 500_000),
        ("STR000", f"up to {limits.PARSED // limits.KIB} KiB"),
    ),
    "an entry point's spaces": (
        forge.Wheel(entry_points="[console_scripts]\nx = a" + " " * 100_000 + "!\n"),
        ("STR012",),
    ),
    "entry points": (
        forge.Wheel(entry_points=_points(600_000, "demo.core")),
        ("STR000", f"up to {limits.PARSED // limits.KIB} KiB"),
    ),
    "lines of entry points": (
        forge.Wheel(entry_points="[x]\n" + "y\n" * 600_000),
        ("STR000", f"up to {limits.LINES}"),
    ),
    "entry points and members": (
        _with({**_MANY}, entry_points=_points(15_000, "demo.q{}")),
        ("STR013",),
    ),
    "entry points into one module": (
        _with({"demo/big.py": "x=1\n" * 200_000}, entry_points=_points(200, "demo.big")),
        ("STR014",),
    ),
    "entry points into several modules": (
        _with(
            {f"demo/big{at}.py": f"x{at}=1\n" * 100_000 for at in range(12)},
            entry_points=_points(200, "demo.big1")
            + "".join(f"y{at} = demo.big{at % 12}:f\n" for at in range(200)),
        ),
        ("STR014",),
    ),
    "modules with a version": (
        _with({f"version{at}.py": "x=1\n" * 100_000 + "version" for at in range(30)}),
        ("VER000", "at most 512 KiB, and 1 MiB together"),
    ),
    "header fields": (
        _metadata("X-Foo: a\n" * 1_500_000),
        ("META000", f"up to {limits.PARSED // limits.KIB} KiB"),
    ),
    "names of header fields": (
        _metadata(*(f"X{at}: a\n" for at in range(19_000))),
        ("META000", f"up to {limits.FIELD_NAMES}"),
    ),
    "lines of a header": (
        _metadata("License: a\n", " b\n" * 300_000, _MARKDOWN),
        ("META000", f"up to {limits.LINES}"),
    ),
    "licence files": (
        _with(
            {**_MANY},
            metadata=f"{_HEAD.replace('2.1', '2.4')}{_MARKDOWN}"
            + "".join(f"License-File: l{at}\n" for at in range(15_000))
            + "\nwords",
        ),
        ("STR031",),
    ),
    "rst": (
        _metadata(_RST, body="* item *emph* `link <http://a.b>`_ text\n" * 25_000),
        ("META000", "too long to be rendered", f"at most {limits.RENDERED // limits.KIB} KiB"),
    ),
    "nested rst": (
        _metadata(_RST, body=_DEEP),
        ("META000", "too long to be rendered"),
    ),
    "tables of rst": (
        _metadata(_RST, body=("+---+\n| a |\n" * 10_000) + "+---+\n\n`x\n"),
        ("META003",),
    ),
    "comments in comments": (
        _metadata("Author-email: ", "(" * 100_000, "\n", _MARKDOWN),
        (),  # later patches of Python's e-mail parser find no address in it, and nothing to judge
    ),
    "RECORD": (
        forge.Wheel(record="".join(f"q{at},,\n" for at in range(600_000))),
        ("REC000", f"up to {2 * 5 + limits.RECORD_LINES}"),
    ),
    "RECORD of other digests": (
        forge.Wheel(record="a,sha512=x,\n" * 2_000_000),
        ("REC000",),
    ),
}


@pytest.mark.parametrize("name", WHEELS)
def test_every_gate_answers_soon(name: str, tmp_path: Path) -> None:
    """With limited processor time and memory the gates still answer, and tell of the excess."""
    wheel, says = WHEELS[name]
    path = wheel.write(tmp_path)
    command = [sys.executable, "-c", _JUDGING, str(path), str(_SECONDS), str(_MEMORY), *_GATES]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: list[str] = json.loads(done.stdout)
    assert not says or any(all(word in words for word in says) for words in found), found


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_what_is_usual_is_parsed(end: str) -> None:
    """A file at the limit is parsed, and a body does not count among the header's lines."""
    lines = end.join(["X: a"] * limits.LINES)
    assert excess.of_headers(f"{lines}{end}{end}{end * limits.LINES}".encode()) == ""
    assert excess.of_headers(f"X: a{end}X: a{end}{lines}{end}{end}".encode()) != ""
    assert excess.of_file((lines + end).encode()) == ""
    assert excess.of_file((lines + end * 3).encode()) != ""
