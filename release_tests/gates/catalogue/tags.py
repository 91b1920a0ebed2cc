"""The rules of the gate ``tags``."""

from __future__ import annotations

from release_tests.gates.rules import Authority, Family, Severity

_TAGS = "Platform compatibility tags"
_FORMAT = "Binary distribution format"
_IMPORT = "The import system; importlib.machinery, EXTENSION_SUFFIXES"
_OURS = "release-gates, docs/compiled-code.md"
_REPAIR = "Build on the platform that the tag names, or cross-compile all of it for that platform."

_rule = Family(prefix="TAG", gate="tags", reference=_TAGS)

RULES = (
    _rule(
        "001",
        "a compiled file is damaged",
        "No loader takes it: the import ends with an ImportError, or with a crash.",
        "Build it again, and look at what handles the file after the linker: strip, patchelf, "
        "codesign or a transfer that was cut short. A file of text in its place is mostly a "
        "pointer of Git LFS: fetch the files before the build.",
        reference=_OURS,
    ),
    _rule(
        "002",
        "a wheel for any platform holds compiled modules",
        "Installers hand it to every system and processor. Where the modules are of another one, "
        "the import fails, and the installer had no reason to look for a better file.",
        "Tell the build back end that the distribution has extension modules, so that it tags the "
        "wheel for its platform.",
        authority=Authority.SPEC,
    ),
    _rule(
        "003",
        "a wheel for any platform holds compiled libraries",
        "Right if they are data, or if there is one for each system and the package chooses. "
        "Otherwise all other systems get a library that they cannot load.",
        "If the package loads them, tag the wheel for their platform.",
        severity=Severity.ADVICE,
    ),
    _rule(
        "004",
        "a wheel for one ABI holds nothing that is compiled",
        "Mostly the extension module was not built, or not packed, and the build went on without "
        "it: what users get is slower, or fails at the first import.",
        "Look at the build's log for the module; if there is none, let the wheel be py3-none-any.",
    ),
    _rule(
        "005",
        "a wheel for one platform holds nothing that is compiled",
        "Users of every other platform have to build from source, although the files may serve "
        "them too.",
        "Tag it py3-none-any, unless its files really differ by platform.",
        severity=Severity.ADVICE,
    ),
    _rule(
        "006",
        "a module is for another system than the tag",
        "The interpreter that installs the wheel cannot load it: the import fails for every user.",
        _REPAIR,
    ),
    _rule(
        "007",
        "a module has no code for the tag's architecture",
        "The import fails on every machine that the tag names, or, of a universal2 wheel, on all "
        "of one kind.",
        _REPAIR + " Both parts of a universal2 module are joined by `lipo` or `delocate-merge`.",
    ),
    _rule(
        "008",
        "the tag's Python does not look for a file with the module's suffix",
        "An interpreter finds extension modules by the end of their file names, and takes no "
        "other's: the import ends with ModuleNotFoundError. A wheel that was renamed for another "
        "Python, and a cross-build that asked the host for the suffix, look like this.",
        "Build the module with the Python that the tag names. For several Pythons use the limited "
        "API, with .abi3.so.",
        reference=_IMPORT,
    ),
    _rule(
        "009",
        "a build of a module is of no use to the tags' Pythons",
        "It is installed beside the one that is used, and only takes room. Often it was left over "
        "from another build.",
        "Build in a clean tree.",
        reference=_IMPORT,
        severity=Severity.ADVICE,
    ),
    _rule(
        "010",
        "a bundled library is for another system or architecture than the tag",
        "What needs it cannot be loaded.",
        _REPAIR,
    ),
    _rule(
        "011",
        "Requires-Python excludes every Python of the tags",
        "No installer ever takes this wheel: the tags offer it to Pythons for which "
        "Requires-Python rejects it.",
        "Build it for a Python that is supported, or correct `requires-python`.",
        reference="Core metadata specifications, Requires-Python",
        authority=Authority.INSTALLERS,
    ),
    _rule(
        "012",
        "Requires-Python excludes the Python of one tag",
        "The tag offers the wheel to a Python for which Requires-Python rejects it.",
        "Take the tag out of the file name and of WHEEL, as `wheel tags` does; `py2.py3` comes "
        "from `universal = 1` in an old configuration.",
        reference="Core metadata specifications, Requires-Python",
        severity=Severity.ADVICE,
    ),
    _rule(
        "013",
        "the tag of the stable ABI is not of the oldest Python that is supported",
        "With an older one the module does without what the oldest supported Python offers; with "
        "a newer one the Pythons below it find no wheel, and build from source.",
        "Set Py_LIMITED_API, and the tag with it, to the oldest Python in `requires-python`.",
        severity=Severity.ADVICE,
    ),
    _rule(
        "014",
        "Root-Is-Purelib is false in a wheel without compiled code",
        "On systems that keep both apart it is installed among the files of one architecture.",
        "Let the build back end write `Root-Is-Purelib: true`.",
        reference=_FORMAT + ", File contents",
        severity=Severity.ADVICE,
    ),
    _rule(
        "015",
        "compiled code lies in purelib",
        "On systems that keep both apart, 64-bit libraries land in the directory that is shared "
        "between architectures. Tools that repair wheels refuse it.",
        "Put it into platlib.",
        reference=_FORMAT + ", File contents",
        authority=Authority.SPEC,
    ),
    _rule(
        "016",
        "a compiled file that no module loads is damaged",
        "It may be meant so, as data for tests; it could not be looked into.",
        "Build it again, unless it is meant so.",
        reference=_OURS,
        severity=Severity.ADVICE,
    ),
)
