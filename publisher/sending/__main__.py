"""``python -m publisher.sending``: the process that uploads, closed to others before all else."""

from __future__ import annotations

from publisher.seclusion import seclude

if __name__ == "__main__":
    # The token is in its environment, and loading twine takes half a second.
    seclude()
    from publisher.sending.uploader import main

    main()
