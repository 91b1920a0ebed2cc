"""The rules of the gate ``filename``.

Ranks 200 to 299 are the index's order for the name and the size of the file, those from 401 on
its order once the file has been received. A new project's name is looked at with the form.
"""

from __future__ import annotations

from release_tests.gates.catalogue.metadata import NEW_PROJECT
from release_tests.gates.rules import Authority, Family, Severity

_FORMAT = "Binary distribution format, File name convention"
_LIMITS = "The index's documentation, Storage limits"

_rule = Family(prefix="NAME", gate="filename", reference=_FORMAT, authority=Authority.SPEC)

RULES = (
    _rule(
        "001",
        "the file name is not a wheel's",
        "Indexes and installers learn everything they select a wheel by from its file name. "
        "One that they cannot take apart is refused at upload and never installed.",
        "Let the build back end name it, and do not rename it afterwards. The form is "
        "{distribution}-{version}(-{build})-{python}-{abi}-{platform}.whl.",
        authority=Authority.PYPI,
        reason="Invalid wheel filename{, why}: '{file}'",
        rank=401,
    ),
    _rule(
        "002",
        "the distribution's name is not normalized",
        "The index compares this part with the normalized project name and refuses the upload; "
        "some installers look for the dist-info directory under the normalized name only.",
        "Lower the case and replace every run of `-`, `_` and `.` by one `_`. A current build "
        "back end does so by itself.",
        authority=Authority.PYPI,
        reason="Filename '{file}' should contain the normalized project name '{name}', not "
        "'{other}'.",
        rank=404,
    ),
    _rule(
        "003",
        "the version is not in its canonical form",
        "Tools compare versions in file names as text, in lock files and mirrors for one; the "
        "same version written in two ways is taken for two.",
        "Write the version as PEP 440 normalizes it, also where the build takes it from.",
        reference=_FORMAT + "; PEP 440, Normalization",
    ),
    _rule(
        "004",
        "no interpreter has this Python or ABI tag",
        "An installer takes a wheel only if one of its tags is among the interpreter's own. "
        "This one can never match, so the wheel is never installed, and nobody is told why.",
        "Use tags such as py3-none, cp312-cp312 or cp39-abi3.",
        reference="Platform compatibility tags",
    ),
    _rule(
        "005",
        "the file name holds a forbidden character",
        "Stores and command lines take such characters for something else.",
        "Let the build back end name it, and do not rename it afterwards.",
        authority=Authority.PYPI,
        reason="Cannot upload a file with {non-printable characters / slashes} in the name.",
        rank=200,
    ),
    _rule(
        "006",
        "the file name does not end with .whl",
        "What a file is, is told by how its name ends; capital letters do not count.",
        "Let the build back end name it, and do not rename it afterwards.",
        authority=Authority.PYPI,
        reason="Invalid file extension: Use .tar.gz, .whl or .zip extension.",
        rank=201,
    ),
    _rule(
        "007",
        "the index does not take wheels for this platform",
        "A tag such as linux_x86_64 says nothing of the systems that the wheel runs on, so the "
        "index takes only tags that do.",
        "For Linux let `auditwheel repair` give the wheel the tag that its libraries allow; for "
        "macOS set MACOSX_DEPLOYMENT_TARGET, to 10.N or to the .0 of a later release.",
        authority=Authority.PYPI,
        reason="Binary wheel '{file}' has an unsupported platform tag '{tag}'.",
        rank=402,
        reference="Platform compatibility tags",
    ),
    _rule(
        "008",
        "the file name is too long",
        "The index stores the metadata beside the file, under its name with `.metadata` added, "
        "and 255 bytes is all that file systems take.",
        "Shorten the name, or tag the wheel for fewer platforms at once.",
        authority=Authority.PYPI,
        reason="Filename is too long: '{file}'",
        rank=410,
    ),
    _rule(
        "009",
        "the file is larger than the index ever takes",
        "100 MiB is what every project has, 1 GiB the most that any is granted.",
        "Leave out what users can do without: debug symbols, bundled data, architectures.",
        authority=Authority.PYPI,
        reason="File too large. Limit for project '{name}' is 100 MB.",
        rank=202,
        reference=_LIMITS,
    ),
    _rule(
        "010",
        "the file is larger than the index takes by default",
        "PyPI answers 'File too large' unless this project was granted more than 100 MiB, and by "
        "then the other files of the release may be out.",
        "Make sure that the project's limit was raised, or leave out what users can do without.",
        authority=Authority.PRACTICE,
        severity=Severity.ADVICE,
        reference=_LIMITS,
    ),
    _rule(
        "011",
        "the project is named like a module of the standard library",
        "Users who install it would hide, or seem to replace, the module that Python brings. The "
        "index does not let such a project be created; one that it has had for longer may go on.",
        "Choose another name, or waive the rule if the index has had the project for longer.",
        authority=Authority.PYPI,
        reason="The name '{name}' isn't allowed (conflict with Python Standard Library module "
        "name).",
        rank=NEW_PROJECT,
        reference="The index's documentation, Project names",
    ),
)
