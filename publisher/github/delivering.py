"""One release made as it was planned, from private copies, and told of."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.artifact import copy_of
from publisher.errors import Refused
from publisher.github.intent import of_artifact
from publisher.github.making import make
from publisher.github.place import ROLE
from publisher.journal import told

if TYPE_CHECKING:
    from publisher.github.bench import Bench
    from publisher.github.grouping import Group
    from publisher.github.intent import File, Intent
    from publisher.github.making import Made
    from publisher.github.planning import Planned, Planner
    from publisher.log import Log

_PUT_BACK = (
    "Production has the admitted bytes, the release at GitHub is still to be made. Put that file "
    "back in its place, as production serves it, and run the same command again."
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A release on its way; ``planned`` is None where it lacked nothing when that was asked."""

    group: Group
    planner: Planner
    planned: Planned | None

    def make(self, bench: Bench) -> None:
        """Make the release; raises as ``publisher.github.making.make`` does."""
        journal, facts = bench.desk.journal, {"tag": self.group.tag}
        with told(journal, "release", target=ROLE, facts=facts) as answer:
            # Several are made at once, and each answer has to be known for its own.
            answer.update(facts)
            made = make(self._intent(bench), bench)
            answer |= {"page": made.release.page, "attached": list(made.given)}
        self._tell(made, bench.console)

    def _intent(self, bench: Bench) -> Intent:
        """Return what was planned, with private copies of the artifacts for its files."""
        intent = (
            self.planner.renewed(self.planned, self.group, bench)
            if self.planned
            else self.planner.plan(self.group, bench).intent
        )
        copies = self._copies(bench)
        files = tuple(copies.get(file.name, file) for file in intent.files)
        return dataclasses.replace(intent, files=files)

    def _copies(self, bench: Bench) -> dict[str, File]:
        """Copy the artifacts anew, by which they are compared with what was admitted.

        That is all that is judged again here: what is on production stays there, and the release
        has to tell of it, whatever has become of the evidence meanwhile.
        """
        into = bench.desk.scratch / "outgoing"
        try:
            return {one.name: of_artifact(one, copy_of(one, into)) for one in self.group.artifacts}
        except Refused as error:
            raise Refused(error.what, remedy=_PUT_BACK) from error

    def _tell(self, made: Made, console: Log) -> None:
        tag, release = self.group.tag, made.release
        state = "a complete draft" if release.draft else "published"
        for remark in made.remarks:
            console.warning(f"{tag}: {remark}")
        console.success(f"the release {tag} is {state}, with these bytes: {release.page}")
