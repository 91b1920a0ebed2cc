"""The rules of the gate ``release``."""

from __future__ import annotations

from release_tests.gates.catalogue.metadata import NEW_PROJECT
from release_tests.gates.rules import Authority, Rule, Severity

_WAIVERS = "release-gates, docs/waivers.md"

RULES = (
    Rule(
        id="REL001",
        gate="release",
        title="the files of one project describe it differently",
        why="An index shows a release as its first file describes it: summary, description, "
        "classifiers, licence, links and the Python that it requires. What the others say is "
        "never seen, and which file comes first is an accident.",
        mend="Build all files of the release from one state of the project; take what differs by "
        "platform out of these fields.",
        authority=Authority.PRACTICE,
        severity=Severity.ERROR,
        reference="release-gates, docs/release-gate.md",
    ),
    Rule(
        id="REL002",
        gate="release",
        title="the files of one project have different dependencies",
        why="Resolvers that write lock files read one file and take its dependencies for those "
        "of all. On the other platforms something is then missing, or too much.",
        mend="State every dependency in every file, with a marker such as "
        "`; sys_platform == 'linux'` where it is for one platform only.",
        authority=Authority.PRACTICE,
        severity=Severity.ADVICE,
        reference="PEP 643; Dependency specifiers, Environment markers",
    ),
    Rule(
        id="REL003",
        gate="release",
        title="two files have the same bytes",
        why="The index takes each content once: the second of the two is refused, in the middle of "
        "the release.",
        mend="Leave one of them out; a wheel for several platforms has compressed tags in one "
        "name, as `wheel tags` writes them.",
        authority=Authority.PYPI,
        severity=Severity.ERROR,
        reference="The index's upload API",
        reason="File already exists ('{file}').",
        rank=250,
    ),
    Rule(
        id="REL004",
        gate="release",
        title="two wheels of one project are for the same Python and platform",
        why="An installer that could take either takes one by the build number or by chance; "
        "nobody gets the other, and what was tested may not be what is installed.",
        mend="Leave one of them out, or give each the tags of what it was built for.",
        authority=Authority.PRACTICE,
        severity=Severity.ERROR,
        reference="Binary distribution format, File name convention",
    ),
    Rule(
        id="REL005",
        gate="release",
        title="one version is written in two ways",
        why="1.0 and 1.0.0 are one version and one release on the index, but two to whatever "
        "compares file names, in mirrors and lock files for one.",
        mend="Write the version in one way for all files, and build again.",
        authority=Authority.PRACTICE,
        severity=Severity.ERROR,
        reference="PEP 440, Version matching",
    ),
    Rule(
        id="REL006",
        gate="release",
        title="a project is here in another version too",
        why="A file left over from an earlier build goes out with the new ones, if nobody looks.",
        mend="Empty the directory before the build, or name with --wheel what goes out.",
        authority=Authority.PRACTICE,
        severity=Severity.ADVICE,
        reference="release-gates",
    ),
    Rule(
        id="REL007",
        gate="release",
        title="a wheel that the policy expects is not there",
        why="A build job failed or its files were not collected. For its platform, installers "
        "would take an older version, or try to build from source.",
        mend="Build what is missing and verify all files together; or, if it is no longer "
        "released, take it out of the policy's `expect`.",
        authority=Authority.PRACTICE,
        severity=Severity.ERROR,
        reference="release-gates, docs/release-gate.md",
    ),
    Rule(
        id="REL008",
        gate="release",
        title="a wheel is here that the policy does not expect",
        why="A list of what is released holds only as long as it is complete: what stands in no "
        "line of it will not be missed when it is gone.",
        mend="Add a pattern for it to the policy's `expect`, or leave the file out.",
        authority=Authority.PRACTICE,
        severity=Severity.ADVICE,
        reference="release-gates, docs/release-gate.md",
    ),
    Rule(
        id="REL009",
        gate="release",
        title="distributions install the same files",
        why="Installed together, the one that comes second overwrites the first without a word, "
        "and removing either takes the files of both away.",
        mend="Give each its own package; or, if users are to have only one of them, say so in the "
        "policy: `exclusive = [[...]]`.",
        authority=Authority.PRACTICE,
        severity=Severity.ERROR,
        reference="Recording installed projects, The RECORD file",
    ),
    Rule(
        id="REL010",
        gate="release",
        title="a dependency is on a local version",
        why="PyPI takes no local versions, so no file there can meet it: the wheel can only be "
        "installed by users who add another index by hand.",
        mend="Depend on the public version, as in `torch==2.5.1`, and tell users which index has "
        "the build that they want. Where no other will do, as in a wheel for torch's build for the "
        "CPU, keep it, name its index in the policy (`[tool.release-gates.install] "
        "extra-indexes`), and waive this rule with that reason.",
        authority=Authority.PRACTICE,
        severity=Severity.ERROR,
        reference="PEP 440, Local version identifiers",
    ),
    Rule(
        id="REL011",
        gate="release",
        title="a waiver is not whole, and waives nothing",
        why="Somebody meant to set a rule aside, and the policy does not say which, for what, why "
        "or until when.",
        mend="Give it a rule that can be waived, a pattern of file names, a reason and a last day; "
        "or take it out.",
        authority=Authority.PRACTICE,
        severity=Severity.ERROR,
        reference=_WAIVERS,
    ),
    Rule(
        id="REL012",
        gate="release",
        title="a waiver has expired, and waives nothing",
        why="The last day on which the rule was to be broken has passed. If it still is, its own "
        "gate fails; if not, the waiver would hide the next time.",
        mend="Mend what was waived and take the waiver out; or decide anew, with a new last day.",
        authority=Authority.PRACTICE,
        severity=Severity.ERROR,
        reference=_WAIVERS,
    ),
    Rule(
        id="REL013",
        gate="release",
        title="a waiver is not needed",
        why="None of its artifacts breaks the rule any more. Left in place, it would hide it when "
        "the rule is broken again.",
        mend="Take it out of the policy.",
        authority=Authority.PRACTICE,
        severity=Severity.ERROR,
        reference=_WAIVERS,
    ),
    Rule(
        id="REL014",
        gate="release",
        title="a waiver is for none of the artifacts of this run",
        why="Its pattern matches no file name here. Either its artifacts are verified elsewhere, "
        "or the pattern has a typing error.",
        mend="Compare the pattern with the file names; verify all files of a release together.",
        authority=Authority.PRACTICE,
        severity=Severity.ADVICE,
        reference=_WAIVERS,
    ),
    Rule(
        id="REL015",
        gate="release",
        title="a project has two source distributions",
        why="A release has one: the index refuses the second, in the middle of the release, and "
        "which of the two users build from is an accident.",
        mend="Keep the one that the wheels were built from, named as a current build back end "
        "names it.",
        authority=Authority.PYPI,
        severity=Severity.ERROR,
        reference="The index's upload API",
        reason="Only one sdist may be uploaded per release.",
        rank=251,
    ),
    Rule(
        id="REL016",
        gate="release",
        title="two variants hold the same code",
        why="Variants are built for different processors, and users choose one by its name. Where "
        "two hold the same instructions, one of them is not what it is called: the build of the "
        "other was taken, or an option was lost.",
        mend="Build the variant again with its own options, and compare `uses` in its policy; or "
        "publish one of the two only.",
        authority=Authority.PRACTICE,
        severity=Severity.ERROR,
        reference="release-gates, docs/cpu.md",
    ),
    Rule(
        id="REL017",
        gate="release",
        title="a project is named too much like another one",
        why="PyPI takes no new project whose name differs from another's only in `-`, `_` and `.`, "
        "in l, i and 1, or in o and 0. Its dependencies are there already, and of two new projects "
        "of one release the second is refused when the first is published.",
        mend="Choose another name. If the project is on PyPI already, waive the rule for it.",
        authority=Authority.PYPI,
        severity=Severity.ERROR,
        reference="The index's check of new projects' names",
        reason="The name '{name}' is too similar to an existing project.",
        rank=NEW_PROJECT,
    ),
)
