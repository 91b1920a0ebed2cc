"""The rules of the gate ``structure`` about what was packed by mistake: good practice all."""

from __future__ import annotations

from release_tests.gates.rules import Family, Severity

_EXCLUDE = "Exclude it in the build back end's configuration, and build again."

_rule = Family(prefix="STR", gate="structure")

RULES = (
    _rule(
        "015",
        "a top-level name is left over from the source tree",
        "It is installed into the directory that all projects share: the next wheel with a "
        "`tests` package overwrites it, and users import it by accident.",
        "Name the packages to include in the build back end's configuration. If users do need it, "
        "say so in the policy: `top-level = [...]`.",
    ),
    _rule(
        "016",
        "a cache was packed",
        "Bytecode and tool caches are of the machine that built the wheel: useless elsewhere, and "
        "stale bytecode hides the source beside it.",
        _EXCLUDE,
    ),
    _rule(
        "017",
        "a version control directory was packed",
        "It can hold the whole history, credentials of remotes included.",
        _EXCLUDE,
    ),
    _rule(
        "018",
        "an editor's or the operating system's leftover was packed",
        "It serves no user, and backups and swap files can hold what was never meant to go out.",
        _EXCLUDE,
    ),
    _rule(
        "019",
        "a member holds what looks like a secret",
        "A published file cannot be taken back: mirrors keep it within minutes. Whoever reads it "
        "can use it.",
        "Take it out, revoke it now if it is real and the wheel was ever public, and build again.",
    ),
    _rule(
        "020",
        "a file was packed that by its name holds credentials",
        "Such files hold tokens and keys, and a published file cannot be taken back.",
        "Take it out, revoke what it holds if the wheel was ever public, and build again.",
    ),
    _rule(
        "024",
        "a file for the version control was packed",
        "It does no harm, and no good.",
        _EXCLUDE,
        severity=Severity.ADVICE,
    ),
    _rule(
        "027",
        "a private key lies among the tests",
        "Everybody who fetches the file has it. That is harmless for a key that only tests use, "
        "and a leak for any other.",
        "Leave the tests out of the wheel, or make sure that nothing but the tests trusts the key.",
        severity=Severity.ADVICE,
    ),
    _rule(
        "028",
        "a file is named like a backup",
        "Mostly such a file was set aside by a tool or by hand, and serves no user.",
        "Exclude it in the build back end's configuration, unless the package reads it.",
        severity=Severity.ADVICE,
    ),
    _rule(
        "029",
        "a key store was packed",
        "Stores of this kind can hold private keys. This one was not opened, so nobody has looked.",
        "Make sure that it holds certificates only, or keys that nothing trusts.",
        severity=Severity.ADVICE,
    ),
    _rule(
        "030",
        "a file at the top level serves no import",
        "It is installed into the directory that all projects share, beside their packages.",
        "Move it into the package.",
        severity=Severity.ADVICE,
    ),
    _rule(
        "035",
        "a file among the tests is named like one that holds credentials",
        "Mostly it holds what a test reads and nobody trusts. This one was not opened, so nobody "
        "has looked.",
        "Make sure that nothing but the tests trusts what it holds, or leave it out.",
        severity=Severity.ADVICE,
    ),
)
