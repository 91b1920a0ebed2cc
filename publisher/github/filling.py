"""The files of one release: what lacks is attached, what is there is compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.errors import Conflict, OutcomeUnknown
from publisher.github.comparing import Clash, Comparison, compare
from publisher.github.evidence import is_evidence
from publisher.github.place import ROLE
from publisher.github.refusals import Taken
from publisher.github.releases import described
from publisher.journal import told
from release_tests.index.progress import size
from release_tests.index.transport import PassingFault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from publisher.github.bench import Bench
    from publisher.github.intent import File, Intent
    from publisher.github.model import Asset, Release


def wanted(release: Release, assets: Sequence[Asset], intent: Intent) -> tuple[File, ...]:
    """Return the files that *release* must have.

    A published one keeps the evidence that it has, be it of an earlier run; an immutable one
    cannot be given any.
    """
    names = {one.name for one in assets}
    if release.draft or not (release.immutable or any(map(is_evidence, names))):
        return intent.files
    return tuple(file for file in intent.files if not file.evidence or file.name in names)


def compared(release: Release, intent: Intent, bench: Bench) -> Comparison:
    """Return what the release has beside what it must have; raise Conflict where these clash."""
    assets = bench.assets.of(release)
    found = compare(wanted(release, assets, intent), assets, bench.assets.digest_of)
    _require_no_clash(release, found)
    return found


def fill(release: Release, intent: Intent, bench: Bench) -> tuple[str, ...]:
    """Attach what the release lacks and return the names of that.

    Raises Conflict where it has other bytes or cannot be changed, Gone when it is not there any
    more, OutcomeUnknown when a file would not arrive.
    """
    found = compared(release, intent, bench)
    missing = [*found.absent, *(file for file, _ in found.cut)]
    if missing and release.immutable:
        raise Conflict(
            f"the {described(release)} is immutable and lacks "
            + ", ".join(file.name for file in missing),
            remedy="It can never get them. Release the next version (`.postN`).",
        )
    for asset in [asset for _, asset in found.cut] + (found.stale if release.draft else []):
        bench.remove(asset, release)
    for file in missing:
        _attach(file, release, bench)
    return tuple(file.name for file in missing)


def _attach(file: File, release: Release, bench: Bench) -> None:
    """Attach one file, and see by its digest that it arrived; ask what is true after a fault."""
    console = bench.console
    console.info(f"attaching {file.name}, {size(file.size)}, to {release.tag}")
    for wait in (0.0, *bench.patience.waits()):
        if wait and not bench.patience.wait(wait, f"{file.name} did not arrive"):
            break
        bench.desk.halt.check()
        if _arrives(file, release, bench):
            console.success(f"attached {file.name} to {release.tag}: the same bytes")
            return
    raise OutcomeUnknown(
        f"{file.name} could not be attached to the {described(release)}",
        remedy="Run the same command again: it asks GitHub what is there and goes on from that.",
    )


def _arrives(file: File, release: Release, bench: Bench) -> bool:
    """Upload *file* once; say whether it is there afterwards, whatever was answered.

    Where GitHub says that other bytes than these arrived, that is a broken upload of this run.
    """
    answered = _uploaded(file, release, bench)
    assets = bench.assets.of(release) if answered is None else [answered]
    found = compare([file], assets, bench.assets.digest_of)
    if answered is None:
        _require_no_clash(release, found)
    for broken in (*(asset for _, asset in found.cut), *(one.asset for one in found.different)):
        bench.remove(broken, release)
    return bool(found.same)


def _uploaded(file: File, release: Release, bench: Bench) -> Asset | None:
    """Upload *file* once and return what GitHub says that it is; None when it does not say."""
    progress = bench.board.file(file.name)

    def report(done: int, total: int | None) -> None:
        bench.desk.halt.check()
        progress(done, total or file.size)

    with told(bench.desk.journal, "upload", file.name, ROLE, {"size": file.size}) as answer:
        try:
            return bench.assets.upload(release, file.name, file.label, file.path, report)
        except (PassingFault, Taken) as fault:
            answer |= {"ended": "unknown", "said": fault.what}
            bench.console.warning(f"{fault.what}; asking GitHub what is true")
            return None
        finally:
            bench.board.over(file.name)


def _require_no_clash(release: Release, found: Comparison) -> None:
    """Raise Conflict where other bytes, or unverified distributions, are in the release."""
    lines = [_clash(one) for one in found.different]
    lines += [
        f"  {one.name} is a distribution of this version that was not admitted with the others"
        for one in found.unverified
    ]
    if lines:
        advice = (
            "Delete the draft at GitHub and run again"
            if release.draft and not release.immutable
            else "Release the next version (`.postN`)"
        )
        raise Conflict(
            f"the {described(release)} does not hold what was admitted:\n" + "\n".join(lines),
            remedy=f"{advice}, if what is there is wrong; nothing there was changed.",
        )


def _clash(clash: Clash) -> str:
    found = f"sha256:{clash.sha256}" if clash.sha256 else f"{clash.asset.size} bytes"
    return f"  {clash.file.name}: has {found}, admitted is sha256:{clash.file.sha256}"
