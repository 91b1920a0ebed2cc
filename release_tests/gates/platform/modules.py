"""Extension modules: is there a function that initialises each, and has Python what it uses?"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from release_tests.binary.facts import Format
from release_tests.findings import Finding
from release_tests.gates.compiled import python_api
from release_tests.gates.compiled.expanded import EXPANDED
from release_tests.gates.platform import linux_policy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from release_tests.binary.facts import Image
    from release_tests.gates.compiled.members import Compiled
    from release_tests.gates.compiled.pythons import Pythons
    from release_tests.gates.compiled.scene import Offer, Scene

_FUNCTIONS = ("PyInit_", "PyInitU_", "PyModExport_", "PyModExportU_")
_CHANGES = re.compile(r"(?P<minor>\d+) (?P<what>came|gone) (?P<names>.+)")
_SHOWN = 6
_DOCUMENTED = frozenset(
    (
        *("_PyBytes_Resize", "_PyTuple_Resize"),
        *("_Py_c_diff", "_Py_c_neg", "_Py_c_pow", "_Py_c_prod", "_Py_c_quot", "_Py_c_sum"),
        *("_PyInterpreterState_GetEvalFrameFunc", "_PyInterpreterState_SetEvalFrameFunc"),
    )
)
"""Names with an underscore that the reference of the C API has, and the stable ABI has not."""


def check(scene: Scene) -> Iterator[Finding]:
    """Judge each module that is not among tests or data."""
    modules = [one for one in scene.modules if not one.is_aside and one.images]
    for module in modules:
        if not module.binary.damage:
            yield from _initialised(module)
        yield from _missing(scene, module)
    yield from _private(modules)


def _initialised(module: Compiled) -> Iterator[Finding]:
    """Report the first of a module's images that no interpreter could initialise it from."""
    wanted = {f"{begin}{name}" for begin in _FUNCTIONS for name in _names(module)}
    for image in module.images:
        if wanted.isdisjoint(image.inits):
            part = f", in its code for {image.machine}" if len(module.images) > 1 else ""
            yield _uninitialised(module, image, part)
            return


def _uninitialised(module: Compiled, image: Image, part: str) -> Finding:
    shown = ", ".join(image.inits[:_SHOWN])
    rule, message = "PLAT015", "the function that initialises it is not that of the file's name"
    if not shown:
        message = "it exports no function that initialises a module, so it cannot be imported"
        rule, shown = "PLAT016", "none"
    return Finding(rule, module.name, message + part, f"PyInit_{module.stem}", shown)


def _names(module: Compiled) -> set[str]:
    """Return the names that the module may be initialised by: its own, or its package's."""
    stem = module.stem
    names = {stem, stem.removesuffix("_d")}
    if stem == "__init__" and module.folder:
        names.add(module.folder.rpartition("/")[2])
    encoded = stem.encode("punycode").decode("ascii").replace("-", "_")
    return names | ({encoded} if not stem.isascii() else set())


def _missing(scene: Scene, module: Compiled) -> Iterator[Finding]:
    """Report symbols that CPython does not have in any version that the module is for."""
    symbols = (one for image in module.images for one in python_api.imports(image))
    used = sorted({one.name for one in symbols if not one.weak})
    for offer in scene.offers:
        pythons = offer.pythons
        if pythons is None or pythons.implementation not in ("cp", "py"):
            continue
        minors = _minors(module, pythons)
        strange = _is_pythons_alone(module, offer)
        lost = [name for name in used if minors and _lost(minors, name, strange=strange)]
        if lost:
            shown = ", ".join(f"3.{minor}" for minor in sorted(minors)[:_SHOWN])
            message = f"it uses symbols that Python {shown} does not have"
            yield Finding("PLAT017", module.name, message, "", ", ".join(lost[:_SHOWN]))
            return


def _lost(minors: frozenset[int], name: str, *, strange: bool) -> bool:
    """Whether none of the versions has a symbol; with *strange* one that none ever had counts."""
    return all(lacks(at, name) or (strange and never_had(at, name)) for at in minors)


def _is_pythons_alone(module: Compiled, offer: Offer) -> bool:
    """Whether nobody but Python can bring what is called like Python's.

    Other libraries may export such names too; PE names the library of each. What Python without
    the lock has is not known.
    """
    return not (module.suffix.free_threaded or offer.tag.abi.endswith("t")) and all(
        image.format is Format.ELF and linux_policy.has_library(offer.platform, name)
        for image in module.images
        for name in image.needed
        if not name.startswith("libpython")
    )


def _minors(module: Compiled, pythons: Pythons) -> frozenset[int]:
    version = module.suffix.python
    if version is None:
        return pythons.minors
    return pythons.minors & {version[1]}


def lacks(minor: int, name: str) -> bool:
    """Whether Python 3.minor is known not to export a symbol of the C API."""
    changes = _changes().get(name)
    if changes is None or not _known()[0] <= minor <= _known()[1]:
        return False
    before = [what for at, what in changes if at <= minor]
    return before[-1] == "gone" if before else changes[0][1] == "came"


def never_had(minor: int, name: str) -> bool:
    """Whether 3.minor and all others that are known have no symbol *name*, which looks public.

    Those of the stable ABI are left to its gate: some are for one system only.
    """
    return (
        _known()[0] <= minor <= _known()[1]
        and not name.startswith(("_", "PyUnstable_"))
        and name not in _changes()
        and name not in python_api.stable()
    )


@cache
def _changes() -> Mapping[str, list[tuple[int, str]]]:
    """Return when each symbol came and went, in the order of the versions."""
    text = resources.files(python_api.__package__).joinpath("python_api.txt").read_text("utf-8")
    found: dict[str, list[tuple[int, str]]] = {}
    for line in text.splitlines():
        if match := _CHANGES.fullmatch(line):
            for name in match["names"].split():
                found.setdefault(name, []).append((int(match["minor"]), match["what"]))
    return {name: sorted(changes) for name, changes in found.items()}


@cache
def _known() -> tuple[int, int]:
    minors = [at for changes in _changes().values() for at, _ in changes]
    return min(minors), max(minors)


def _private(modules: Sequence[Compiled]) -> Iterator[Finding]:
    """Yield one finding, however many modules use private names."""
    using = {one.name: found for one in modules if (found := _private_names(one))}
    if using:
        names = sorted(set[str]().union(*using.values()))
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        message = f"{len(using)} of {len(modules)} modules use what Python keeps to itself"
        yield Finding("PLAT018", next(iter(using)), message, "", ", ".join(names[:_SHOWN]) + more)


def _private_names(module: Compiled) -> set[str]:
    symbols = (one for image in module.images for one in python_api.imports(image))
    found = {one.name for one in symbols if one.name.startswith("_Py")}
    return found.difference(python_api.stable(), _DOCUMENTED, EXPANDED)
