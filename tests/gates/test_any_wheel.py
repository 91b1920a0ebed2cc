"""Whatever stands in a wheel, the gates answer with findings and never with an exception."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from release_tests.archive.depth import Depth
from release_tests.archive.reader import read_wheel
from release_tests.findings import Finding
from release_tests.gates import (
    abi3,
    archive,
    filename,
    metadata,
    platform,
    record,
    structure,
    tags,
    torch,
    version,
)
from release_tests.gates.explain import text
from release_tests.policy import Policy
from tests import forge
from tests.archive.zips import UTF8, Archive, Entry

if TYPE_CHECKING:
    from pathlib import Path

_GATES = (filename, archive, record, structure, metadata, version, tags, platform, abi3, torch)
_POLICIES = (
    Policy(torch="cpu"),
    Policy(imports=("demo", "a.b"), top_level=("demo",), version_modules=("x",)),
)

_DIRECTORIES = ("demo-1.0.dist-info", "other-2.dist-info", ".dist-info", "demo-1.0.data", "demo")
_COMPILED = (b"\x7fELF\2\1\1", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe\0\0\0\1", b"MZ")
_NAMES = st.one_of(
    st.builds(
        "{}/{}".format,
        st.sampled_from(_DIRECTORIES),
        st.sampled_from(
            ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "__init__.py", "a/b", "_c.so")
        ),
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.text("demo-1.0/datafs. ", max_size=12),
)
_LINES = st.sampled_from(
    (
        b"Metadata-Version: 2.4",
        b"Name: demo",
        b"Version: 1.0",
        b"Root-Is-Purelib: true",
        b"Tag: a",
        b"[console_scripts]",
        b"a = demo:b",
        b"__version__ = '1.0'",
        b"demo/__init__.py,sha256=a,1",
        b"Description-Content-Type: text/x-rst",
        b"",
        b"`a",
        b".. include:: x",
        b"====",
        b"| a",
    )
)
_CONTENTS = st.one_of(
    st.binary(max_size=60),
    st.text(max_size=60).map(str.encode),
    st.lists(_LINES, max_size=8).map(b"\n".join),
    st.builds(bytes.__add__, st.sampled_from(_COMPILED), st.binary(max_size=200)),
)
_FILE_NAMES = st.sampled_from(
    [
        "demo-1.0-py3-none-any.whl",
        "demo-1.0-cp39-abi3-win_amd64.whl",
        "Demo_-01-1-x.y-z-any.whl",
        "a.whl",
        "x",
    ]
)


@settings(suppress_health_check=list(HealthCheck), deadline=None, database=None)
@given(st.dictionaries(_NAMES, _CONTENTS, max_size=8), _FILE_NAMES, st.sampled_from(_POLICIES))
def test_any_members(
    tmp_path: Path, members: dict[str, bytes], file_name: str, policy: Policy
) -> None:
    """Any members with any contents, under any file name, by any policy."""
    entries = [Entry(name.encode(), data, UTF8) for name, data in members.items()]
    facts = read_wheel(Archive(entries).write(tmp_path / file_name), Depth.BINARIES)
    for gate in _GATES:
        answer = gate.check(facts, policy)
        findings = answer if isinstance(answer, list) else []
        assert all(isinstance(finding, Finding) for finding in findings)
        assert text(file_name, findings).replace("\n", "").isprintable()


@settings(suppress_health_check=list(HealthCheck), deadline=None, database=None, max_examples=60)
@given(st.text("abc`*|_:.=- \n\\[]#<>\t", max_size=80))
def test_any_description(tmp_path: Path, words: str) -> None:
    """Any description in reStructuredText renders or is a finding."""
    head = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"
    stated = f"{head}Description-Content-Type: text/x-rst\n\n{words}"
    facts = read_wheel(forge.Wheel(metadata=stated).write(tmp_path))
    rules = {finding.rule for finding in metadata.check(facts, Policy())}
    assert rules <= {"META003", "META004"}
    assert ("META004" in rules) == (not words.strip())
