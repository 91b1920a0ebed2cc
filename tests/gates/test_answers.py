"""What PyPI would answer is told with its values, and is what its libraries say of the form."""

from __future__ import annotations

import re
import struct
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from packaging.metadata import ExceptionGroup as MetadataErrors
from packaging.metadata import InvalidMetadata, Metadata, RawMetadata, parse_email
from packaging.requirements import Requirement

from release_tests.archive.reader import read_artifact, read_wheel
from release_tests.gates import archive, filename, metadata, record, structure, version
from release_tests.gates.catalogue import RULES
from release_tests.gates.explain import explain
from release_tests.gates.index_answers import NO_REASON
from release_tests.policy import Policy
from tests import forge
from tests.archive import zips
from tests.forge_sdist import Sdist
from tests.gates.test_rules import CASES, told_of

if TYPE_CHECKING:
    from pathlib import Path

    from release_tests.findings import Finding
    from tests.gates.cases.case import Case

_WITH_VALUES = {
    name: case
    for name, case in CASES.items()
    if "{" in RULES[case.rule].reason and case.rule != "NAME009"  # a file of a gigabyte
}
_VALUE = re.compile(r"\{[^}]*\}")
_HEAD = {
    "Metadata-Version": "2.4",
    "Name": "demo",
    "Version": "1.0",
    "Description-Content-Type": "text/markdown",
}


def _template(reason: str) -> re.Pattern[str]:
    """Return what an answer of this form looks like: a word or more in each place for a value."""
    fixed = (re.escape(part.strip()) for part in _VALUE.split(reason))
    return re.compile(".*".join(fixed), re.DOTALL)


@pytest.mark.parametrize("case", _WITH_VALUES.values(), ids=_WITH_VALUES)
def test_no_answer_has_a_place_for_a_value(case: Case, tmp_path: Path) -> None:
    """Where the rule has the form of an answer, each finding of it has the answer."""
    mine = told_of(case.rule, case, tmp_path)
    assert mine
    for finding in mine:
        answer = explain(finding)["reason"].removeprefix("PyPI answers: ")
        assert finding.answer
        assert not _VALUE.search(answer.replace(finding.found, ""))
        assert answer.endswith("…") or _fits(answer, case)


def _fits(answer: str, case: Case) -> bool:
    """Whether it is of the rule's form; what has no reason, or another rule's, is of none."""
    others = (
        "server error",
        "Unable to parse",
        "is a required field",
        "Filename 'demo-1.0.tar.gz'",
    )
    if any(words in answer for words in others) or case.rule in ("NAME001", "STR004", "NAME101"):
        return True
    return _template(RULES[case.rule].reason).fullmatch(answer) is not None


SPECIFIED: dict[str, dict[str, str]] = {
    "an unknown version of the metadata": {"Metadata-Version": "7"},
    "a field that came later": {"Import-Name": "demo"},
    "a version that is none": {"Version": "one"},
    "a summary of two lines": {"Summary": "a\n        b"},
    "another content type": {"Description-Content-Type": "text/html"},
    "another charset": {"Description-Content-Type": "text/markdown; charset=latin-1"},
    "another variant": {"Description-Content-Type": "text/markdown; variant=Mine"},
    "a dynamic version": {"Dynamic": "Version"},
    "a dynamic field that is none": {"Dynamic": "Colour"},
    "no Python": {"Requires-Python": "three"},
    "no requirement": {"Requires-Dist": "a b c"},
    "no extra": {"Provides-Extra": "!"},
    "no licence": {"License-Expression": "Mine"},
    "a licence's file outside": {"License-File": "../COPYING"},
    "any licence's file": {"License-File": "*"},
    "a licence's file of the system": {"License-File": "/COPYING"},
}
_FIRST = ("metadata-version", "name", "version")
_PAIRS = [
    (one, other)
    for one in SPECIFIED
    for other in SPECIFIED
    if one < other and not SPECIFIED[one].keys() & SPECIFIED[other].keys()
]


def _stated(*fields: dict[str, str]) -> str:
    merged = _HEAD | {name: value for some in fields for name, value in some.items()}
    return "\n".join(f"{name}: {value}" for name, value in merged.items()) + "\n\nWords\n"


