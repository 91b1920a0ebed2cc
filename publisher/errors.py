"""Why a release does not go on; each has an exit code of its own (see ``publisher.cli``).

::

    ReleaseGatesError
    ├── Refused                   a step was refused, definitely and before it changed anything
    ├── Conflict                  an index holds other bytes than these under their name
    ├── OutcomeUnknown            an upload may or may not have landed
    └── StagedVerificationFailed  what came back from staging is not fit for production
"""

from __future__ import annotations

from release_tests.errors import CallerMistake, ReleaseGatesError


class Refused(ReleaseGatesError):
    """The release may not go on: not admitted, refused by an index, or not confirmed."""


class Conflict(ReleaseGatesError):
    """An index has other bytes under this name, or these bytes under another."""


class OutcomeUnknown(ReleaseGatesError):
    """Whether an upload landed cannot be said; the next run asks the index again."""


class StagedVerificationFailed(ReleaseGatesError):
    """The bytes that the staging index serves are others, or do not install and import."""


class CredentialsError(CallerMistake):
    """Credentials are kept where others can read them, or cannot be read at all."""


class ConfirmationError(CallerMistake):
    """There is nobody to ask, and ``--yes`` was not given."""
