"""The rules of the gate ``filename``."""

from __future__ import annotations

from release_tests.gates.rules import Authority, Rule, Severity

_FORMAT = "Binary distribution format, File name convention"

RULES = (
    Rule(
        id="NAME001",
        gate="filename",
        title="the file name is not a wheel's",
        why="Indexes and installers learn everything they select a wheel by from its file name. "
        "One that they cannot take apart is refused at upload and never installed.",
        mend="Let the build back end name it, and do not rename it afterwards. The form is "
        "{distribution}-{version}(-{build})-{python}-{abi}-{platform}.whl.",
        authority=Authority.PYPI,
        severity=Severity.ERROR,
        reference=_FORMAT,
    ),
    Rule(
        id="NAME002",
        gate="filename",
        title="the distribution's name is not normalized",
        why="The index compares this part with the normalized project name and refuses the upload; "
        "some installers look for the dist-info directory under the normalized name only.",
        mend="Lower the case and replace every run of `-`, `_` and `.` by one `_`. A current build "
        "back end does so by itself.",
        authority=Authority.PYPI,
        severity=Severity.ERROR,
        reference=_FORMAT,
    ),
    Rule(
        id="NAME003",
        gate="filename",
        title="the version is not in its canonical form",
        why="Tools compare versions in file names as text, in lock files and mirrors for one; the "
        "same version written in two ways is taken for two.",
        mend="Write the version as PEP 440 normalizes it, also where the build takes it from.",
        authority=Authority.SPEC,
        severity=Severity.ERROR,
        reference=_FORMAT + "; PEP 440, Normalization",
    ),
    Rule(
        id="NAME004",
        gate="filename",
        title="no interpreter has this Python or ABI tag",
        why="An installer takes a wheel only if one of its tags is among the interpreter's own. "
        "This one can never match, so the wheel is never installed, and nobody is told why.",
        mend="Use tags such as py3-none, cp312-cp312 or cp39-abi3.",
        authority=Authority.SPEC,
        severity=Severity.ERROR,
        reference="Platform compatibility tags",
    ),
)
