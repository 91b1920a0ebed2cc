"""What most users install goes out first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.width import widest_first
from release_tests.policy import Policy
from release_tests.variants import Variant
from tests.forge import Wheel
from tests.forge_sdist import Sdist
from tests.publisher.scene import artifact

if TYPE_CHECKING:
    from pathlib import Path


def test_the_widest_used_goes_first(tmp_path: Path) -> None:
    """Fewest demands on the processor, then wheels before the sdist, then common platforms."""
    policy = Policy(variants=(("demo-avx512", Variant(baseline=("x86-64-v4",))),))
    tags = (
        *("cp311-cp311-win_arm64", "cp311-cp311-manylinux_2_28_aarch64"),
        *("cp311-cp311-manylinux_2_28_x86_64", "py3-none-any"),
    )
    paths = [Wheel(tags=tag).write(tmp_path) for tag in tags]
    paths += [Sdist().write(tmp_path), Wheel(name="demo_avx512").write(tmp_path)]
    ordered = [one.name for one in widest_first(map(artifact, paths), policy)]
    assert ordered == [
        "demo-1.0-py3-none-any.whl",
        "demo-1.0-cp311-cp311-manylinux_2_28_x86_64.whl",
        "demo-1.0-cp311-cp311-manylinux_2_28_aarch64.whl",
        "demo-1.0-cp311-cp311-win_arm64.whl",
        "demo-1.0.tar.gz",
        "demo_avx512-1.0-py3-none-any.whl",
    ]
