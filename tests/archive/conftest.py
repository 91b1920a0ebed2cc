"""How the property tests of this directory run: whatever else keeps the machine busy."""

from __future__ import annotations

import hypothesis

hypothesis.settings.register_profile("archive", deadline=None, database=None)
hypothesis.settings.load_profile("archive")
