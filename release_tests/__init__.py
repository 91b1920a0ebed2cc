"""The release gates: what must be true of a wheel before it goes out."""

from release_tests._version import __version__

__all__ = ["__version__"]