def _said_by_packaging(stated: str) -> str:
    """Return what the index says: it takes its library's errors, and names one field's first."""
    raw: RawMetadata = parse_email(stated)[0]
    with pytest.raises(MetadataErrors) as caught:
        Metadata.from_raw(raw)
    errors = [one for one in caught.value.exceptions if isinstance(one, InvalidMetadata)]
    fields = {error.field for error in errors}
    named = next((field for field in _FIRST if field in fields), None) or min(fields)
    said = next(str(error) for error in errors if error.field == named)
    return said if said.endswith(".") else f"{said}."


def _told(wheel: forge.Wheel | Sdist, directory: Path) -> list[Finding]:
    facts = read_wheel(wheel.write(directory))
    gates = (filename, structure, record, metadata, version)
    found = [one for gate in gates for one in _of(gate.check(facts, Policy()))]
    ranks = {one: explain(one)["rank"] for one in found}
    return sorted((one for one in found if ranks[one]), key=lambda one: int(ranks[one]))


def _of(answer: object) -> list[Finding]:
    return answer if isinstance(answer, list) else []


@pytest.mark.parametrize(("one", "other"), _PAIRS)
def test_the_first_answer_is_the_library_s(one: str, other: str, tmp_path: Path) -> None:
    """Of two fields that the specification forbids, the index's own choice is told, word by word.

    The content types that may stand are a set, which is printed in any order.
    """
    stated = _stated(SPECIFIED[one], SPECIFIED[other])
    first = _told(forge.Wheel(metadata=stated), tmp_path)[0]
    assert sorted(first.answer) == sorted(_said_by_packaging(stated))


_NEWER = "License-Expression"
_NO_PERIOD = "The part after the @-sign is not valid. It should have a period."
ASKED: dict[str, tuple[dict[str, str], str]] = {
    "version": (
        {"Version": "1.0+cpu"},
        "The use of local versions in '1.0+cpu' is not allowed.",
    ),
    "author-email": (
        {"Author-email": "Me <me@nowhere>"},
        "'me@nowhere' is not a valid email address: " + _NO_PERIOD,
    ),
    "classifier": ({"Classifier": "No :: Such"}, "'No :: Such' is not a valid classifier."),
    "download-url": ({"Download-URL": "nowhere"}, "'nowhere' is not a valid url."),
    "home-page": ({"Home-page": "ftp://a.example"}, "'ftp://a.example' is not a valid url."),
    "license": (
        {"License": "MIT", "License-Expression": "MIT"},
        f"License is deprecated when {_NEWER} is present. Only {_NEWER} should be present.",
    ),
    "obsoletes-dist": (
        {"Obsoletes-Dist": "b @ https://b.example"},
        "Can't have direct dependency: 'b @ https://b.example'.",
    ),
    "project-url": ({"Project-URL": "Home, nowhere"}, "'nowhere' is not a valid url."),
    "requires-dist": (
        {"Requires-Dist": "b@https://b.example"},
        f"Can't have direct dependency: {Requirement('b@https://b.example')}.",
    ),
    "summary": ({"Summary": "a" * 513}, "'summary' field must be 512 characters or less."),
}
"""What the index asks for itself, in its order, with the words of its source."""


@pytest.mark.parametrize("field", ASKED)
def test_the_index_s_own_words(field: str, tmp_path: Path) -> None:
    """What the index asks for beyond the specification is answered in its words."""
    fields, words = ASKED[field]
    assert explain(_told(forge.Wheel(metadata=_stated(fields)), tmp_path)[0])["reason"] == (
        f"PyPI answers: {words}"
    )


def test_the_index_s_own_order(tmp_path: Path) -> None:
    """Of all of them at once each stands before those of later fields."""
    stated = _stated(*(fields for fields, _ in ASKED.values()))
    told = _told(forge.Wheel(metadata=stated), tmp_path)
    asked = [finding.answer or RULES[finding.rule].reason for finding in told]
    assert asked[: len(ASKED)] == [words for _, words in ASKED.values()]


