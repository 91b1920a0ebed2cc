"""How the artifacts stand at GitHub, from what its releases hold now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.github.comparing import Comparison, compare, picture
from publisher.github.intent import File
from publisher.github.releases import described
from publisher.objection import Objection, Weight
from release_tests.index.standing import Found, Standing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from publisher.github.bench import Bench
    from publisher.github.comparing import Picture
    from publisher.github.grouping import Group
    from publisher.github.model import Release
    from release_tests.github import GitHubPolicy

Surveyed = tuple[dict[str, Found], tuple[Objection, ...]]


def survey(group: Group, settings: GitHubPolicy, bench: Bench) -> Surveyed:
    """Return how each artifact of a release stands, by its SHA-256, and what stands against it.

    Something counts as there when users find it: in a draft only where the policy wants one.
    """
    seen = picture(bench.releases.of_tag(group.tag), adopts=settings.adopt_draft)
    release = seen.published or seen.draft
    files = [File(one.path, one.name, one.sha256, one.size) for one in group.artifacts]
    found = compare(files, release.assets if release else (), bench.assets.digest_of)
    public = release is not None and (not release.draft or settings.draft)
    return (
        {file.sha256: each for file, each in _standings(found, release, public=public)},
        tuple(_objections(found, seen, release)),
    )


def _standings(
    found: Comparison, release: Release | None, *, public: bool
) -> Iterator[tuple[File, Found]]:
    for file in found.absent:
        yield file, Found(Standing.ABSENT)
    for file, _ in found.cut:
        yield file, Found(Standing.ABSENT, remark="its upload was cut")
    for file, asset in found.same:
        page = release.page if release else ""
        if public:
            yield file, Found(Standing.SAME, file.sha256, asset.name, page)
        else:
            yield file, Found(Standing.ABSENT, remark=f"in a draft, {page}")
    for clash in found.different:
        yield clash.file, Found(Standing.DIFFERENT, clash.sha256, clash.asset.name)


def _objections(found: Comparison, seen: Picture, release: Release | None) -> Iterator[Objection]:
    """Yield what would make the release a conflict although no file is one."""
    for asset in found.unverified:
        yield Objection(
            Weight.CONFLICT,
            f"{asset.name} in the {described(release) if release else 'release'} is of this "
            "version, and was not admitted with the others",
            "Delete it at GitHub if it is wrong there; else publish it with the others.",
        )
    lacking = tuple(file.name for file in (*found.absent, *(file for file, _ in found.cut)))
    if release is None:
        for stranger in seen.strangers:
            yield Objection(
                Weight.CONFLICT,
                f"somebody else made the {described(stranger)}",
                "Delete it, or say `adopt-draft = true` in [tool.release-gates.github].",
                lacking,
            )
    elif release.immutable and lacking:
        yield Objection(
            Weight.CONFLICT,
            f"the {described(release)} is immutable and lacks {', '.join(lacking)}",
            "It can never get them. Release the next version (`.postN`).",
            lacking,
        )
