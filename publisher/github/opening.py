"""Whether GitHub takes part in a release at all, and the line to it."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

from publisher.github import token
from publisher.github.line import Line
from publisher.github.place import place
from publisher.github.planning import Planner
from publisher.github.target import GitHubTarget
from release_tests.index.transport import open_client

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from publisher.desk import Desk
    from publisher.github.place import Place
    from publisher.github.token import Token
    from publisher.order import Order


@contextlib.contextmanager
def opened(
    order: Order, runs: Mapping[str, tuple[str, ...]], desk: Desk
) -> Iterator[GitHubTarget | str]:
    """Yield GitHub as the order's policy has it; why it is left out, with a warning, where it is.

    Raises PolicyError and CredentialsError.
    """
    found = _found(order, desk)
    if isinstance(found, str):
        desk.console.warning(f"no release is made at GitHub: {found}")
        yield found
        return
    where, secret = found
    with open_client(where.api) as client:
        yield GitHubTarget(Line(where, secret, client, time.time), Planner(order, runs))


def reachable(found: GitHubTarget | str) -> tuple[GitHubTarget, ...]:
    """Return GitHub as one more target; none where it was left out."""
    return () if isinstance(found, str) else (found,)


def _found(order: Order, desk: Desk) -> tuple[Place, Token] | str:
    """Return where GitHub is and the token for it; why it is left out where it is."""
    settings = order.policy.github
    if order.skip_github:
        return "--skip-github was given"
    if settings.repository is None:
        return "the policy names no `repository` in [tool.release-gates.github]"
    where = place(settings.api_url, settings.repository)
    found = token.find(
        settings,
        where.host,
        environ=desk.environ,
        directories=order.dotenv,
        redact=desk.console.redact,
    )
    asked = "" if settings.token_env else ", nor by `gh auth token`"
    return (
        (where, found)
        if found
        else (f"no token was found in {' or '.join(token.variables(settings))}{asked}")
    )
