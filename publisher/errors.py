"""Why a release does not go on; each has an exit code of its own (see ``publisher.cli``).

::

    ReleaseGatesError
    ├── Refused                   a step was refused, definitely and before it changed anything
    ├── Conflict                  an index holds other bytes than these under their name
    ├── OutcomeUnknown            an upload may or may not have landed
    ├── StagedVerificationFailed  what came back from staging is not fit for production
    └── PublishedUnfit            what production serves does not do what it must

Where several things were done at once, several may have failed: ``of_all`` makes one error of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.errors import CallerMistake, ReleaseGatesError

if TYPE_CHECKING:
    from collections.abc import Sequence


class Refused(ReleaseGatesError):
    """The release may not go on: not admitted, refused by an index, or not confirmed."""


class Conflict(ReleaseGatesError):
    """An index has other bytes under this name, or these bytes under another."""


class OutcomeUnknown(ReleaseGatesError):
    """Whether an upload landed cannot be said; the next run asks the index again."""


class StagedVerificationFailed(ReleaseGatesError):
    """The bytes that the staging index serves are others, or do not install and import."""


class PublishedUnfit(ReleaseGatesError):
    """What production serves was published, and does not install and import."""


def of_all(errors: Sequence[Exception]) -> Exception:
    """Return one error that says what all of *errors* say, of the kind that weighs most.

    An unknown outcome weighs more than a conflict, and a fault of the publisher itself most.
    """
    gravest = min(errors, key=_gravity)
    if len(errors) == 1 or not isinstance(gravest, ReleaseGatesError):
        return gravest
    said = dict.fromkeys(str(error) for error in sorted(errors, key=_gravity))
    return type(gravest)("\n".join(said))


def _gravity(error: Exception) -> int:
    kinds = (OutcomeUnknown, Conflict, PublishedUnfit, StagedVerificationFailed, ReleaseGatesError)
    return next((place for place, kind in enumerate(kinds) if isinstance(error, kind)), -1)


class CredentialsError(CallerMistake):
    """Credentials are kept where others can read them, or cannot be read at all."""


class SkippingForbidden(CallerMistake):
    """The policy asks for a step that was to be left out."""


class ConfirmationError(CallerMistake):
    """There is nobody to ask, and ``--yes`` was not given."""
