"""What must hold of the targets and of this machine after each run, and when all is done."""

from __future__ import annotations

import os
import time
import zipfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.github.evidence import is_evidence

if TYPE_CHECKING:
    from publisher.mishaps.github.state import StoredRelease
    from tests.publisher.crashes.release import Release
    from tests.publisher.crashes.targets import Targets

_SECONDS_TO_END = 5.0


def hold_nothing_wrong(targets: Targets) -> None:
    """Hold that no target has anything but the right files, once each, and in the right order."""
    for role, index in targets.indexes.items():
        held = index.held()
        assert held.items() <= targets.expected.items(), f"{role} has other files: {held}"
        assert len(index.files) == len(held), f"{role} has a file twice"
    staging, production = (index.held().keys() for index in targets.indexes.values())
    if production:
        assert staging == targets.expected.keys(), f"production began, and staging has {staging}"
    for release in list(targets.github.held.releases.values()):
        assert production == targets.expected.keys(), f"GitHub began, production has {production}"
        _hold_release(release, targets)


def _hold_release(release: StoredRelease, targets: Targets) -> None:
    """Hold that a release has nothing but its own file and evidence; a published one both."""
    assert release.tag in targets.tags.values(), f"a release of {release.tag}"
    assert release.target == targets.commit, f"{release.tag} is of {release.target}"
    wheels = {
        name: it for name, it in targets.expected.items() if targets.tags[name] == release.tag
    }
    whole = [asset for asset in release.assets if asset.state == "uploaded"]
    found = {asset.name: asset.digest for asset in whole if not is_evidence(asset.name)}
    expected = {name: f"sha256:{digest}" for name, digest in wheels.items()}
    assert found.items() <= expected.items(), f"{release.tag} has other files: {found}"
    if release.draft:
        return
    assert found == expected, f"{release.tag} is published without {expected.keys() - found.keys()}"
    names = [asset.name for asset in release.assets]
    assert len(names) == len(whole) == len(wheels) + 1, f"{release.tag} is published with {names}"


def hold_done(release: Release) -> None:
    """Hold that everything is where it should be, and that nothing is left lying about."""
    targets = release.targets
    hold_nothing_wrong(targets)
    for role, index in targets.indexes.items():
        assert index.held() == targets.expected, f"{role} is not complete"
    _hold_github(targets, release.place / "release-evidence")
    hold_clean(release.place)


def hold_ended_early(release: Release, code: int) -> None:
    """Hold that a release that cannot go on went no further than it may; see Mishap.ends."""
    production = release.targets.indexes["production"].held()
    complete = production == release.targets.expected
    assert complete if code == 3 else not production, f"ended with {code}: {production}"
    assert not release.targets.github.held.releases, "GitHub has a release"
    assert not release.targets.github.held.tags, "GitHub has a tag"
    hold_clean(release.place)


def _hold_github(targets: Targets, evidence: Path) -> None:
    """Hold that each tag has one release, published, on the commit, and that one is the latest."""
    held = targets.github.held
    releases = list(held.releases.values())
    assert sorted(it.tag for it in releases) == sorted(targets.tags.values()), releases
    assert {name: tag.commit for name, tag in held.tags.items()} == dict.fromkeys(
        targets.tags.values(), targets.commit
    )
    latest = min(targets.tags.values(), key=len)
    for it in releases:
        assert not it.draft, f"{it.tag} is a draft"
        assert it.latest == ("true" if it.tag == latest else "false"), f"{it.tag}: {it.latest}"
        assert it.title == it.tag
        for name, tag in targets.tags.items():
            if tag == it.tag:
                assert it.body, tag
                assert targets.expected[name] in it.body, f"the notes of {tag} lack the digest"
        _hold_evidence(it, evidence)


def _hold_evidence(release: StoredRelease, evidence: Path) -> None:
    """Hold that the evidence that is attached is what lies in the directory."""
    (attached,) = [one for one in release.assets if is_evidence(one.name)]
    with zipfile.ZipFile(BytesIO(attached.data)) as archive:
        names = archive.namelist()
        assert len(names) == 3, names
        for name in names:
            assert archive.read(name) == (evidence / name).read_bytes(), name


def hold_clean(place: Path) -> None:
    """Hold that no temporary directory of the publisher is left, and that no process of it runs."""
    until = time.monotonic() + _SECONDS_TO_END
    while (running := _processes(place)) and time.monotonic() < until:
        time.sleep(0.02)
    assert not running, f"still running: {running}"
    left = [path.name for path in (place / "tmp").iterdir()]
    assert not [name for name in left if name.startswith("release-gates-")], left


def _processes(place: Path) -> list[str]:
    """Return the command lines of what was started with its files in *place*."""
    found, needle = [], os.fsencode(place) + b"/"
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if needle in (entry / "environ").read_bytes():
                found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found
