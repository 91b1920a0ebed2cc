"""The words that keys of the policy take."""

from __future__ import annotations

OWN, THIRD_PARTY = "own", "third-party"
PROFILES = (OWN, THIRD_PARTY)
"""Whose wheels are verified: what is only a matter of taste is advice in those of others."""

PIP, UV = "pip", "uv"
INSTALLERS = (PIP, UV)
"""What makes the clean environments and installs into them."""

SUCCESS, FAILURE, CONFIRMATION = "success", "failure", "confirmation"
OCCASIONS = (SUCCESS, FAILURE, CONFIRMATION)
"""What people can be told of by the publisher."""

OPTIONAL, REQUIRED = "optional", "required"
"""The words that ``staging`` takes."""

CPU = "cpu"
"""The one word that ``torch`` takes."""
