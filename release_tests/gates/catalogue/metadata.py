"""The rules of the gate ``metadata``.

Ranks below 200 are the index's order for the form: the name, then what cannot be taken for a field,
what the specification forbids, what the index asks for beyond it, a new project's name, and the
description last. A finding adds the place of its field.
"""

from __future__ import annotations

from release_tests.gates.rules import Authority, Family, Severity

_CORE = "Core metadata specifications"

NAMED, UNPARSED, SPECIFIED, ASKED, NEW_PROJECT, RENDERED = 0, 1, 50, 100, 150, 151
"""The stages in which the index judges the form, as the first of their ranks."""

_rule = Family(prefix="META", gate="metadata", reference=_CORE, authority=Authority.PYPI)

RULES = (
    _rule(
        "001",
        "a field is missing or not as the specification defines it",
        "The index judges every field at upload, with the same library, and refuses the file.",
        "Correct the field in pyproject.toml; if it is right there, update the build back end.",
        reason="{what is wrong with the field}",
        rank=SPECIFIED,
    ),
    _rule(
        "002",
        "a field is unknown, or repeated although it may stand only once",
        "twine refuses to upload it, other uploaders leave it out, and readers differ in which "
        "value they take.",
        "Write the field once, under its name in the specification.",
        authority=Authority.SPEC,
    ),
    _rule(
        "003",
        "the description does not render",
        "The index refuses the upload, or shows the project page as raw text.",
        "Correct the mark-up at the place named; `twine check` shows the same.",
        reason="The description failed to render {as what}",
        rank=RENDERED,
        reference=f"{_CORE}, Description",
    ),
    _rule(
        "004",
        "there is no description",
        "The project page is empty: users see only the summary.",
        'Set `readme = "README.md"` in the `[project]` table.',
        authority=Authority.PRACTICE,
    ),
    _rule(
        "005",
        "the description has no content type",
        "It is read as reStructuredText, which a Markdown file hardly ever is.",
        "Name the file in `readme` so that the build back end knows its type, or set "
        "`content-type` beside it.",
        authority=Authority.PRACTICE,
    ),
    _rule(
        "006",
        "the name is not the file name's",
        "The index refuses the upload; installers look the project up under one name and find "
        "another.",
        "Do not rename wheels: change the name in the project, and build again.",
        reason="Start filename for '{project}' with '{normalized name}'.",
        rank=403,
    ),
    _rule(
        "007",
        "License-File stands in metadata older than 2.4",
        "The field came with version 2.4. Older versions of setuptools write it all the same; "
        "twine leaves it out of the upload, so the index does not refuse the file.",
        "Update the build back end, so that it writes Metadata-Version 2.4 or later.",
        authority=Authority.SPEC,
        severity=Severity.ADVICE,
    ),
    _rule(
        "008",
        "an uploader reads another file than METADATA",
        "twine takes the shallowest member whose name contains METADATA, so the index shows and "
        "resolves by what that file says, while installers go by the right one.",
        "Rename or move the member that is named, so that only dist-info holds a METADATA.",
        authority=Authority.PRACTICE,
        reference="release-gates",
    ),
    _rule(
        "009",
        "the name is missing or not a project's",
        "Neither indexes nor installers can look such a name up.",
        "Begin and end the name with a letter or a digit; between them only ASCII letters, "
        "digits, `.`, `_` and `-` may stand.",
        reason="'{name}' is an invalid value for Name. Error: {what a name must be}",
        rank=NAMED,
        reference=f"{_CORE}, Name",
    ),
    _rule(
        "010",
        "the Metadata-Version is missing or not one that the index takes",
        "How each field is read depends on it, so nothing else is looked at.",
        "Use a build back end whose Metadata-Version the index takes: an older one where it is "
        "ahead of the index.",
        reason="{version} is not a valid metadata version.",
        rank=SPECIFIED,
        reference=f"{_CORE}, Metadata-Version",
    ),
    _rule(
        "011",
        "a field is newer than the stated Metadata-Version",
        "Readers of that version do not know the field; the index refuses the upload.",
        "Update the build back end, so that it writes the version that the field came with.",
        reason="{field} introduced in metadata version {version}, not {stated version}.",
        rank=SPECIFIED,
        reference=f"{_CORE}, Metadata-Version",
    ),
    _rule(
        "012",
        "the version is missing or not one of PEP 440",
        "Versions that cannot be compared cannot be resolved.",
        "Write it as PEP 440 defines it: `1.2.3`, `1.2rc1`, `1.2.post1`.",
        reason="'{version}' is invalid for 'version'.",
        rank=SPECIFIED,
        reference=f"{_CORE}, Version",
    ),
    _rule(
        "013",
        "the summary has more than one line",
        "It is shown in lists, a line a project.",
        "Make it one sentence; the rest belongs into the readme.",
        reason="'summary' must be a single line.",
        rank=SPECIFIED,
        reference=f"{_CORE}, Summary",
    ),
    _rule(
        "014",
        "the description's content type is none that the index renders",
        "The index would not know how to show the description.",
        "Write text/markdown, text/x-rst or text/plain; the charset is UTF-8, in capital letters, "
        "and a Markdown variant GFM or CommonMark.",
        reason="{what is wrong with} 'description-content-type'{, and what it may be}.",
        rank=SPECIFIED,
        reference=f"{_CORE}, Description-Content-Type",
    ),
    _rule(
        "015",
        "Dynamic names a field that it must not, or none at all",
        "Name, version and metadata version are what a file is known by: they cannot differ "
        "between the files of one release.",
        "Let the build back end write Dynamic, and update it if it wrote this. `dynamic` in "
        "`[project]` is another thing, and may name the version.",
        reason="{Dynamic field} '{field}' is not {allowed as a / a valid} dynamic field.",
        rank=SPECIFIED,
        reference=f"{_CORE}, Dynamic",
    ),
    _rule(
        "016",
        "a requirement, an extra or a licence expression cannot be parsed",
        "An installer cannot resolve what it cannot read: pip and uv refuse the wheel too.",
        "Requirements and Python versions are written as in PEP 508 and PEP 440, extras like "
        "project names, licences as an SPDX expression such as `MIT OR Apache-2.0`.",
        reason="'{value}' is invalid for '{field}'.",
        rank=SPECIFIED,
        reference=f"{_CORE}, Requires-Dist; Requires-Python; Provides-Extra; License-Expression",
    ),
    _rule(
        "017",
        "a License-File is no plain relative path",
        "The index looks each of them up inside of the wheel.",
        "Paths are relative to the project's root, with `/`, without `..` and without `*`.",
        reason="'{path}' is invalid for 'license-file', {why}.",
        rank=SPECIFIED,
        reference=f"{_CORE}, License-File",
    ),
    _rule(
        "018",
        "an Import-Name or Import-Namespace is no module's name",
        "It says what users can import, so it must be what an import statement takes.",
        "Write dotted identifiers that are no keywords; after a semicolon only `private`.",
        reason="'{name}' is invalid for '{field}'; {why}.",
        rank=SPECIFIED,
        reference=f"{_CORE}, Import-Name",
    ),
    _rule(
        "019",
        "the version has a local part",
        "Local versions such as 1.0+cpu tell apart builds of one's own; a public index has one "
        "meaning for a version.",
        "Publish variants under names of their own, such as demo-cpu, or on an index of your own.",
        reason="The use of local versions in '{version}' is not allowed.",
        rank=ASKED,
        reference=f"{_CORE}, Version",
    ),
    _rule(
        "020",
        "the summary is too long",
        "It is shown in lists and search results.",
        "Make it one sentence; the rest belongs into the readme.",
        reason="'summary' field must be 512 characters or less.",
        rank=ASKED,
        reference=f"{_CORE}, Summary",
    ),
    _rule(
        "021",
        "an author's or maintainer's e-mail address is none",
        "The index checks the first address of the field; reserved domains such as .invalid, "
        ".test and .local fail as well.",
        "Write an address that mail could reach, or a name without an address.",
        reason="'{address}' is not a valid email address: {why}",
        rank=ASKED,
        reference=f"{_CORE}, Author-email; Maintainer-email",
    ),
    _rule(
        "022",
        "a classifier is unknown or deprecated",
        "The index has a fixed list. `Private :: Do Not Upload` is outside of it on purpose: it "
        "keeps a project from being published.",
        "Take the classifier from the index's list; for a deprecated licence classifier set "
        "`license` in the `[project]` table instead.",
        reason="{The classifier} '{classifier}' {is not a valid classifier / has been deprecated}.",
        rank=ASKED,
        reference=f"{_CORE}, Classifier",
    ),
    _rule(
        "023",
        "Home-page or Download-URL is no web address",
        "The index makes links of them.",
        "Write the whole address, beginning with https:// or http://.",
        reason="'{url}' is not a valid url.",
        rank=ASKED,
        reference=f"{_CORE}, Home-page; Download-URL",
    ),
    _rule(
        "024",
        "a Project-URL has no good label or no web address",
        "The index makes links of them, with the label as the text.",
        "Give each a label of at most 32 characters and a whole address, beginning with https:// "
        "or http://.",
        reason="{Must have a label / must be 32 characters or less / Must have a URL / is not a "
        "valid url}.",
        rank=ASKED,
        reference=f"{_CORE}, Project-URL",
    ),
    _rule(
        "025",
        "a dependency is to be fetched from an address",
        "What users install would be decided by whoever owns that address.",
        "Depend on a release: `name >= 1.2`. If there is none, publish one, or bundle the code.",
        reason="Can't have direct dependency: {requirement}.",
        rank=ASKED,
        reference=f"{_CORE}, Requires-Dist",
    ),
    _rule(
        "026",
        "License stands beside License-Expression",
        "Two statements of one licence can contradict each other.",
        "Keep `license` with the SPDX expression alone, and name the licence's files in "
        "`license-files`.",
        reason="License is deprecated when License-Expression is present. Only License-Expression "
        "should be present.",
        rank=ASKED,
        reference=f"{_CORE}, License-Expression",
    ),
    _rule(
        "027",
        "a field that may stand once stands more than once, or a label does",
        "Readers would have to choose; twine and the index refuse to.",
        "Write the field once, and each label of Project-URL once.",
        reason="'{field}' has invalid data.",
        rank=UNPARSED,
    ),
    _rule(
        "028",
        "METADATA is not UTF-8",
        "pip ends with an error when it reads it; other readers show wrong characters.",
        "Save what the metadata is made from, such as the readme, as UTF-8, and build again.",
        authority=Authority.INSTALLERS,
    ),
)
