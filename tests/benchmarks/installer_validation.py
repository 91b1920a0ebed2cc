"""The validation of the library ``installer``, over a wheel named on the command line."""

from __future__ import annotations

import sys
from pathlib import Path

from installer.sources import WheelFile

with WheelFile.open(Path(sys.argv[1])) as source:
    source.validate_record(validate_contents=True)
