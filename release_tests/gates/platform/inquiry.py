"""What every platform asks of a file: whose images are judged, and who brings what they need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from release_tests.findings import Finding
from release_tests.gates.compiled.machines import canonical
from release_tests.gates.compiled.members import Kind
from release_tests.gates.compiled.platforms import System
from release_tests.gates.platform.bringers import Bringers
from release_tests.gates.platform.shelf import Shelf, base

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.binary.facts import Format, Image
    from release_tests.gates.compiled.members import Compiled
    from release_tests.gates.compiled.platforms import Platform
    from release_tests.gates.compiled.scene import Scene
    from release_tests.policy import Policy


@dataclass(frozen=True, slots=True)
class Inquiry:
    """The wheel, what lies in it, what comes with its dependencies, and what is loaded."""

    scene: Scene
    shelf: Shelf
    bringers: Bringers
    loaded: frozenset[str]

    def images(self, platform: Platform, form: Format) -> Iterator[tuple[Compiled, Image]]:
        """Yield the images that run on the platform; what is data, or lies among tests, is left."""
        for member in self.scene.members:
            if member.kind is Kind.DATA or (member.is_aside and member.name not in self.loaded):
                continue
            for image in member.images:
                if image.format is form and _runs(image, platform):
                    yield member, image

    def elsewhere(self, member: Compiled, image: Image, library: str) -> Iterator[Finding]:
        """Judge a library that the system does not bring."""
        if self.shelf.find(library):
            yield from self._shelved(member, image, library)
        elif self.bringers.declared(base(library)):
            return
        elif names := ", ".join(self.bringers.of(base(library))):
            message = f"the library comes with {names}, which is no declared dependency"
            yield Finding("PLAT004", member.name, message, f"a dependency on {names}", library)
        else:
            rule = "PLAT002" if member.name in self.loaded else "PLAT003"
            message = "it needs a library that is neither of the system, nor of a dependency, nor "
            expected = "a library in the wheel, or `provided-by` in the policy"
            yield Finding(rule, member.name, message + "in the wheel", expected, library)

    def _shelved(self, member: Compiled, image: Image, library: str) -> Iterator[Finding]:
        if member.name in self.loaded and not self.shelf.leads_to(member, image, library):
            found = ", ".join(one.name for one in self.shelf.find(library)[:3])
            message = f"the library {library} is in the wheel, where the loader does not look"
            yield Finding("PLAT005", member.name, message, "a search path that leads there", found)


def begin(scene: Scene, policy: Policy) -> Inquiry:
    """Look at what lies in the wheel."""
    folded = any(platform.system is System.WINDOWS for platform in scene.platforms)
    shelf = Shelf(scene.members, folded)
    return Inquiry(scene, shelf, Bringers(scene, policy), frozenset(shelf.loaded()))


def _runs(image: Image, platform: Platform) -> bool:
    return not platform.machines or canonical(image.machine) in platform.machines
