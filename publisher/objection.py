"""What stands in the way of a release, as a value: it is collected, and said all at once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Weight(StrEnum):
    """How much an objection weighs; the words are those that it is shown with."""

    CONFLICT = "conflict"
    REFUSAL = "refused"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Objection:
    """What stands in the way of a release, found before anything was changed.

    A CONFLICT can never be mended for these files, a REFUSAL can; a WARNING stops nothing.
    ``files`` names those that it is about, where it is about some and not about the others.
    """

    weight: Weight
    what: str
    remedy: str = ""
    files: tuple[str, ...] = ()

    @property
    def stops(self) -> bool:
        """Whether nothing may be uploaded because of it."""
        return self.weight is not Weight.WARNING

    def __str__(self) -> str:
        """Return both sentences, the second one indented."""
        return f"{self.what}\n    {self.remedy}" if self.remedy else self.what
