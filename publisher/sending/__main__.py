"""``python -m publisher.sending``: the process that uploads, closed to others before all else."""

from __future__ import annotations

import gc
import os
import sys

from release_tests.seclusion import seclude

if __name__ == "__main__":
    # The token is in its environment, and loading twine takes half a second.
    seclude()
    if os.environ.get("TWINE_USERNAME") and os.environ.get("TWINE_PASSWORD"):
        # Twine does without a keyring where there is none, and would not ask it; loading it takes a
        # seventh of the start.
        sys.modules["keyring"] = None  # type: ignore[assignment]
    # What is loaded stays: nothing of it is looked through for garbage, now or later.
    gc.disable()
    from publisher.sending.uploader import main

    gc.freeze()
    gc.enable()
    main()
