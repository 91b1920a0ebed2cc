"""Each extension module against each tag: would the Pythons of the tag find it and load it?

Modules of one name in one directory are one module in several builds, of which an interpreter
takes its own. A tag is served by them if for each Python of it one build is right.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from release_tests.findings import Finding
from release_tests.gates.compiled import pythons
from release_tests.gates.compiled.machines import canonical
from release_tests.gates.compiled.platforms import FORMATS, Platform, System, loads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.binary.facts import Image
    from release_tests.gates.compiled.members import Compiled
    from release_tests.gates.compiled.pythons import Pythons
    from release_tests.gates.compiled.scene import Offer, Scene
    from release_tests.gates.compiled.suffixes import Suffix


def check(scene: Scene) -> Iterator[Finding]:
    """Report each module that a tag lacks, and each build that no tag has a use for."""
    for builds in _by_module(scene).values():
        lacking = (found for offer in scene.offers if (found := _lack(builds, offer)))
        if first := next(lacking, None):
            yield first
        else:
            yield from _useless(scene, builds)


def _by_module(scene: Scene) -> dict[tuple[str, str], list[Compiled]]:
    grouped: dict[tuple[str, str], list[Compiled]] = {}
    for module in scene.modules:
        if module.images:
            grouped.setdefault((module.folder, module.stem), []).append(module)
    return grouped


def _lack(builds: list[Compiled], offer: Offer) -> Finding | None:
    """Return what keeps a tag's Pythons from the module, None if nothing does."""
    wanted = _asked(offer)
    if wanted is None or any(_is_right(build, offer.platform, wanted) for build in builds):
        return None
    if _one_each(builds, wanted) or all(build.is_aside for build in builds):
        return None
    problems = (_problem(build, offer, wanted) for build in builds)
    return max((one for one in problems if one is not None), key=lambda one: one.rule)


def _asked(offer: Offer) -> Pythons | None:
    """Return the Pythons that a tag is judged for, None if it is not judged."""
    if offer.platform.system not in FORMATS or offer.pythons is None:
        return None
    return offer.pythons if offer.pythons.minors else None


def _is_right(build: Compiled, platform: Platform, wanted: Pythons) -> bool:
    return _runs(build, platform) and not _lost(build.suffix, platform, wanted)


def _runs(build: Compiled, platform: Platform) -> bool:
    machines = {canonical(image.machine) for image in build.images if loads(platform, image)}
    return bool(machines) and platform.machines <= machines


@lru_cache(maxsize=4096)
def _lost(suffix: Suffix, platform: Platform, wanted: Pythons) -> tuple[int, ...]:
    """Return the minors of Python 3 that do not look for the suffix, sorted."""
    if not pythons.is_for_platform(suffix, platform, wanted.minors):
        return tuple(sorted(wanted.minors))
    return tuple(at for at in sorted(wanted.minors) if not pythons.load(wanted, suffix, at))


def _problem(build: Compiled, offer: Offer, wanted: Pythons) -> Finding | None:
    """Return what is wrong with one build for a tag, the coarsest first."""
    if found := of_machine(build, offer.platform, ("TAG006", "TAG007")):
        return found
    lost = _lost(build.suffix, offer.platform, wanted)
    if not lost:
        return None
    which = f"Python 3.{lost[0]}{_threads(wanted)} of the tag {offer.tag}"
    message = f"{which} does not look for {build.file_name}"
    return Finding("TAG008", build.name, message, _expected(wanted, lost), build.suffix.text)


def of_machine(build: Compiled, platform: Platform, rules: tuple[str, str]) -> Finding | None:
    """Return the finding for another form (the first of *rules*) or architecture of a file."""
    form = FORMATS[platform.system]
    images = [image for image in build.images if loads(platform, image)]
    if not images:
        found = ", ".join(sorted({_form(image) for image in build.images}))
        message = f"the file is not one that {platform.system} loads"
        return Finding(rules[0], build.name, message, f"{form} for {platform.tag}", found)
    machines = {image.machine for image in images}
    missing = platform.machines - {canonical(machine) for machine in machines}
    if not missing:
        return None
    message = f"the file has no code for {', '.join(sorted(missing))}"
    return Finding(rules[1], build.name, message, platform.tag, ", ".join(sorted(machines)))


def _form(image: Image) -> str:
    return f"{image.format} for {image.system}" if image.system else str(image.format)


def _one_each(builds: list[Compiled], wanted: Pythons) -> bool:
    """Whether there is a build for each of several Pythons, as far as there are any yet."""
    versions = {build.suffix.python for build in builds if build.suffix.python}
    return len(wanted.minors) > 1 and len(versions) > 1


def _threads(wanted: Pythons) -> str:
    return " without the global lock" if wanted.threads == "free" else ""


def _expected(wanted: Pythons, lost: tuple[int, ...]) -> str:
    if len(wanted.minors) > 1:
        return "a suffix that all Pythons of the tag load, such as .abi3.so"
    flags = "t" if wanted.threads == "free" else ""
    return f"a suffix of {wanted.implementation}3{lost[0]}{flags}, for the tag's platform"


def _useless(scene: Scene, builds: list[Compiled]) -> Iterator[Finding]:
    """Yield advice for each build that no tag takes, beside one that is taken."""
    if len(builds) == 1 or any(one.system is System.ANY for one in scene.platforms):
        return
    for build in builds:
        if not any(_serves(build, offer) for offer in scene.offers):
            message = "the tags have no Python that loads this build of the module"
            yield Finding("TAG009", build.name, message, found=build.suffix.text)


def _serves(build: Compiled, offer: Offer) -> bool:
    wanted = _asked(offer)
    if wanted is None:
        return True
    if of_machine(build, offer.platform, ("TAG006", "TAG007")):
        return False
    # Debug builds of the tag's Pythons take it, too, and look for their own suffix first.
    return len(_lost(build.suffix, offer.platform, replace(wanted, debug=True))) < len(
        wanted.minors
    )
