"""One index of the release: where it is, how it is read, who uploads, how long it may lag."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher import credentials
from release_tests.errors import PolicyError
from release_tests.index.locations import locate, same_place
from release_tests.index.simple import SimpleIndex
from release_tests.index.transport import open_client
from release_tests.index.way import pips_way
from release_tests.redaction import without_credentials

if TYPE_CHECKING:
    from collections.abc import Iterator

    from publisher.credentials import Login
    from publisher.desk import Desk
    from publisher.order import Order
    from release_tests.index.locations import Location, Role


@dataclass(frozen=True, slots=True)
class Place:
    """An index and all that is needed to deal with it; ``deadline`` is in seconds."""

    location: Location
    index: SimpleIndex
    login: Login
    deadline: float

    def __str__(self) -> str:
        """Show the role and how the index is known: ``staging (testpypi)``."""
        return str(self.location)


@contextlib.contextmanager
def opened(role: Role, order: Order, desk: Desk) -> Iterator[Place]:
    """Yield the index of *role* as the order's policy has it; its connections are closed after.

    It is read as the gate ``staged`` reads it: by pip's proxy, with its certificates. Raises
    PolicyError and CredentialsError, and IndexUnavailable where that way makes no sense.
    """
    settings = getattr(order.policy.indexes, role)
    location = locate(role, settings)
    login = credentials.find(
        location,
        settings,
        environ=desk.environ,
        directories=order.dotenv,
        redact=desk.console.redact,
    )
    client = open_client(location.simple_url, pips_way(desk.environ))
    with SimpleIndex(location.simple_url, client, sleep=desk.sleep) as index:
        yield Place(location, index, login, settings.deadline)


def require_two(staging: Place, production: Place) -> None:
    """Raise PolicyError when both roles are played by one index: nothing would be tried out."""
    one, other = staging.location, production.location
    for first, second, what in (
        (one.simple_url, other.simple_url, "`simple-url`"),
        (one.target, other.target, "`upload-url` or `repository`"),
    ):
        if same_place(first, second):
            raise PolicyError(
                "tool.release-gates.indexes: staging and production are one, "
                f"{without_credentials(first)}",
                remedy=f"Give them, by {what}, addresses of two.",
            )
