"""Limits of what the gates over compiled code judge; nobody's wheel comes near them."""

from __future__ import annotations

REQUIREMENTS = 2000
"""Metadata with more requirements are not judged."""

MARKER = 5000
"""A requirement whose marker has more characters is taken to hold."""

REQUIRES_PYTHON = 500
"""A Requires-Python of more characters is not judged."""
