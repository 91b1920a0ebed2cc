"""Any set of small artifacts put to the gate release: findings only, whatever their order."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from release_tests.archive.reader import read_artifact
from release_tests.gates import release
from release_tests.gates.catalogue import RULES
from release_tests.gates.explain import text
from release_tests.gates.release import Together
from release_tests.policy import Policy
from tests import forge
from tests.forge_sdist import Sdist

if TYPE_CHECKING:
    import random

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.findings import Finding

_TODAY = dt.date(2026, 11, 20)
_VERSION = st.sampled_from(("1.0", "1.0.0", "1.0+cpu", "2!1", "x"))
_TAGS = ("py3-none-any", "cp311-cp311-linux_x86_64", "cp311.cp312-abi3-win32", "a.b-c-d.e")
_FIELDS = ("Summary: one", "Summary: two", "Requires-Dist: a @ b:c", "Requires-Dist: a==1+b")
_PATHS = ("demo/core.py", "demo/CORE.py", "demo/\u00e4.py", "demo-1.0.data/data/x", "../up")
_ODD_NAMES = (
    "a.whl",
    "-.whl",
    "demo-1.0.whl",
    ".whl",
    "demo-1.0-1-2-3-4-5.whl",
    "\u00e4-1-a-b-c.whl",
)


@st.composite
def _wheels(draw: st.DrawFn) -> forge.Wheel:
    name, version = draw(st.sampled_from(("demo", "demo_cpu", "Demo"))), draw(_VERSION)
    field = draw(st.sampled_from(_FIELDS))
    paths = draw(st.lists(st.sampled_from(_PATHS), max_size=3, unique=True))
    return forge.Wheel(
        name=name,
        version=version,
        tags=draw(st.sampled_from(_TAGS)),
        metadata=f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n{field}\n",
        files={**forge.package(), **dict.fromkeys(paths, field)},
    )


_SDISTS = st.builds(
    lambda name, version, pkg_info: Sdist(name=name, version=version, pkg_info=pkg_info),
    st.sampled_from(("demo", "demo-cpu")),
    _VERSION,
    st.sampled_from((None, "", "Name: other\nVersion: 1\n", "\x00")),
)
_BYTES = st.tuples(st.sampled_from(_ODD_NAMES), st.sampled_from((b"", b"PK\5\6" + bytes(18))))
_SETS = st.lists(st.one_of(_wheels(), _SDISTS, _BYTES), min_size=1, max_size=5)


def _written(made: forge.Wheel | Sdist | tuple[str, bytes], directory: Path) -> Path:
    if not isinstance(made, tuple):
        return made.write(directory)
    path = directory / made[0]
    path.write_bytes(made[1])
    return path


def _found(artifacts: list[ArtifactFacts]) -> list[Finding]:
    return release.check(Together(tuple(artifacts)), Policy(), _TODAY).findings


@settings(deadline=None, database=None, max_examples=60)
@given(_SETS, st.randoms(use_true_random=False))
def test_any_set_of_artifacts(
    made: list[forge.Wheel | Sdist | tuple[str, bytes]], chance: random.Random
) -> None:
    """Each finding has a rule of the gate and names files of the set; their order is no matter."""
    with tempfile.TemporaryDirectory() as name:
        paths = dict.fromkeys(_written(one, Path(name)) for one in made)
        artifacts = [read_artifact(path) for path in paths]
    findings = _found(artifacts)
    names = {artifact.file_name for artifact in artifacts}
    for finding in findings:
        assert RULES[finding.rule].gate == "release"
        assert names.issuperset(finding.artifacts)
    assert text("demo", findings).replace("\n", "").isprintable()
    shuffled = [*artifacts]
    chance.shuffle(shuffled)
    assert _told(_found(shuffled)) == _told(findings)


def _told(findings: list[Finding]) -> set[tuple[str, str, frozenset[str]]]:
    return {(one.rule, one.message, frozenset(one.artifacts)) for one in findings}
