"""The one question before what cannot be undone; only the word ``yes`` answers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from publisher.errors import ConfirmationError, Refused

if TYPE_CHECKING:
    from collections.abc import Sequence


YES, TERMINAL = "--yes", "a terminal"
"""Who answers."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks on a terminal, or takes ``--yes`` (``assume_yes``) for the answer."""

    answers: TextIO
    questions: TextIO
    assume_yes: bool = False

    @property
    def by(self) -> str:
        """Who answers: ``--yes`` or a terminal."""
        return YES if self.assume_yes else TERMINAL

    def require_somebody(self) -> None:
        """Raise ConfirmationError when a question could not be answered by anybody."""
        if not self.assume_yes and not self.answers.isatty():
            raise ConfirmationError(
                "uploading to production needs a confirmation, and there is no terminal to ask on",
                remedy="Run it on a terminal, or with --yes where nobody is to be asked (CI).",
            )

    def confirm(self, facts: Sequence[str]) -> None:
        """Show *facts* and ask; raise Refused for any answer but ``yes``."""
        if self.assume_yes:
            return
        for line in facts:
            self.questions.write(f"{line}\n")
        self.questions.write("This cannot be undone. Type `yes` to go on: ")
        self.questions.flush()
        if self._answer() != "yes":
            raise Refused(
                "not confirmed: nothing was uploaded to production",
                remedy="Run the same command again; what is done already is not done twice.",
            )

    def _answer(self) -> str:
        """Return what is typed; what is said next begins a line, also if nobody ended that one."""
        typed = ""
        try:
            typed = self.answers.readline()
        finally:
            if not typed.endswith("\n"):
                self.questions.write("\n")
        return typed.strip()
