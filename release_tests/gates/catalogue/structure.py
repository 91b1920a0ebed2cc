"""The rules of the gate ``structure``; those of what was packed by mistake are in ``leftovers``."""

from __future__ import annotations

from dataclasses import replace

from release_tests.gates.catalogue import leftovers
from release_tests.gates.rules import Authority, Family, Rule, Severity

_FORMAT = "Binary distribution format"
_CONTENTS = _FORMAT + ", File contents"
_ENTRY_POINTS = "Entry points specification"
_OURS = "release-gates"

_rule = Family(prefix="STR", gate="structure", reference=_CONTENTS)

_RULES = (
    _rule(
        "001",
        "there is no dist-info directory",
        "Without {name}-{version}.dist-info at the top level it is no wheel: no installer knows "
        "what it is.",
        "Build the wheel with a build back end, as `python -m build --wheel` does.",
        authority=Authority.PYPI,
    ),
    _rule(
        "002",
        "there is more than one dist-info directory",
        "Installers refuse to choose between them. Merging two wheels, or building twice in one "
        "directory, does this.",
        "Remove what an earlier build left behind, and build again.",
        authority=Authority.INSTALLERS,
    ),
    _rule(
        "003",
        "the dist-info directory is not the file name's",
        "The index looks for dist-info under exactly the name and version of the file name, and "
        "installers refuse a wheel in which they differ. A renamed wheel looks like this.",
        "Do not rename wheels: change name or version in the project, and build again.",
        authority=Authority.PYPI,
    ),
    _rule(
        "004",
        "dist-info lacks a file that it must hold",
        "METADATA says what it is, WHEEL how to unpack it, RECORD what belongs to it. Installers "
        "refuse a wheel without them.",
        "Build the wheel with a build back end, as `python -m build --wheel` does.",
        authority=Authority.PYPI,
    ),
    _rule(
        "005",
        "WHEEL cannot be read, or a field of it is missing or repeated",
        "Installers read from it how the wheel is to be unpacked, and stop where they cannot.",
        "Build the wheel again; tools that edit WHEEL must keep `Field: value` lines in UTF-8.",
        authority=Authority.INSTALLERS,
    ),
    _rule(
        "006",
        "the Wheel-Version is not one that installers know",
        "Installers refuse a greater major version, and warn of a greater minor one.",
        "Use a build back end that writes `Wheel-Version: 1.0`.",
        authority=Authority.INSTALLERS,
    ),
    _rule(
        "007",
        "Root-Is-Purelib is neither true nor false",
        "It decides where everything goes; installers read anything but `true` as false.",
        "Write `Root-Is-Purelib: true` for a pure wheel, `false` for one with compiled code.",
        authority=Authority.SPEC,
    ),
    _rule(
        "008",
        "Root-Is-Purelib is true in a wheel with compiled code",
        "On systems that keep both apart, 64-bit libraries land in the directory that is shared "
        "between architectures.",
        "Tell the build back end that the distribution has extension modules, so that it writes "
        "`Root-Is-Purelib: false`.",
        authority=Authority.PRACTICE,
    ),
    _rule(
        "009",
        "a .data directory does not belong to this distribution",
        "Installers unpack {name}-{version}.data only; any other one is installed as it stands, "
        "as a package of that odd name.",
        "Build again in a clean tree.",
        authority=Authority.SPEC,
    ),
    _rule(
        "010",
        "a .data directory has a scheme that installers do not know",
        "Known are purelib, platlib, headers, scripts and data. Installers refuse any other, also "
        "a file that lies in none.",
        "Put the files into one of the known schemes.",
        authority=Authority.INSTALLERS,
    ),
    _rule(
        "011",
        "entry_points.txt cannot be parsed",
        "No command is made and no plug-in is found; the index refuses the upload.",
        "Write UTF-8 without a byte order mark, sections in brackets, one `name = value` a line, "
        "no name twice in a section.",
        authority=Authority.PYPI,
        reference=_ENTRY_POINTS,
    ),
    _rule(
        "012",
        "an entry point is no object reference",
        "A command needs `module:callable`, any other entry point at least `module`. Installers "
        "refuse a wheel with another form.",
        "Write `name = package.module:function`.",
        authority=Authority.INSTALLERS,
        reference=_ENTRY_POINTS,
    ),
    _rule(
        "013",
        "an entry point's module is not in the wheel",
        "The command that installers make of it, or the program that loads it as a plugin, ends "
        "with ModuleNotFoundError.",
        "Correct the entry point, or include the module in the wheel.",
        authority=Authority.PRACTICE,
        reference=_ENTRY_POINTS,
    ),
    _rule(
        "014",
        "an entry point's object is not in its module",
        "The command that installers make of it ends with AttributeError or ImportError.",
        "Correct the entry point, or define the object at the module's top level.",
        authority=Authority.PRACTICE,
        reference=_ENTRY_POINTS,
    ),
    _rule(
        "021",
        "a module that the policy names is not in the wheel",
        "Users who import it get ModuleNotFoundError. A build that finds no packages still makes a "
        "wheel, an empty one.",
        "Correct what the build back end includes, or `imports` in the policy.",
        authority=Authority.PRACTICE,
        reference=_OURS,
    ),
    _rule(
        "022",
        "nothing at the top level of the wheel can be imported",
        "That is right for a wheel that only depends on others or only brings data; otherwise the "
        "build found no packages.",
        "If it should hold code, correct what the build back end includes.",
        authority=Authority.PRACTICE,
        reference=_OURS,
        severity=Severity.ADVICE,
    ),
    _rule(
        "023",
        "a file is also a directory",
        "No installer can write both.",
        "Rename one of the two.",
        authority=Authority.INSTALLERS,
    ),
    _rule(
        "025",
        "an entry point leads outside the wheel",
        "It works only where the other distribution is installed too, in a version that has it.",
        "Declare the distribution that brings the module as a dependency.",
        authority=Authority.PRACTICE,
        reference=_ENTRY_POINTS,
        severity=Severity.ADVICE,
    ),
    _rule(
        "026",
        "WHEEL has other tags or another build number than the file name",
        "The file was renamed after it was built: what the build meant it for is not what it is "
        "offered for, and it is installed where it was never tried.",
        "Build it for the tags that it shall have, or retag it with `wheel tags`, which changes "
        "both and RECORD with them.",
        authority=Authority.SPEC,
        reference=_FORMAT,
    ),
    _rule(
        "031",
        "a licence's file is not where the metadata say",
        "The licence travels with the wheel only if its file does. The index looks for each "
        "License-File below licenses in dist-info.",
        "Name the files in `license-files` of the `[project]` table, relative to the project's "
        "root, and use a build back end that packs them; then build again.",
        authority=Authority.PYPI,
        reference="Core metadata specifications, License-File; " + _CONTENTS,
    ),
    _rule(
        "032",
        "a command's name cannot be one",
        "Installers make a file of it, on systems with different ideas of what a file name is.",
        "Use letters, digits, `_`, `.` and `-` only.",
        authority=Authority.PYPI,
        reference=_ENTRY_POINTS,
    ),
    _rule(
        "033",
        "there is a directory among the scripts",
        "uv refuses the wheel; other installers drop the directory, or leave it where no shell "
        "looks.",
        "Put each script right into the scripts directory; move what they share into the package.",
        authority=Authority.INSTALLERS,
    ),
    _rule(
        "034",
        "a command is named like the interpreter",
        "It would replace `python` in every environment that it is installed into; uv refuses "
        "the wheel.",
        "Give the command another name.",
        authority=Authority.INSTALLERS,
        reference=_ENTRY_POINTS,
    ),
    _rule(
        "036",
        "an entry point names an object as if it were a module",
        "A program that loads it by the specification ends with ModuleNotFoundError; only one "
        "that reads its group in a way of its own can use it.",
        "Write a colon before the object: `package.module:object`.",
        authority=Authority.SPEC,
        reference=_ENTRY_POINTS,
        severity=Severity.ADVICE,
    ),
    _rule(
        "037",
        "there is no WHEEL where the index looks for it",
        "The index takes name and version from the file name as they are written there, capital "
        "letters included, and looks for WHEEL in that dist-info directory only.",
        "Do not rename wheels, and let the build back end write dist-info.",
        authority=Authority.PYPI,
    ),
)

_NO_WHEEL = (303, "Invalid distribution file. WHEEL not found at {place}")
_BAD_ENTRY_POINTS = (408, "Wheel '{file}' has an invalid entry_points.txt")
_ANSWERS = {
    "STR001": _NO_WHEEL,
    "STR003": _NO_WHEEL,
    "STR004": (409, "Wheel '{file}' does not contain the required METADATA file: {place}"),
    "STR011": _BAD_ENTRY_POINTS,
    "STR031": (406, "License-File {path} does not exist in distribution file {file} at {place}"),
    "STR032": _BAD_ENTRY_POINTS,
    "STR037": _NO_WHEEL,
}
"""What PyPI answers, and when; the others it does not look for."""


def _answered(rule: Rule) -> Rule:
    rank, reason = _ANSWERS.get(rule.id, (None, ""))
    return replace(rule, rank=rank, reason=reason)


RULES = (*map(_answered, _RULES), *leftovers.RULES)
