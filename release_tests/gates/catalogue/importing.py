"""The rules of the gate ``import``."""

from __future__ import annotations

from release_tests.gates.rules import Family, Severity

_OURS = "release-gates, docs/importing.md"

_rule = Family(prefix="IMP", gate="import", reference=_OURS)

RULES = (
    _rule(
        "001",
        "a module that users import is not there",
        why="After a correct installation the documented import fails with ModuleNotFoundError.",
        mend="Include the package in the build (a missing `packages` entry or `__init__.py` is the "
        "usual cause), or correct `imports` in the policy.",
    ),
    _rule(
        "002",
        "a module does not import",
        why="In a clean environment, with nothing but the declared dependencies, the import raises "
        "an exception. On the developer's machine it may work, where more is installed.",
        mend="Read the end of the traceback: a ModuleNotFoundError names a dependency that is not "
        "declared, an ImportError with an undefined symbol a library that the extension was not "
        "built for. If the module is not meant to be imported alone, list those that are: "
        "`imports = [...]`, or leave it out with `import-all-except`.",
    ),
    _rule(
        "003",
        "importing a module ends the process",
        why="The import never came back with a result: the module ended the interpreter, crashed "
        "it, or cut its way of reporting. In a user's program everything else ends with it.",
        mend="Move work and exits out of the module's top level, below "
        '`if __name__ == "__main__":`. A crash by SIGILL means instructions that this processor '
        "lacks, one by SIGSEGV an extension built for another Python or library.",
    ),
    _rule(
        "004",
        "importing a module did not end before its deadline",
        why="An import that waits, for the network, a lock or a device, hangs every program that "
        "contains it.",
        mend="Do the slow work when it is first needed instead. If the import truly takes so long, "
        "raise `[tool.release-gates.install] import-deadline`.",
    ),
    _rule(
        "005",
        "a module was imported from outside the environment",
        why="What was imported is not what the wheel installed, so nothing is known of the wheel's "
        "own module; users without the other copy get another one, or none.",
        mend="Look at the place shown: a module of the standard library with the same name goes "
        "first, and a path file (`.pth`) may lead to the developer's source tree.",
    ),
    _rule(
        "006",
        "there is nothing to import",
        why="The file installs, but no import shows that what it brings works.",
        mend="If that is meant so (only commands, only dependencies), say it in the policy: "
        "`imports = []`. Else look for the packages that the build left out.",
        severity=Severity.ADVICE,
    ),
    _rule(
        "007",
        "importing the wheel's own code warns of what will stop to work",
        why="The code uses something that a later Python or dependency will take away. That "
        "release breaks this one for everybody who has it, and it cannot be mended then.",
        mend="Use what the warning names instead, or require less than the version that takes it "
        "away.",
        severity=Severity.ADVICE,
    ),
    _rule(
        "008",
        "a command that the policy names does not answer",
        why="The installed command does not start in a clean environment, or ends without a word: "
        "users who follow the documentation get the same.",
        mend="Read what it wrote: mostly it names a dependency that is not declared. If it does "
        "not take these words, name others in the policy: `commands`.",
    ),
    _rule(
        "009",
        "a command answers neither `--help` nor `--version`",
        why="Mostly a command that lacks a dependency and does not start at all. Some commands "
        "just do not take these words.",
        mend="Say in the policy with which words it has to start, `commands = { demo = [...] }`, "
        "or that none is run: `commands = {}`.",
        severity=Severity.ADVICE,
    ),
    _rule(
        "010",
        "a smoke test failed",
        why="The project's own test of what matters fails with what users install.",
        mend="Read what the test wrote. It ran in a clean environment, with the installed wheel "
        "and without the source tree: what it needs beside that goes into `requirements`, `env` "
        "and `preload`.",
    ),
    _rule(
        "011",
        "a smoke test did not end before its deadline",
        why="What hangs here, hangs for users; and what was not seen to work is not known to.",
        mend="See in the output how far it came. If it truly takes so long, raise its `deadline`.",
    ),
    _rule(
        "012",
        "a smoke test could not be run",
        why="A test that was not run shows nothing.",
        mend="The reason is shown: a path is seen from the directory of the policy file, and "
        "requirements come from where users' dependencies do.",
    ),
    _rule(
        "013",
        "a module does not import on an emulated processor",
        why="Users with such a processor get the same: mostly the process dies of SIGILL, as the "
        "code needs an extension that the processor lacks. On this machine the module imports.",
        mend="Find the code by the gate cpu, which names what each member needs, and build it "
        "without the option or call it after a check. If users need not have such processors, "
        "take the name out of `processors` in `[tool.release-gates.emulation]`.",
        reference="release-gates, docs/cpu.md",
    ),
)
