"""Ids of rules that are no longer given: their meaning does not change, and they are not reused."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

RETIRED: Mapping[str, str] = MappingProxyType(
    {
        "INST006": "IMP001",
        "INST007": "IMP002",
        "INST008": "IMP003",
        "INST009": "IMP004",
        "INST010": "IMP005",
        "INST011": "IVER001",
        "INST012": "IVER002",
        "INST013": "IMP006",
    }
)
"""The retired ids, and the rule that took each one's place, in the gate that asks it now."""
