"""The rules of the gate ``installed-version``."""

from __future__ import annotations

from release_tests.gates.rules import Authority, Rule, Severity

RULES = (
    Rule(
        id="IVER001",
        gate="installed-version",
        title="the running package has another version",
        why="Users, bug reports and other packages read `__version__`. One that differs from the "
        "release names a version that they do not have.",
        mend="Let the build write the version, or read it with `importlib.metadata.version`. If "
        "another module holds it, name that one: `version-modules = [...]`.",
        authority=Authority.PRACTICE,
        severity=Severity.ERROR,
        reference="release-gates, docs/versions.md",
    ),
    Rule(
        id="IVER002",
        gate="installed-version",
        title="the installed metadata has another version",
        why="`importlib.metadata` and pip go by the metadata: requirements of other packages are "
        "compared with that version, not with the one of the file name.",
        mend="Never rename a wheel: set the version in the project, and build again.",
        authority=Authority.SPEC,
        severity=Severity.ERROR,
        reference="Recording installed projects, The .dist-info directory",
    ),
)
