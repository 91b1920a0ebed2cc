"""A stand-in for GitHub on loopback: one repository, its releases, and what goes wrong there."""
