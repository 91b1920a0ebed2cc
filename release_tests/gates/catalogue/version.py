"""The rules of the gate ``version``."""

from __future__ import annotations

from release_tests.gates.rules import Authority, Rule, Severity

RULES = (
    Rule(
        id="VER001",
        gate="version",
        title="dist-info has another version than the file name",
        why="Installers refuse a wheel whose two versions differ; those that do not record a "
        "version that was never released.",
        mend="Do not rename wheels: set the version in the project, and build again.",
        authority=Authority.PYPI,
        severity=Severity.ERROR,
        reference="Binary distribution format",
        reason="Invalid distribution file. WHEEL not found at {place}",
        rank=303,
    ),
    Rule(
        id="VER002",
        gate="version",
        title="METADATA has another version than the file name",
        why="The index refuses the upload, and a resolver that trusts the file name installs "
        "something else than it chose.",
        mend="Do not rename wheels: set the version in the project, and build again.",
        authority=Authority.PYPI,
        severity=Severity.ERROR,
        reference="Core metadata specifications, Version",
        reason="Version in filename should be '{version}' not '{other}'.",
        rank=405,
    ),
    Rule(
        id="VER003",
        gate="version",
        title="the package states another version than the wheel",
        why="Users and bug reports quote `__version__`. One that was not raised with the release "
        "names a version that they do not have.",
        mend="State the version in one place and let the build read it there, or raise both. If "
        "the module's version is another matter, name the right modules in the policy: "
        "`version-modules = [...]`.",
        authority=Authority.PRACTICE,
        severity=Severity.ERROR,
        reference="release-gates",
    ),
    Rule(
        id="VER004",
        gate="version",
        title="the package states a local version, the wheel does not",
        why="The public version is the same, so dependencies resolve rightly; but `__version__` "
        "differs from what pip shows, and comparing the two as text fails.",
        mend="State the public version only, unless the local part tells builds apart on purpose.",
        authority=Authority.PRACTICE,
        severity=Severity.ADVICE,
        reference="PEP 440, Local version identifiers",
    ),
    Rule(
        id="VER005",
        gate="version",
        title="another package in the wheel states another version",
        why="A second package with a version of its own may be meant so, or was forgotten when the "
        "release was raised.",
        mend="Raise it with the release, or name the modules that count in the policy: "
        "`version-modules = [...]`.",
        authority=Authority.PRACTICE,
        severity=Severity.ADVICE,
        reference="release-gates",
    ),
    Rule(
        id="VER006",
        gate="version",
        title="the source says another version than the file",
        why="What is about to be published was not built from what is checked out, or the tag, "
        "pyproject.toml and the build do not agree on what the release is called. Whoever looks "
        "for the source of a version finds another one.",
        mend="Check out the commit that the file was built from, or raise the version where it was "
        "forgotten, tag the commit, and build again. What each of them says is listed.",
        authority=Authority.PRACTICE,
        severity=Severity.ERROR,
        reference="release-gates, docs/versions.md",
    ),
    Rule(
        id="VER007",
        gate="version",
        title="the version names another commit than the source",
        why="The local part of the version says which commit the file was built from, and it is "
        "not the one that is checked out.",
        mend="Check that commit out to verify the file, or build it again from this one.",
        authority=Authority.PRACTICE,
        severity=Severity.ERROR,
        reference="release-gates, docs/versions.md",
    ),
    Rule(
        id="VER008",
        gate="version",
        title="the source is not a tagged commit as it was tagged",
        why="Changed files, or commits after the tag, are in the release or not, and nobody can "
        "tell afterwards: the tag does not lead to what was built.",
        mend="Commit what is changed, tag the commit, and build from a fresh checkout of the tag. "
        "If releases are tagged after they are published, this is as it should be.",
        authority=Authority.PRACTICE,
        severity=Severity.ADVICE,
        reference="release-gates, docs/versions.md",
    ),
    Rule(
        id="VER009",
        gate="version",
        title="the build back end does not say the version",
        why="pyproject.toml leaves the version to the build, and the build back end did not tell "
        "it, so nothing is known of what a build from this source would be called.",
        mend="The finding shows why it did not. It runs isolated, with the build requirements of "
        "pyproject.toml and hardly any variables: those that it needs are named in the policy, "
        "`[tool.release-gates.source] env`.",
        authority=Authority.PRACTICE,
        severity=Severity.ADVICE,
        reference="PEP 517, prepare_metadata_for_build_wheel",
    ),
)