def test_what_stands_twice_comes_before_all_of_that(tmp_path: Path) -> None:
    """What cannot be taken for a field ends the upload before any field is looked at."""
    stated = _stated(SPECIFIED["no Python"], {"Summary": "one\nSummary: two"})
    first = _told(forge.Wheel(metadata=stated), tmp_path)[0]
    assert first.answer == "'summary' has invalid data."


@pytest.mark.parametrize("fields", [{}, {"Summary": "a" * 600, "Requires-Python": "three"}])
def test_a_name_is_looked_at_first(fields: dict[str, str], tmp_path: Path) -> None:
    """The name is a field of the upload itself; a long one is shown by its ends."""
    stated = _stated({"Name": "-" + "a" * 80}, fields)
    first = _told(forge.Wheel(metadata=stated), tmp_path)[0]
    assert first.answer == (
        f"'-{'a' * 29}...{'a' * 30}' is an invalid value for Name. Error: Start and end with a "
        "letter or numeral containing only ASCII numeric and '.', '_' and '-'."
    )


def test_unknown_is_nothing_to_the_index(tmp_path: Path) -> None:
    """It drops a field that says UNKNOWN, so it refuses none for that; a name that does is none."""
    fields = {"Description-Content-Type": "UNKNOWN", "License-Expression": "UNKNOWN"}
    assert _told(forge.Wheel(metadata=_stated(fields)), tmp_path) == []
    nameless = forge.Wheel(name="UNKNOWN", metadata=_stated({"Name": "UNKNOWN"}))
    told = {finding.rule: finding.answer for finding in _told(nameless, tmp_path)}
    assert told["META009"] == "'' is an invalid value for Name. Error: This field is required."


def test_the_versions_as_the_index_names_them(tmp_path: Path) -> None:
    """The metadata's version is the right one, and the file name's the wrong one."""
    wheel = forge.Wheel(metadata=_stated({"Version": "2.0"}))
    assert _told(wheel, tmp_path)[0].answer == "Version in filename should be '2.0' not '1.0'."


@pytest.mark.parametrize(
    ("stated", "named"), [("dém", "dém"), ("-démo", "-d-mo"), ("demo.", "demo."), ("a b", "a b")]
)
def test_a_name_is_refused_as_an_uploader_sends_it(stated: str, named: str, tmp_path: Path) -> None:
    """Where twine makes another, valid name of it, the answer is that to the name as it stands."""
    text = "\n".join(["Metadata-Version: 2.4", f"Name: {stated}", "Version: 1.0", "", "Words.", ""])
    facts = read_wheel(forge.Wheel(metadata=text).write(tmp_path))
    (found,) = (one for one in metadata.check(facts, Policy()) if one.rule == "META009")
    assert found.answer.startswith(f"{named!r} is an invalid value for Name.")


def test_an_sdist_as_zip_has_the_answer_for_sdists(tmp_path: Path) -> None:
    """The index lists the ending among those it takes, and then asks for another."""
    path = forge.Wheel(file_name="demo-1.0.zip").write(tmp_path)
    (found,) = filename.check(read_artifact(path), Policy())
    assert found.answer == "Filename 'demo-1.0.zip' is invalid, should be 'demo-1.0.tar.gz'."


def test_an_ending_in_capitals_is_none_to_the_index(tmp_path: Path) -> None:
    """It looks at the ending before it takes a name apart, and at the letters as they are."""
    (found,) = filename.check(
        read_artifact(Sdist(file_name="demo-1.0.TAR.GZ").write(tmp_path)), Policy()
    )
    assert (found.answer, found.rank) == (RULES["NAME006"].reason, RULES["NAME006"].rank)


