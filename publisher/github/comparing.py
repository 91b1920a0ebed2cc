"""What GitHub has in the place of a release, beside what it is to have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.github.evidence import is_evidence
from publisher.github.names import form
from publisher.github.notes import is_ours
from release_tests.archive.facts import BadName, SdistName, WheelName
from release_tests.archive.names import SDIST_SUFFIX, parse_sdist_name, parse_wheel_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from publisher.github.intent import File
    from publisher.github.model import Asset, Release


@dataclass(frozen=True, slots=True)
class Picture:
    """The releases of one tag. ``draft`` is the one to go on with.

    ``spare`` are further drafts that this made, ``strangers`` those that somebody else made.
    """

    published: Release | None
    draft: Release | None
    spare: tuple[Release, ...]
    strangers: tuple[Release, ...]


def picture(releases: Iterable[Release], *, adopts: bool) -> Picture:
    """Tell apart the releases of one tag.

    Of several drafts the oldest is gone on with: whoever looks decides the same, so publishers
    that run at once come to one.
    """
    listed = sorted(releases, key=lambda one: one.id)
    published = next((one for one in listed if not one.draft), None)
    drafts = [one for one in listed if one.draft]
    ours = [one for one in drafts if is_ours(one.body)]
    others = [one for one in drafts if not is_ours(one.body)]
    adopted = others[:1] if adopts and len(others) == 1 and not published else []
    draft = next(iter([*adopted, *ours]), None) if published is None else None
    return Picture(
        published,
        draft,
        spare=tuple(one for one in ours if one is not draft),
        strangers=tuple(one for one in others if one is not draft),
    )


@dataclass(frozen=True, slots=True)
class Clash:
    """A file with other bytes in its place, whose SHA-256 is None where it is not known."""

    file: File
    asset: Asset
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The files of a release beside its assets; every file is in exactly one of the first four.

    ``cut`` holds files whose upload came to no end, ``extra`` the assets that are none of ours.
    """

    same: tuple[tuple[File, Asset], ...]
    absent: tuple[File, ...]
    cut: tuple[tuple[File, Asset], ...]
    different: tuple[Clash, ...]
    extra: tuple[Asset, ...]

    @property
    def unverified(self) -> list[Asset]:
        """The distributions of the same versions that nobody verified, or under other names."""
        ours = {_release_of(file.name) for file, _ in self.same}
        ours |= {_release_of(file.name) for file in self.absent}
        ours |= {_release_of(clash.file.name) for clash in self.different}
        ours |= {_release_of(file.name) for file, _ in self.cut}
        return [one for one in self.extra if _release_of(one.name) in ours - {None}]

    @property
    def strange(self) -> list[Asset]:
        """What is no evidence either: somebody else's files."""
        return [one for one in self.extra if not is_evidence(one.name)]

    @property
    def stale(self) -> list[Asset]:
        """The evidence of other runs than those that are relied on."""
        return [one for one in self.extra if is_evidence(one.name)]


def compare(
    files: Sequence[File],
    assets: Sequence[Asset],
    digest_of: Callable[[Asset, int], str | None],
) -> Comparison:
    """Find every file among the assets: by name, by label, or renamed past recognition by bytes.

    *digest_of* gives the SHA-256 of an asset that GitHub says none of; None beyond a size.
    """
    placed = {file.name: _place(file, assets) for file in files}
    same, cut, different = [], [], []
    for file in files:
        asset = placed[file.name]
        if asset is None:
            continue
        if not asset.whole:
            cut.append((file, asset))
            continue
        sha256 = asset.sha256 or digest_of(asset, file.size)
        if sha256 == file.sha256:
            same.append((file, asset))
        else:
            different.append(Clash(file, asset, sha256))
    taken = {asset.id for asset in placed.values() if asset is not None}
    return Comparison(
        tuple(same),
        tuple(file for file in files if placed[file.name] is None),
        tuple(cut),
        tuple(different),
        tuple(one for one in assets if one.id not in taken),
    )


def _place(file: File, assets: Iterable[Asset]) -> Asset | None:
    """Return the asset that is *file*, whole ones before others."""
    ranked = sorted(assets, key=lambda one: not one.whole)
    for asset in ranked:
        if asset.label == file.name or form(asset.name) == form(file.name):
            return asset
    for asset in ranked:
        if asset.sha256 == file.sha256 and _release_of(asset.name) is None:
            return asset
    return None


def _release_of(name: str) -> tuple[str, str] | None:
    """Return project and version of a distribution by its file name, None for another file."""
    found: WheelName | SdistName | BadName
    if name.endswith(SDIST_SUFFIX):
        found = parse_sdist_name(name)
    elif name.endswith(".whl"):
        found = parse_wheel_name(name)
    else:
        return None
    return None if isinstance(found, BadName) else (found.name, str(found.version))
