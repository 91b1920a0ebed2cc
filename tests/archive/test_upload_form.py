"""The form is the one that twine would send, field by field, from the member that it reads."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

import pytest
from twine.exceptions import InvalidDistribution
from twine.package import PackageFile
from twine.repository import Repository
from twine.wheel import Wheel as TwineWheel

from release_tests.archive import dist_info
from release_tests.archive.digest import sha256_of
from release_tests.archive.metadata import parse_metadata
from release_tests.archive.reader import read_wheel
from release_tests.archive.upload_form import candidates, received, upload_form
from release_tests.gates import explain, metadata
from release_tests.policy import Policy
from tests import forge
from tests.gates.cases import metadata as cases

if TYPE_CHECKING:
    from pathlib import Path

    from release_tests.archive.facts import ArtifactFacts

_FULL = """Metadata-Version: 2.4
Name: demo_pkg.x
Version: 1.0.0
Platform: any
Platform: UNKNOWN
Supported-Platform: linux
Summary: Words
Keywords: a,b , c
Home-page: https://example.net
Download-URL: https://example.net/x
Author: Me, Ünlü
Author-email: me@example.net
Maintainer: You
Maintainer-email: you@example.net
License-Expression: MIT
License-File: LICENSE
Classifier: Typing :: Typed
Classifier: Programming Language :: Python :: 3
Requires-Dist: a
Requires-Dist: b; extra == "x"
Requires-Python: >=3.9
Requires-External: c
Project-URL: A, https://example.net/a
Project-URL: B , https://example.net/b
Provides-Extra: x
Provides-Dist: d
Obsoletes-Dist: e
Dynamic: Summary
Description-Content-Type: text/markdown; charset=UTF-8

# Words

More.
"""
_IMPORTS = _FULL.replace("2.4", "2.5").replace("Summary: W", "Import-Name: demo\nSummary: W")

METADATA = {
    "the least": "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n",
    "everything": _FULL,
    "import names": _IMPORTS,
    "licence files before their time": _FULL.replace("2.4", "2.2").replace(
        "License-Expression", "License"
    ),
    "empty fields": "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nSummary: \nKeywords: \n",
    "a folded field": "Metadata-Version: 2.1\nName: demo\nVersion: 1\nLicense: a\n        b\n",
}
FILE_NAMES = (
    "demo-1.0-py3-none-any.whl",
    "demo-1.0-1-py2.py3-none-any.whl",
    "demo-1.0-12b-cp39-abi3-manylinux_2_28_x86_64.whl",
    "demo-1.0.whl",
    "demo.whl",
)


def _ours(facts: ArtifactFacts) -> dict[str, object]:
    data = dist_info.content(facts, "METADATA")
    assert data is not None
    return dict(upload_form(parse_metadata(data).raw, facts.file_name, facts.sha256))


def _twines(path: Path) -> dict[str, object]:
    form = dict(PackageFile.from_filename(str(path), None).metadata_dictionary())
    del form["blake2_256_digest"]
    return form


@pytest.mark.parametrize("file_name", FILE_NAMES)
@pytest.mark.parametrize("name", METADATA)
def test_form_is_twines(name: str, file_name: str, tmp_path: Path) -> None:
    """Every field that twine sends is there with its value, and no other."""
    path = forge.Wheel(metadata=METADATA[name], file_name=file_name).write(tmp_path)
    assert _ours(read_wheel(path)) == _twines(path)


@pytest.mark.parametrize("name", METADATA)
def test_form_of_an_sdist_is_twines(name: str, tmp_path: Path) -> None:
    """A source distribution is sent with the same fields, from its PKG-INFO."""
    path = tmp_path / "demo-1.0.tar.gz"
    data = METADATA[name].encode()
    with tarfile.open(path, "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("demo-1.0/demo.py"))
        entry = tarfile.TarInfo("demo-1.0/PKG-INFO")
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))
    ours = upload_form(parse_metadata(data).raw, path.name, sha256_of(path))
    assert dict(ours) == _twines(path)


@pytest.mark.parametrize("name", METADATA)
def test_posted_values_are_twines(name: str, tmp_path: Path) -> None:
    """What reaches the index is what twine posts, less what the index drops."""
    path = forge.Wheel(metadata=METADATA[name]).write(tmp_path)
    package = PackageFile.from_filename(str(path), None)
    posted: dict[str, list[str]] = {}
    for key, value in Repository._convert_metadata_to_list_of_tuples(  # noqa: SLF001 - what it posts
        package.metadata_dictionary()
    ):
        posted.setdefault(key, []).append(value)
    del posted["blake2_256_digest"]
    kept = {
        key: values
        for key, values in posted.items()
        if values != [""] and values[-1].strip() != "UNKNOWN"
    }
    facts = read_wheel(path)
    raw = parse_metadata(facts.contents["demo-1.0.dist-info/METADATA"]).raw
    assert received(upload_form(raw, path.name, facts.sha256)) == kept


ROWS = [case for case in cases.CASES if case.rule not in ("META000", "META008")]


@pytest.mark.parametrize("at", range(len(ROWS)), ids=[row.rule for row in ROWS])
def test_twine_refuses_nothing_that_passes(at: int, tmp_path: Path) -> None:
    """For each case of the gate: twine sends this very form, or the gate stops the file."""
    for place, artifact in (("bad", ROWS[at].bad), ("good", ROWS[at].good)):
        facts = artifact.read(tmp_path / place)
        try:
            form = _twines(tmp_path / place / facts.file_name)
        except (InvalidDistribution, KeyError, ValueError, RecursionError):
            assert any(explain.stops(item) for item in metadata.check(facts, Policy()))
        else:
            assert _ours(facts) == form


NAMES = (
    ("METADATA.txt", "demo-1.0.dist-info/METADATA"),
    ("a/METADATA", "demo-1.0.dist-info/METADATA", "z/METADATA"),
    ("demo/METADATA.toml", "demo/sub/METADATA", "demo-1.0.dist-info/METADATA"),
    ("demo-1.0.dist-info/METADATA.orig", "demo-1.0.dist-info/METADATA"),
    ("METADATA/METADATA/x", "xMETADATAx/y"),
)


@pytest.mark.parametrize("names", NAMES)
def test_candidates_are_twines(names: tuple[str, ...]) -> None:
    """The members are tried in twine's own order."""
    theirs = TwineWheel.find_candidate_metadata_files([*names, "demo/core.py"])
    assert candidates([*names, "demo/core.py"]) == ["/".join(path) for path in theirs]


@pytest.mark.parametrize(
    ("name", "data", "stops"),
    [
        ("METADATA", "Metadata-Version: 2.1\nName: x\nVersion: 1\n", True),
        ("METADATA", "no more than words", False),
        ("a/METADATA", "Metadata-Version: 2.1\nName: x\nVersion: 1\n", True),
        ("x/METADATA", "Metadata-Version: 2.1\nName: x\nVersion: 1\n", False),
        ("demo-1.0.dist-info/METADATA.orig", "Metadata-Version: 2.1", False),
    ],
)
def test_another_member_is_read_exactly_where_the_gate_says_so(
    name: str,
    data: str,
    stops: bool,  # noqa: FBT001 - a column of the table
    tmp_path: Path,
) -> None:
    """The gate refuses the wheel whose METADATA twine does not read, and no other."""
    path = forge.Wheel(files={**forge.package(), name: data}).write(tmp_path)
    facts = read_wheel(path)
    read = TwineWheel(str(path)).read()
    assert (read != dist_info.content(facts, "METADATA")) == stops
    assert ("META008" in {item.rule for item in metadata.check(facts, Policy())}) == stops
