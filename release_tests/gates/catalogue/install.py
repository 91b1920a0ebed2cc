"""The rules of the gate ``install``."""

from __future__ import annotations

from release_tests.gates.rules import Authority, Family

_rule = Family(prefix="INST", gate="install")

RULES = (
    _rule(
        "001",
        "the bytes changed before they were installed",
        why="What the other gates verified is not what was installed here, so neither answer holds "
        "for the file that would be published.",
        mend="Let nothing write to the file while it is verified: finish the build first, then run "
        "the gates again.",
    ),
    _rule(
        "002",
        "pip does not install the file",
        why="Users get the same error: the release cannot be installed at all, at least on this "
        "machine's Python and platform.",
        mend="Read the reason that pip gives. It names what the wheel declares wrongly (its tags, "
        "its Requires-Python, its metadata), or the dependency that could not be built.",
        authority=Authority.INSTALLERS,
        reference="Binary distribution format, Installing a wheel",
    ),
    _rule(
        "003",
        "the dependencies cannot be resolved",
        why="No set of versions on the index satisfies what the wheel requires, so users of this "
        "Python cannot install it from there.",
        mend="Correct or widen the named requirement in the project's dependencies, or publish the "
        "missing dependency first. Is it on an index that users are told of? Then name that one in "
        "the policy: `[tool.release-gates.install] index-url`.",
        authority=Authority.INSTALLERS,
        reference="Dependency specifiers",
    ),
    _rule(
        "004",
        "the installation did not end before its deadline",
        why="Mostly a resolver that tries version after version, or a dependency that is built "
        "from source: users wait as long, or give up.",
        mend="What pip wrote shows what it was doing. Narrow the requirements that it went back "
        "and forth on, or raise `[tool.release-gates.install] deadline` if it only was a slow "
        "download.",
    ),
    _rule(
        "005",
        "what got installed does not fit together",
        why="`pip check` found a requirement that the installed versions do not meet. Imports may "
        "still work today and fail in the function that needs the other version.",
        mend="Bring the requirements of the wheel and of the named distribution into agreement. "
        "That one is not supported on this platform means that its WHEEL has other tags than its "
        "file name (STR026).",
        authority=Authority.INSTALLERS,
        reference="pip documentation, pip check",
    ),
    _rule(
        "014",
        "the interpreter no longer starts once the wheel is installed",
        why="Something in the wheel runs at every start of Python (a `.pth` file, a "
        "`sitecustomize.py`) and ends it. It breaks every program of the environment, not just "
        "those that use the package.",
        mend="Take the start-up file out of the wheel; a package needs none to be importable.",
    ),
    _rule(
        "015",
        "what is installed is not what the wheel holds",
        why="The files in users' environments are not those that were verified: one member was "
        "written over another, or never written. Which one wins may differ between installers.",
        mend="Look for members that are installed at one path: `<name>-<version>.data/purelib` and "
        "`platlib` unfold beside the other members, and some file systems do not tell upper case "
        "from lower. Build it once.",
        authority=Authority.SPEC,
        reference="Binary distribution format, Installing a wheel",
    ),
    _rule(
        "016",
        "the installation touched what is not its own",
        why="A file that no RECORD lists stays for ever, and a changed one breaks what it belonged "
        "to: the interpreter, the installer, or the user's own settings.",
        mend="A wheel's own files are all in its RECORD. Look at the path: data files "
        "(`.data/data`) that land on the environment's own, scripts named like the interpreter's, "
        "or a dependency that is built from source and writes beside its files.",
        authority=Authority.SPEC,
        reference="Recording installed projects, The RECORD file",
    ),
    _rule(
        "017",
        "the wheel overwrites files of another distribution",
        why="Two distributions own one file with different bytes. The one installed last wins, and "
        "uninstalling either breaks the other.",
        mend="Move the file into a package of the project's own. Does the other distribution "
        "replace this one? Then never install both: say so in the documentation, and in "
        "`exclusive` of the policy if both are in one release.",
    ),
    _rule(
        "018",
        "uninstalling leaves something behind",
        why="What is left still imports, as an empty package, and shadows another one of that "
        "name; the next version is installed among it.",
        mend="Let nothing write below the package when it is imported (use the user's cache "
        "directory), and leave empty directories out of the wheel.",
    ),
    _rule(
        "019",
        "the upgrade from the last release does not work",
        why="Most users have an earlier version. What of it stays, or cannot be replaced, is there "
        "beside the new one: an old module shadows the new package, or the import fails.",
        mend="Look at the file or the traceback: a module that became a package, or a data file "
        "that the earlier wheel did not list. If the earlier wheel is at fault and cannot be "
        "mended, tell users to uninstall first, and waive the rule for this release.",
    ),
)