def _framed(name: bytes) -> dict[str, tuple[zips.Archive, str]]:
    """Return archives and what the index answers, from its source; names begin with *name*."""
    one, other = zips.Entry(name + b"a", b"words"), zips.Entry(name + b"b", b"more")
    second = struct.pack("<2H5x", 0x7075, 6) + b"\xe9"
    return {
        "a record twice": (
            zips.Archive([one, one], central=[one]),
            "Duplicate filename in local headers",
        ),
        "an entry twice": (
            zips.Archive([one], central=[one, one]),
            "Duplicate filename in central directory",
        ),
        "a record alone": (
            zips.Archive([one, other], central=[one]),
            "Filename not in central directory",
        ),
        "an entry alone": (
            zips.Archive([one], central=[one, other]),
            "Missing filename in local headers",
        ),
        "another packed size": (
            zips.Archive([replace(one, local_says={"packed": 3})]),
            "Mis-matched data size",
        ),
        "another size": (
            zips.Archive([replace(one, local_says={"size": 3})]),
            "Mis-matched file size",
        ),
        "letters unmarked": (
            zips.Archive([zips.Entry(name + "\u00e9".encode())]),
            "Filename not in central directory",
        ),
        "letters of another alphabet": (
            zips.Archive([zips.Entry(name + b"\xe9")]),
            "Filename not unicode",
        ),
        "a second name in letters of another alphabet": (
            zips.Archive([replace(one, local_extra=second)]),
            "Filename not valid UTF-8",
        ),
        "a control character, and a broken extra field": (
            zips.Archive([zips.Entry(name + b"\n", local_extra=b"\1\2\3")]),
            "Invalid character in filename",
        ),
        "a comment, and a control character": (
            zips.Archive(
                [zips.Entry(name + b"\n", comment=b"c", local_says={"name": name + b"\n"})]
            ),
            "Invalid character in filename",
        ),
        "a wrong count": (zips.Archive([one], count=3), "Mismatched central directory records"),
        "a wrong offset": (zips.Archive([one], offset=1), "Mismatched central directory offset"),
        "more in the end of zip64": (
            zips.Archive([one], zip64=True, end64_size=56),
            "ZIP64 extensible data not allowed",
        ),
    }


_FRAMED = _framed(b"")
_OTHERS_WORDS = (
    b" (local header at offset 0) ",
    b" (central header at offset 0) ",
    b"the local header has another size than the central directory",
    b"the local header has another compressed size than the central directory",
    b"its name is not UTF-8: bit 11, counts other entries, does not end where",
)
"""What we say of faults, as the names of members."""


@pytest.mark.parametrize("name", [b"", *_OTHERS_WORDS])
@pytest.mark.parametrize("framing", _FRAMED)
def test_an_archive_that_is_not_accepted_has_the_index_s_words(
    framing: str, name: bytes, tmp_path: Path
) -> None:
    """The first finding answers what the index comes upon first, whatever members are named."""
    made, words = _framed(name)[framing]
    facts = read_wheel(made.write(tmp_path / "demo-1.0-py3-none-any.whl"))
    first = explain(archive.check(facts, Policy())[0])
    assert first["reason"] == f"PyPI answers: {_NOT_ACCEPTED}{words}"


_NOT_ACCEPTED = "Invalid distribution file. ZIP archive not accepted: "


@pytest.mark.parametrize("header", [0, 1])
def test_an_archive_that_zipfile_does_not_open_is_answered_before_all_else(
    header: int, tmp_path: Path
) -> None:
    """The index opens the file before it looks at framing, at what it holds, and at its WHEEL."""
    data = bytearray(zips.Archive([zips.Entry(b"a"), zips.Entry(b"b")]).data())
    at = [found.start() for found in re.finditer(b"PK\1\2", data)][header]
    data[at : at + 2] = b"  "
    path = tmp_path / "demo-1.0-py3-none-any.whl"
    path.write_bytes(data)
    first = explain(archive.check(read_wheel(path), Policy())[0])
    assert first["reason"] == "PyPI answers: Invalid distribution file. None"
    assert int(first["rank"]) == RULES["ZIP002"].rank
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(path)


def test_a_blank_line_of_record_has_no_answer(tmp_path: Path) -> None:
    """The index fails over it without a reason."""
    path = forge.Wheel(record=b"\ndemo/core.py,,\n").write(tmp_path)
    answers = {one.rule: one.answer for one in _of(record.check(read_wheel(path), Policy()))}
    assert answers["REC011"] == NO_REASON


def test_names_of_two_kinds_in_an_sdist_have_no_answer(tmp_path: Path) -> None:
    """Absolute and relative ones have nothing in common, over which the index fails."""
    path = Sdist(beside={"/etc/passwd": "root"}).write(tmp_path)
    answers = {one.rule: one.answer for one in _of(structure.check(read_artifact(path), Policy()))}
    assert answers["STR101"] == NO_REASON
