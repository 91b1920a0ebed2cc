"""The staging index of a run: where it is, how long it may lag; no dependency comes from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from release_tests.errors import PolicyError
from release_tests.index.locations import pip_index_url, same_place
from release_tests.redaction import without_credentials

if TYPE_CHECKING:
    from collections.abc import Mapping

    from release_tests.index.locations import Location
    from release_tests.index.simple import SimpleIndex


@dataclass(frozen=True, slots=True)
class Staging:
    """The index that is asked; ``deadline`` are the seconds that it may lag."""

    location: Location
    deadline: float

    def __str__(self) -> str:
        """Show the role and how the index is known: ``staging (testpypi)``."""
        return str(self.location)

    @property
    def shown(self) -> str:
        """The address of its simple API, without credentials."""
        return without_credentials(self.location.simple_url)

    def open(self) -> SimpleIndex:
        """Return the index, reached as pip reaches any here."""
        # 400 ms that other runs need not pay.
        from release_tests.index import simple, transport, way  # noqa: PLC0415

        url = self.location.simple_url
        return simple.SimpleIndex(url, transport.open_client(url, way.pips_way()))


def require_apart(location: Location, options: Mapping[str, str]) -> None:
    """Raise PolicyError where the staging index is one of those that dependencies come from.

    *options* are pip's, by their names, as they hold for installations. A file of the release could
    then come from staging in the place of production's.
    """
    others = [options.get("index-url") or pip_index_url()]
    for name in ("extra-index-url", "find-links"):
        others += options.get(name, "").split()
    for address in others:
        if same_place(address, location.simple_url):
            raise PolicyError(
                f"dependencies would come from the staging index, {without_credentials(address)}",
                remedy="They have to come from where users get them. Name that index by "
                "`index-url` in [tool.release-gates.install].",
            )
