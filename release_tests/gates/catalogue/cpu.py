"""The rules of the gate ``cpu``."""

from __future__ import annotations

from release_tests.gates.rules import Family, Severity

_OURS = "release-gates, docs/cpu.md"
_LEVELS = 'x86-64 psABI, "Micro-Architecture Levels"; ' + _OURS

_rule = Family(prefix="CPU", gate="cpu", reference=_OURS)

RULES = (
    _rule(
        "001",
        "code that runs as soon as it is loaded needs more than the baseline",
        "On a processor without the extension the process dies of SIGILL at the import, without a "
        "traceback, and pip installs the wheel there all the same. Only what every way through "
        "the initialisation passes is counted, so no check at run time stands before it.",
        "Build the initialisation without the compiler's option for that extension: give the "
        "option only to the files whose functions are called after a check. If every processor "
        "that the wheel is for has the extension, say so in the variant's `baseline`; if the whole "
        "module is loaded only after a check, declare it in `dispatch`.",
        reference=_LEVELS,
    ),
    _rule(
        "002",
        "code needs more than the baseline, and is not declared as dispatched",
        "Whatever is not guarded by a check of the processor dies of SIGILL when it is called, on "
        "machines that nobody tested on.",
        "Declare what is guarded by a check at run time under `dispatch`, by member or by symbol; "
        "build the rest without the option, or raise the variant's `baseline`.",
        reference=_LEVELS,
    ),
    _rule(
        "003",
        "the code uses nothing of what the variant claims to use",
        "The variant is not what its name says: its users get another's code, or a build in which "
        "an option was lost.",
        "Look at the build's options, and at which build the wheel was made from; or take the "
        "extension out of `uses`.",
    ),
    _rule(
        "004",
        "a declared dispatch matches nothing",
        "It would excuse code that comes later, and its author believes that something is guarded "
        "which is not there, or is called otherwise.",
        "Correct the pattern or the extensions, or take the line out of the policy.",
    ),
    _rule(
        "005",
        "the code can use more than every processor has that the platform is for",
        "Without a policy nobody says which processors the wheel is for. Most such code is called "
        "only after a check; whether all of it is, a scan cannot tell.",
        'Nothing, in wheels of others. In your own say in `[tool.release-gates.variants."NAME"]` '
        "what the baseline is and what is dispatched, and the gate holds every release to it.",
        severity=Severity.ADVICE,
        reference=_LEVELS,
    ),
    _rule(
        "006",
        "a notable part of the code is no instruction that the decoder knows",
        "It is data among the code, or instructions newer than the decoder: what it needs is not "
        "known.",
        "Let constants lie outside the code, or mark them as objects. If it is code, wait for a "
        "newer iced-x86.",
        severity=Severity.ADVICE,
    ),
    _rule(
        "007",
        "code of this architecture is not examined",
        "What its code needs of a processor is not known.",
        "Test it on the oldest processor that it is for.",
        severity=Severity.ADVICE,
    ),
    _rule(
        "008",
        "static libraries or object files hold code that is not examined",
        "Nothing of them is loaded at an import; what is linked with them later gets their code, "
        "and what that needs of a processor is not known.",
        "Leave them out if nobody links with them. Otherwise build them for the baseline, like the "
        "modules.",
        severity=Severity.ADVICE,
    ),
    _rule(
        "009",
        "no import succeeds without code that needs more than the baseline",
        "Where a processor lacks the extension, the module cannot be imported. Something that runs "
        "before may look at the processor and refuse it with an ImportError; if nothing does, the "
        "process dies of SIGILL. Which of the two it is, the file does not tell.",
        "If the module is imported only where the processor has been asked, or its ImportError is "
        "expected, declare the whole member in `dispatch`. If every processor that the wheel is "
        "for has the extension, say so in the variant's `baseline`. Otherwise build what runs at "
        "the import without the compiler's option for it.",
        severity=Severity.ADVICE,
        reference=_LEVELS,
    ),
)
