"""The rules of the gate ``abi3``."""

from __future__ import annotations

from release_tests.gates.rules import Authority, Family, Severity

_STABLE = "C API Stability, Limited C API"

_rule = Family(prefix="ABI", gate="abi3", reference=_STABLE, authority=Authority.SPEC)

RULES = (
    _rule(
        "001",
        "a module for several Pythons uses what is not in the stable ABI",
        "Such functions and structures change and go between versions of Python: on some that the "
        "tag is for, the import fails, or the module crashes later.",
        "Compile with Py_LIMITED_API (Cython: the directive `limited_api` or its macro; PyO3: the "
        "feature `abi3`), or tag the wheel for the one Python that it was built with.",
    ),
    _rule(
        "002",
        "a module uses more of the limited API than the tag's oldest Python has",
        "On the older Pythons that the tag and Requires-Python let it onto, a symbol is missing, "
        "and the import fails; where it is not, that is luck.",
        "Set Py_LIMITED_API to the version in the tag, or raise the tag and `requires-python` to "
        "the version that the finding names.",
    ),
    _rule(
        "003",
        "the tag of the stable ABI promises an older Python than the code keeps",
        "Nobody is hurt as long as Requires-Python keeps the older Pythons out, or nothing loads "
        "the library there. The tag says something else.",
        "Set Py_LIMITED_API and the tag to the oldest Python that is supported.",
        severity=Severity.ADVICE,
    ),
    _rule(
        "004",
        "a module for several Pythons is in a wheel for one",
        "It works. Either the tag leaves out Pythons that the module is for, or the module only "
        "calls itself one of the stable ABI.",
        "Tag the wheel as abi3 (`py_limited_api` in `[bdist_wheel]`, or the build back end's own "
        "setting), or leave `.abi3` out of the module's name.",
        severity=Severity.ADVICE,
        authority=Authority.PRACTICE,
    ),
    _rule(
        "005",
        "a library in a wheel for several Pythons uses what is not in the stable ABI",
        "What is no module may be one build of several, of which the package loads the right one. "
        "If it is the only one, it fails like a module would.",
        "Compile it with Py_LIMITED_API too, or ship one for each Python.",
        severity=Severity.ADVICE,
    ),
)
