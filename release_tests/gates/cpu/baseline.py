"""What processors a wheel is for: by its policy, or by what its platform promises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from release_tests.binary.code.extensions import expanded
from release_tests.gates.cpu.families import AARCH64, PLAIN, X86_64, about, family_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from release_tests.binary.facts import Image, Use
    from release_tests.variants import Variant

_PROMISED: Mapping[tuple[str, str], tuple[str, ...]] = {
    # Every Mac with an Intel processor of 64 bits that runs 10.12, the first with notarization's
    # tools; clang builds for `penryn` there by default.
    ("macos", X86_64): ("cx16", "lahf_lm", "ssse3", "sse4_1"),
    # Apple's M1, the first.
    ("macos", AARCH64): ("atomics", "fphp", "asimdhp", "asimddp", "asimdfhm"),
    # Windows 8.1 and later refuse to start on processors of 64 bits without them.
    ("windows", X86_64): ("cx16", "lahf_lm"),
}
"""What a system insists on beyond the plain architecture, by ``Image.system`` and family."""

_NO_FAULT = frozenset(("abm",))
"""LZCNT reads as BSR on processors without it: its result is wrong, and nothing is raised."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The extensions that are taken for granted, and the words for them."""

    extensions: frozenset[str]
    words: str

    def beyond(self, uses: Iterable[Use]) -> tuple[Use, ...]:
        """Return the uses, of those that are beyond doubt, that need more."""
        return tuple(use for use in uses if use.certain and use.extension not in self.extensions)

    def fatal(self, uses: Iterable[Use]) -> tuple[Use, ...]:
        """Return of these the ones that raise SIGILL on a processor of the baseline."""
        return tuple(use for use in self.beyond(uses) if use.extension not in _NO_FAULT)


def baseline_of(variant: Variant | None, image: Image) -> Baseline:
    """Return what every processor has that *image* is for."""
    family = family_of(image)
    written = about(variant.baseline, family) if variant else ()
    promised = _PROMISED.get((image.system, family), ())
    words = ", ".join(written) or PLAIN.get(family, family)
    return Baseline(expanded((*written, *promised)), f"no more than {words}")
