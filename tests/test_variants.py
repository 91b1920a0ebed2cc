"""What a policy says of variants: names of extensions, and which table is a distribution's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from release_tests.errors import PolicyError
from release_tests.policy import load
from release_tests.variants import Variant, variant_of

if TYPE_CHECKING:
    from pathlib import Path

    from release_tests.policy import Policy

UNKNOWN = {
    "in the baseline": ('baseline = ["x86-64-v5"]', "baseline", "x86-64-v"),
    "in the uses": ('uses = ["avx512_vnnni"]', "uses", "avx512_vnni"),
    "in a dispatch": ('dispatch = { "demo/_c.so" = ["avx22"] }', "demo/_c.so", "avx2"),
}


def policy(directory: Path, *lines: str) -> Policy:
    """Return the policy with these lines for the variant ``demo-*``."""
    path = directory / "release-gates.toml"
    path.write_text("\n".join(['[variants."demo-*"]', *lines]), encoding="utf-8")
    return load(path).policy


def test_a_variant_is_decoded(tmp_path: Path) -> None:
    """Baseline, uses and dispatch are kept, spellings of the manuals as the kernel's."""
    found = policy(
        tmp_path,
        'baseline = ["x86-64-v3", "sse4.2"]',
        'uses = ["AVX2"]',
        'dispatch = { "demo/_c*" = ["AVX512-VNNI"] }',
    )
    dispatch = (("demo/_c*", ("avx512_vnni",)),)
    assert found.variants == (
        ("demo-*", Variant(baseline=("x86-64-v3", "sse4_2"), uses=("avx2",), dispatch=dispatch)),
    )


@pytest.mark.parametrize(("line", "place", "near"), UNKNOWN.values(), ids=UNKNOWN)
def test_an_unknown_extension_is_an_error(tmp_path: Path, line: str, place: str, near: str) -> None:
    """The error names the key and the nearest name that there is."""
    with pytest.raises(PolicyError, match="unknown extension") as caught:
        policy(tmp_path, line)
    assert place in caught.value.what
    assert near in caught.value.remedy


def test_an_unknown_key_of_a_variant_is_an_error(tmp_path: Path) -> None:
    """A misspelt key is not passed over."""
    with pytest.raises(PolicyError, match="unknown key `base-line`"):
        policy(tmp_path, 'base-line = ["avx"]')


def test_a_name_goes_before_patterns() -> None:
    """The table of the name itself holds, else the first pattern that fits."""
    first, second, own = Variant(uses=("avx",)), Variant(uses=("avx2",)), Variant()
    variants = (("demo-*", first), ("demo*", second), ("Demo_Fast", own))
    assert variant_of(variants, "demo-fast") is own
    assert variant_of(variants, "demo-slow") is first
    assert variant_of(variants, "demo") is second
    assert variant_of(variants, "other") is None


@pytest.mark.parametrize("written", ["demo_cpu_*", "Demo.CPU-*", "demo-cpu-[ab]vx*"])
def test_a_pattern_may_be_written_as_files_are_called(written: str) -> None:
    """A pattern is normalized as a name is, so that no variant goes unjudged for an underscore."""
    asked = Variant(uses=("avx",))
    assert variant_of([(written, asked)], "demo-cpu-avx512") is asked
