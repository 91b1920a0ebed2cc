"""The rules of the gate ``staged``."""

from __future__ import annotations

from release_tests.gates.rules import Authority, Rule, Severity

_REFERENCE = "release-gates, docs/staging.md"

RULES = (
    Rule(
        id="STAG001",
        gate="staged",
        title="the file is not on the staging index",
        why="What nobody could download from there was not tried as users will get it: nothing is "
        "known of what the index made of the upload.",
        mend="Upload it to the staging index and run again with `--staging`. An index may show a "
        "file a quarter of an hour after it took it: `deadline` in "
        "[tool.release-gates.indexes.staging] says how long is waited.",
        authority=Authority.PRACTICE,
        severity=Severity.ERROR,
        reference=_REFERENCE,
    ),
    Rule(
        id="STAG002",
        gate="staged",
        title="the staging index announces other bytes",
        why="Another build was uploaded under this name, before or since. What is tried from there "
        "is not what would be published, and the name takes no other bytes.",
        mend="Publish the bytes that are there, or build and verify the next version (`.postN`).",
        authority=Authority.PRACTICE,
        severity=Severity.ERROR,
        reference="Simple repository API",
    ),
    Rule(
        id="STAG003",
        gate="staged",
        title="the staging index serves other bytes than it announces",
        why="Installers refuse the file, or, from an index that announces no digest, install what "
        "was never verified. A cache, a mirror or somebody in between changes files.",
        mend="Do not use what came. Find out who serves it: ask the index itself, without a mirror "
        "or a proxy, and tell those who run it.",
        authority=Authority.INSTALLERS,
        severity=Severity.ERROR,
        reference="Simple repository API",
    ),
    Rule(
        id="STAG004",
        gate="staged",
        title="the staging index has these bytes under another name",
        why="An index takes each content once, so that it will not take this file. It was renamed "
        "after the upload, or two variants of a release are one file.",
        mend="Publish the file under the name that is there, or build it anew.",
        authority=Authority.PRACTICE,
        severity=Severity.ERROR,
        reference=_REFERENCE,
    ),
    Rule(
        id="STAG005",
        gate="staged",
        title="the metadata that the staging index serves are not the file's",
        why="pip and uv read dependencies from there, without the file: they install others than "
        "the file asks for, or refuse it.",
        mend="A change of METADATA after the build may be behind it (see the gate record); else "
        "those who run the index have to mend it.",
        authority=Authority.INSTALLERS,
        severity=Severity.ERROR,
        reference="PEP 658, PEP 714",
    ),
    Rule(
        id="STAG006",
        gate="staged",
        title="Requires-Python is another on the staging index",
        why="Installers choose by what the index says: users get the file on Pythons that it is "
        "not for, or do not get it on those that it is for.",
        mend="Upload with twine, which sends the file's own metadata. If it was uploaded so, those "
        "who run the index have to mend it.",
        authority=Authority.SPEC,
        severity=Severity.ERROR,
        reference="Simple repository API, data-requires-python",
    ),
    Rule(
        id="STAG007",
        gate="staged",
        title="the file is yanked on the staging index",
        why="Somebody took it back there, mostly because it is broken. Installers take it only "
        "where this very version is asked for.",
        mend="Find out why. If it was a mistake, take the yank back on the index.",
        authority=Authority.PRACTICE,
        severity=Severity.ERROR,
        reference="PEP 592",
    ),
    Rule(
        id="STAG008",
        gate="staged",
        title="the staging index announces no SHA-256",
        why="The file was downloaded and has the right bytes, but no installer can see that.",
        mend="Let the index announce it: `pypiserver run --hash-algo sha256`.",
        authority=Authority.SPEC,
        severity=Severity.ADVICE,
        reference="Simple repository API",
    ),
    Rule(
        id="STAG009",
        gate="staged",
        title="the staging index does not say Requires-Python",
        why="Installers choose by what the index says: from there users get the file on Pythons "
        "that it is not for. What is published elsewhere is not worse for it.",
        mend="Nothing, where users never install from there. Else use an index that says it, as "
        "devpi does and pypiserver does not.",
        authority=Authority.PRACTICE,
        severity=Severity.ADVICE,
        reference="Simple repository API, data-requires-python",
    ),
)
